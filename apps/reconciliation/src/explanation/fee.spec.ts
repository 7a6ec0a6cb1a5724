import { describe, expect, it } from '@jest/globals';
import { BASIS_DAY, bought, move } from '../expectation/expectation.fixture.js';
import { explained, proposed } from './explanation.fixture.js';

const of = 'currency:USD';
const HELD = { [of]: '1000' };

describe('a fee', () => {
  it('is one that is reported on the day of the basis: 1000 stated, 12.5 charged, 987.5 there', () => {
    expect(proposed({ basis: HELD, moves: [move(1, { kind: 'fee', cash: '-12.5', date: BASIS_DAY })], actual: { [of]: '987.5' }, of })).toEqual([['fee', '-12.5', true, 92]]);
  });

  it('is one that a trade states and its amount may not contain: 500 paid, 4.95 of fees, 495.05 there', () => {
    const given = { basis: HELD, moves: [bought(1, 'equity:A', '5', '-500', { fees: '4.95' })], actual: { [of]: '495.05', 'equity:A': '5' }, of };
    expect(proposed(given)).toEqual([['fee', '-4.95', true, 82]]);
    expect(explained(given)[0]?.evidence[0]?.text).toBe('2026-11-10 buy: -4.95 currency:USD');
  });

  it('may be what is missing beside a trade, if it is at most one in a hundred', () => {
    const trade = bought(1, 'equity:A', '5', '-500');
    expect(proposed({ basis: HELD, moves: [trade], actual: { [of]: '498.05', 'equity:A': '5' }, of })).toEqual([['fee', '-1.95', true, 45]]);
    expect(proposed({ basis: HELD, moves: [trade], actual: { [of]: '490', 'equity:A': '5' }, of })).toEqual([]);
  });

  it('may be taken in a coin that was sent', () => {
    const btc = 'crypto:BTC';
    expect(proposed({ basis: { [btc]: '1' }, moves: [move(1, { kind: 'asset_transfer', asset: btc, units: '-0.5' })], actual: { [btc]: '0.4999' }, of: btc })).toEqual([['fee', '-0.0001', true, 45]]);
  });

  it('is never what is there too much, nor missing shares', () => {
    expect(proposed({ basis: HELD, moves: [bought(1, 'equity:A', '5', '-500', { fees: '4.95' })], actual: { [of]: '504.95', 'equity:A': '5' }, of })).toEqual([]);
    expect(proposed({ moves: [bought(1, 'equity:A', '500', '-500')], actual: { [of]: '-500', 'equity:A': '499' }, of: 'equity:A' })).toEqual([]);
  });
});
