import { describe, expect, it } from '@jest/globals';
import { multiply } from '@tidemark/money';
import { chartOfDay } from './chart-of-day.js';
import type { Bar } from './intraday-tables.js';

const bar = (accountId: string, minute: number, close: string, given: Partial<Bar> = {}): Bar => ({ accountId, userId: 'ann', at: `2026-11-20T15:${String(minute).padStart(2, '0')}:00.000Z`, currency: 'USD', open: close, high: close, low: close, close, quality: 100, ...given });
const inDollars = (amount: string, currency: string) => (currency === 'USD' ? amount : currency === 'EUR' ? multiply(amount, '1.08337') : null);

describe('the chart of the day', () => {
  it('adds up the accounts at every moment, each where its last bar left it', () => {
    const points = chartOfDay([bar('a', 0, '10'), bar('b', 0, '100'), bar('a', 5, '11'), bar('b', 10, '101', { quality: 90 })], ['a', 'b'], 3, inDollars);
    expect(points.map(({ at, value, quality, origin }) => [at?.slice(14, 16), value, quality, origin])).toEqual([['00', '110', 100, 'intraday'], ['05', '111', 100, 'intraday'], ['10', '112', 90, 'intraday']]);
    expect(points[0]).toMatchObject({ open: null, high: null, low: null, close: '110', securitiesCount: 3 });
  });

  it('begins once every account is known: one that was watched later is no jump', () => {
    expect(chartOfDay([bar('a', 0, '10'), bar('a', 5, '11'), bar('b', 10, '100')], ['a', 'b'], 3, inDollars).map(({ value }) => value)).toEqual(['111']);
  });

  it('shows what one account reached within the minutes, converted', () => {
    expect(chartOfDay([bar('a', 0, '100', { currency: 'EUR', high: '200' })], ['a'], 3, inDollars)).toMatchObject([{ value: '108.337', high: '216.674', low: '108.337' }]);
  });

  it('knows no value where a rate is missing', () => {
    expect(chartOfDay([bar('a', 0, '100', { currency: 'JPY' }), bar('b', 0, '1')], ['a', 'b'], 3, inDollars)).toMatchObject([{ value: null, quality: 0 }]);
  });
});
