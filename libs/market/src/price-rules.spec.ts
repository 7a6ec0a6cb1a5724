import { describe, expect, it } from '@jest/globals';
import { isSameListing, newestPrice } from './newest-price.js';
import { crossRate } from './rate.js';

describe('the rate between two currencies', () => {
  it.each([
    ['1.1', '1', '1.1'],
    ['1', '1.1', '0.909090909090909091'],
    ['1.1', '1.25', '0.88'],
    ['0.0067', '0.0067', '1'],
    [null, '1', null],
    ['1', null, null],
    ['0', '1', null],
    ['1', '0', null],
    ['-1', '1', null],
  ])('of %s and %s dollars a unit is %s', (a, b, rate) => {
    expect(crossRate(a, b)).toBe(rate);
  });
});

describe('the newest price', () => {
  const market = (at: string) => ({ at, origin: 'market' as const });
  const account = (at: string) => ({ at, origin: 'account' as const });
  it('is the newest at or before the instant, never a later one', () => {
    expect(newestPrice([market('2026-11-19T21:00:00Z'), account('2026-11-20T10:00:00Z'), market('2026-11-20T21:00:00Z')], '2026-11-20T20:00:00Z')).toEqual(account('2026-11-20T10:00:00Z'));
    expect(newestPrice([market('2026-11-20T21:00:00Z')], '2026-11-20T20:59:59.999Z')).toBeNull();
  });
  it('is the market’s at the same instant, in whatever order and form they come', () => {
    const both = [account('2026-11-20T21:00:00Z'), market('2026-11-20T16:00:00.000-05:00')];
    for (const candidates of [both, [...both].reverse()]) expect(newestPrice(candidates, '2026-11-20T21:00:00.000Z')?.origin).toBe('market');
  });
});

describe('a close prices a position', () => {
  it.each([
    ['equity:T', 'USD', 'USD', true],
    ['equity:T', 'CAD', 'USD', false],
    ['equity:T', undefined, 'USD', true],
    ['equity:T', null, 'USD', true],
    ['crypto:BTC', 'EUR', 'USD', true],
  ])('%s stated in %s by a close in %s: %s', (asset, stated, close, may) => expect(isSameListing(asset, stated, close)).toBe(may));
});
