/** Which price a position has at a close, and how much it is relied on. */
import { describe, expect, it } from '@jest/globals';
import { given } from './account.fixture.js';

const held = (line: Record<string, unknown> = {}) => given().snapshot('2026-11-02', { AAPL: { units: '1', costBasis: '90', ...line }, USD: '0' });

describe('a close', () => {
  it('is carried forward; at full quality for seven days, and not on the eighth', () => {
    const then = held().snapshot('2026-11-12', { AAPL: { units: '1', costBasis: '90' }, USD: '0' }).closes('AAPL', { '2026-11-02': '100' }).when('2026-11-02', '2026-11-10');
    expect(then.day('2026-11-09')).toMatchObject({ value: '100', quality: 100, reasons: [] });
    expect(then.day('2026-11-10')).toMatchObject({ value: '100', quality: 50, reasons: ['price_stale'], complete: true });
  });

  it('is carried over a holiday and a weekend: Thanksgiving 2026', () => {
    const then = given().snapshot('2026-11-30', { AAPL: '1', USD: '0' }).closes('AAPL', { '2026-11-25': '100', '2026-11-27': '102', '2026-11-30': '101' }).when('2026-11-25', '2026-11-30');
    expect(then.values()).toEqual(['100', '100', '102', '102', '102', '101']);
  });

  it('is never carried backward: before the first one the asset is unpriced, and no other sum is touched', () => {
    const then = given().snapshot('2026-11-04', { AAPL: '1', USD: '7' }).closes('AAPL', { '2026-11-04': '100' }).when('2026-11-03', '2026-11-04');
    expect(then.day('2026-11-03')).toMatchObject({ value: '7', complete: false, securities: 1 });
    expect(then.day('2026-11-03').reasons).toContain('price_missing');
    expect(then.result.unpriced.map(({ asset, reason }) => [asset, reason])).toEqual([['equity:AAPL', 'price_missing']]);
  });

  it('is never interpolated', () => {
    expect(given().snapshot('2026-11-06', { AAPL: '1', USD: '0' }).closes('AAPL', { '2026-11-02': '100', '2026-11-06': '140' }).when('2026-11-02', '2026-11-06').values()).toEqual(['100', '100', '100', '100', '140']);
  });

  it('of a crypto asset is of every day of the week', () => {
    const then = given().snapshot('2026-11-23', { 'crypto:BTC': '0.5', USD: '0' }).closes('crypto:BTC', { '2026-11-20': '90000', '2026-11-21': '91000.5', '2026-11-22': '92000' }).when('2026-11-20', '2026-11-22');
    expect(then.values()).toEqual(['45000', '45500.25', '46000']);
  });

  it('after the last one that is prepared still counts, older by every day', () => {
    const then = held().closes('AAPL', { '2026-10-26': '100' }).when('2026-11-02', '2026-11-03');
    expect(then.day('2026-11-02')).toMatchObject({ value: '100', reasons: [] });
    expect(then.day('2026-11-03').reasons).toContain('price_stale');
  });
});

describe('a price that the account’s snapshot carried', () => {
  it('is used where it is newer than the market’s, from its day on and not before', () => {
    const then = given().snapshot('2026-11-04', { AAPL: { units: '1', price: '105' }, USD: '0' }).closes('AAPL', { '2026-11-02': '100' }).when('2026-11-02', '2026-11-05');
    expect(then.values()).toEqual(['100', '100', '105', '105']);
    expect(then.day('2026-11-04').reasons).toContain('price_supplied_by_account');
  });

  it('of the day of a close yields to the close', () => {
    const then = given().snapshot('2026-11-04', { AAPL: { units: '1', price: '105' }, USD: '0' }).closes('AAPL', { '2026-11-04': '101' }).when('2026-11-04', '2026-11-04');
    expect(then.day('2026-11-04')).toMatchObject({ value: '101' });
  });

  it('is dated by its own date where it has one', () => {
    const then = given().snapshot('2026-11-04', { AAPL: { units: '1', price: '98', priceAsOf: '2026-10-30T19:00:00Z' }, USD: '0' }).closes('AAPL', { '2026-11-02': '100' }).when('2026-11-02', '2026-11-04');
    expect(then.values()).toEqual(['100', '100', '100']);
  });

  it('dated after the close is of the next day: no later price is ever taken', () => {
    const then = given().snapshot('2026-11-05', { AAPL: { units: '1', price: '98', priceAsOf: '2026-11-03T21:00:01Z' }, USD: '0' }).when('2026-11-03', '2026-11-04');
    expect(then.values()).toEqual(['0', '98'].map((value) => (value === '0' ? null : value)));
  });

  it('prices the assets that no market prices, at full quality while it is fresh', () => {
    const then = given().snapshot('2026-11-04', { 'provider:plaid:x1': { units: '3', price: '10.5', costBasis: '30' }, USD: '0' }).when('2026-11-04', '2026-11-04');
    expect(then.day('2026-11-04')).toMatchObject({ value: '31.5', quality: 100, reasons: ['price_supplied_by_account'], complete: true });
  });
});

describe('what a line is worth', () => {
  it('is quantity × multiplier × price, once', () => {
    const then = given().snapshot('2026-11-04', { 'option:AAPL261218C00100000': { units: '-2', multiplier: '100', price: '1.25' }, USD: '500' }).when('2026-11-04', '2026-11-04');
    expect(then.day('2026-11-04').value).toBe('250');
  });

  it('of a bond follows the price per unit that its line has', () => {
    const then = given().snapshot('2026-11-04', { 'bond:912828YK0': { units: '1000', price: '0.9875', costBasis: '990' }, USD: '0' }).when('2026-11-04', '2026-11-04');
    expect(then.day('2026-11-04').value).toBe('987.5');
  });

  it('is counted once where it is in the cash already, and moves as cash', () => {
    const then = given()
      .snapshot('2026-11-04', { 'fund:SPAXX': { units: '300', price: '1', countedAsCash: true }, USD: '500' })
      .buy('2026-11-03', 'fund:SPAXX', '100', '100')
      .trade('dividend', '2026-11-03', 'fund:SPAXX', '0', '1.5')
      .trade('reinvestment', '2026-11-03', 'fund:SPAXX', '1.5', '-1.5')
      .when('2026-11-02', '2026-11-04');
    expect(then.values()).toEqual(['498.5', '500', '500']);
    expect(then.day('2026-11-04')).toMatchObject({ securities: 0, cash: '500' });
  });

  it('is kept by currency, unconverted', () => {
    const then = given().snapshot('2026-11-04', { SAP: '2', USD: '10', EUR: '5' }).closes('SAP', { '2026-11-03': '200' }, [], 'EUR').when('2026-11-04', '2026-11-04');
    expect([then.day('2026-11-04').value, then.day('2026-11-04', 'EUR').value]).toEqual(['10', '405']);
  });

  it('that needs more than fifty-three bits is exact all the same', () => {
    const then = given().snapshot('2026-11-04', { 'crypto:ETH': '1234567.123456789012345678', AAPL: '90071992547', USD: '0' }).closes('crypto:ETH', { '2026-11-03': '98765.43210987' }).closes('AAPL', { '2026-11-03': '4294967.29' }).when('2026-11-04', '2026-11-04');
    expect(then.day('2026-11-04').value).toBe('386856383667044204.47898999137162978931564186');
  });
});
