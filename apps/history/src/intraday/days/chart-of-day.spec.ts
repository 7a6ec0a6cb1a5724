import { describe, expect, it } from '@jest/globals';
import { multiply } from '@tidemark/money';
import { chartOfDay } from './chart-of-day.js';
import type { Bar } from './intraday-tables.js';

const bar = (accountId: string, minute: number, close: string, given: Partial<Bar> = {}): Bar => ({ accountId, userId: 'ann', at: `2026-11-20T15:${String(minute).padStart(2, '0')}:00.000Z`, currency: 'USD', open: close, high: close, low: close, close, quality: 100, ...given });
const inDollars = (amount: string, currency: string) => (currency === 'USD' ? amount : currency === 'EUR' ? multiply(amount, '1.08337') : null);

describe('the chart of the day', () => {
  it('adds up the accounts at every moment, each where its last bar left it', () => {
    const points = chartOfDay({ bars: [bar('a', 0, '10'), bar('b', 0, '100'), bar('a', 5, '11'), bar('b', 10, '101', { quality: 90 })], needed: ['a', 'b'], securities: 3, cash: [] }, inDollars);
    expect(points.map(({ at, value, quality, origin }) => [at?.slice(14, 16), value, quality, origin])).toEqual([['00', '110', 100, 'intraday'], ['05', '111', 100, 'intraday'], ['10', '112', 90, 'intraday']]);
    expect(points[0]).toMatchObject({ open: null, high: null, low: null, close: '110', securitiesCount: 3 });
  });

  it('begins once every account is known: one that was watched later is no jump', () => {
    expect(chartOfDay({ bars: [bar('a', 0, '10'), bar('a', 5, '11'), bar('b', 10, '100')], needed: ['a', 'b'], securities: 3, cash: [] }, inDollars).map(({ value }) => value)).toEqual(['111']);
  });

  it('shows what one account reached within the minutes, converted', () => {
    expect(chartOfDay({ bars: [bar('a', 0, '100', { currency: 'EUR', high: '200' })], needed: ['a'], securities: 3, cash: [] }, inDollars)).toMatchObject([{ value: '108.337', high: '216.674', low: '108.337' }]);
  });

  it('has the cash of the newest snapshot by then, converted, and none where one account\'s is not known', () => {
    const bars = [bar('a', 0, '10'), bar('b', 0, '100'), bar('a', 5, '11'), bar('a', 10, '11')];
    const at = (minute: number) => Date.parse(`2026-11-20T15:${String(minute).padStart(2, '0')}:30.000Z`);
    const a = { accountId: 'a', at: at(0) - 86_400_000, amounts: [['USD', '3'], ['EUR', '10']] as const };
    const cashOf = (...cash: Parameters<typeof chartOfDay>[0]['cash']) => chartOfDay({ bars, needed: ['a', 'b'], securities: 3, cash }, inDollars).map(({ cash: amount }) => amount);
    expect(cashOf(a, { accountId: 'b', at: a.at, amounts: [] }, { accountId: 'a', at: at(7), amounts: [['USD', '1']] })).toEqual(['13.8337', '1', '1']);
    expect(cashOf(a)).toEqual([null, null, null]);
    expect(cashOf(a, { accountId: 'b', at: a.at, amounts: [['JPY', '1']] })).toEqual([null, null, null]);
  });

  it('comes back from another currency without noise', () => {
    const [there, back] = ['1.13', '0.884955752212389381'];
    const worth = multiply('100', there);
    expect(chartOfDay({ bars: [bar('a', 0, worth, { currency: 'EUR' })], needed: ['a'], securities: 3, cash: [] }, (amount) => multiply(amount, back))).toMatchObject([{ value: '100', open: '100', close: '100' }]);
    expect(multiply(worth, back)).toBe('100.000000000000000053');
  });

  it('knows no value where a rate is missing', () => {
    expect(chartOfDay({ bars: [bar('a', 0, '100', { currency: 'JPY' }), bar('b', 0, '1')], needed: ['a', 'b'], securities: 3, cash: [] }, inDollars)).toMatchObject([{ value: null, quality: 0 }]);
  });
});
