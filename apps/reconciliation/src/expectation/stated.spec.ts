import { describe, expect, it } from '@jest/globals';
import { compare } from '../comparison/compare.js';
import { BASIS, bought, expected, move } from './expectation.fixture.js';
import { quantitiesOf, quantityOf, sweepsOf } from './stated.js';
import type { Held } from './stated.js';

const SWEPT: Held = { currency: 'USD', lines: [{ asset: 'currency:USD', quantity: '1000' }, { asset: 'fund:SPAXX', quantity: '800', price: '1', countedAsCash: true }, { asset: 'equity:A', quantity: '3' }] };
const APART: Held = { currency: 'USD', lines: [{ asset: 'currency:USD', quantity: '200' }, { asset: 'fund:SPAXX', quantity: '800' }, { asset: 'equity:A', quantity: '1' }, { asset: 'equity:A', quantity: '2' }] };

describe('what a side states', () => {
  it('is one quantity an asset, lines of one asset summed', () => {
    expect([...quantitiesOf(APART, new Map())]).toEqual([['currency:USD', '200'], ['fund:SPAXX', '800'], ['equity:A', '3']]);
  });

  it('counts a money-market sweep once: as the cash that it is counted in', () => {
    expect([...quantitiesOf(SWEPT, sweepsOf(SWEPT))]).toEqual([['currency:USD', '1000'], ['equity:A', '3']]);
  });

  it('agrees with a side that lists the sweep apart from its cash', () => {
    const sweeps = sweepsOf(APART, SWEPT);
    expect(compare(quantitiesOf(APART, sweeps), quantitiesOf(SWEPT, sweeps), {}).map(({ asset, outcome }) => [asset, outcome])).toEqual([['currency:USD', 'matched'], ['equity:A', 'matched']]);
  });

  it('takes what moves between cash and its sweep for nothing, and a deposit that is swept for the deposit alone', () => {
    const given = { basis: { ...BASIS, ...SWEPT }, sweeps: sweepsOf(SWEPT) };
    expect(expected({}, [bought(1, 'fund:SPAXX', '100', '-100')], given)).toEqual({ 'currency:USD': '1000', 'equity:A': '3' });
    expect(expected({}, [move(1, { kind: 'deposit', cash: '100' }), bought(2, 'fund:SPAXX', '100', '-100')], given)).toEqual({ 'currency:USD': '1100', 'equity:A': '3' });
  });

  it('is the same asked of one asset', () => {
    for (const [held, sweeps] of [[SWEPT, sweepsOf(SWEPT)], [APART, sweepsOf(SWEPT)], [APART, sweepsOf(APART)]] as const) for (const asset of ['currency:USD', 'currency:EUR', 'fund:SPAXX', 'equity:A']) expect(quantityOf(held, asset, sweeps)).toBe(quantitiesOf(held, sweeps).get(asset) ?? '0');
  });

  it('is no sweep without a currency', () => {
    const held = { currency: null, lines: SWEPT.lines };
    expect(sweepsOf(held).size).toBe(0);
    expect(quantitiesOf(held, sweepsOf(held)).get('fund:SPAXX')).toBe('800');
  });
});
