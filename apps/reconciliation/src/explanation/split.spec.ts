import { describe, expect, it } from '@jest/globals';
import { BASIS_DAY, move } from '../expectation/expectation.fixture.js';
import { explained, proposed } from './explanation.fixture.js';

const of = 'equity:NVDA';
const split = (units: string | null, date = '2026-11-10') => move(1, { kind: 'split', asset: of, units, date });

describe('a split', () => {
  it('reported on the day of the basis explains the units that it added: 20 stated, 180 added, 200 there', () => {
    expect(proposed({ basis: { [of]: '20' }, moves: [split('180', BASIS_DAY)], actual: { [of]: '200' }, of })).toEqual([['split', '180', true, 95]]);
  });

  it('that is expected and not shown yet explains what is missing: 20 stated, 180 expected to come, 20 there', () => {
    expect(proposed({ basis: { [of]: '20' }, moves: [split('180')], actual: { [of]: '20' }, of })).toEqual([['split', '-180', true, 88]]);
  });

  it('reported without its units is seen by the ratio: 20 to 200', () => {
    const given = { basis: { [of]: '20' }, moves: [split(null)], actual: { [of]: '200' }, of };
    expect(proposed(given)).toEqual([['split', '180', true, 90]]);
    expect(explained(given)[0]?.summary).toBe('20 to 200 equity:NVDA is a split of 10:1.');
  });

  it('reported without its units may pay the fraction out: 3:2 of 101 is 151 and a half in cash', () => {
    const given = { basis: { [of]: '101' }, moves: [split(null)], actual: { [of]: '151' }, of };
    expect(proposed(given)).toEqual([['split', '50', true, 80]]);
    expect(explained(given)[0]?.summary).toContain('3:2 with the fraction paid out in cash');
  });

  it('that nobody reports is supposed where the units are to each other as issuers split them, doubled or in reverse', () => {
    expect(proposed({ basis: { [of]: '50' }, actual: { [of]: '100' }, of })).toEqual([['split', '50', true, 55]]);
    expect(proposed({ basis: { [of]: '50' }, actual: { [of]: '5' }, of })).toEqual([['split', '-45', true, 55]]);
    expect(proposed({ basis: { [of]: '-50' }, actual: { [of]: '-75' }, of })).toEqual([['split', '-25', true, 55]]);
  });

  it('that nobody reports is supposed less of a few units, and not of another ratio', () => {
    expect(proposed({ basis: { [of]: '2' }, actual: { [of]: '4' }, of })).toEqual([['split', '2', true, 35]]);
    for (const actual of ['63', '25', '60']) expect(proposed({ basis: { [of]: '50' }, actual: { [of]: actual }, of })).toEqual([]);
  });

  it('is none of cash, of a coin, or of a bond', () => {
    for (const asset of ['currency:USD', 'crypto:BTC', 'bond:912828U81']) expect(proposed({ basis: { [asset]: '50' }, actual: { [asset]: '100' }, of: asset })).toEqual([]);
  });
});
