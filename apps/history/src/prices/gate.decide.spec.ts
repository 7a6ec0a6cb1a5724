import { describe, expect, it } from '@jest/globals';
import { dayNumber, dayOf, weekday } from '@tidemark/market';
import { gate } from './gate.decide.js';
import type { DayClose, GateInput, Suspicion } from './gate.decide.js';

const MONDAY = dayNumber('2026-06-01');
/** Closes of consecutive weekdays from a Monday on. */
const closes = (...prices: string[]): DayClose[] => {
  const days: DayClose[] = [];
  for (let day = MONDAY; days.length < prices.length; day += 1) if (weekday(day) <= 5) days.push({ day, close: prices[days.length] as string });
  return days;
};
const through = (prices: readonly DayClose[], more: Partial<GateInput> = {}) => gate({ kind: 'security', asked: { from: MONDAY, to: MONDAY + 60 }, closes: prices, splits: [], known: [], ...more });
const refused = (result: ReturnType<typeof gate>): [string, string, Suspicion][] => result.quarantined.map(({ day, close, reason }) => [dayOf(day), close, reason]);
const kept = (result: ReturnType<typeof gate>): string[] => result.good.map(({ close }) => close);

describe('the gate before the store of prices', () => {
  it('lets ordinary closes through, newest first or not, a bad day of −60 % too', () => {
    const days = closes('100', '101.5', '99', '39', '41');
    expect(kept(through([...days].reverse()))).toEqual(['100', '101.5', '99', '39', '41']);
  });

  it.each([
    ['zero', '0', 'not_positive'],
    ['negative', '-101', 'not_positive'],
    ['100 times too high', '10100', 'spike'],
    ['a dividend in the place of a price', '0.26', 'far_below'],
    ['a decimal point that slipped', '10.1', 'far_below'],
  ])('keeps apart a close that is %s', (_name, wrong, reason) => {
    for (const at of [0, 2, 3]) {
      const days = closes('100', '101', '102', '101', '103').map((close, index) => (index === at ? { ...close, close: wrong } : close));
      expect(refused(through(days))).toEqual([[dayOf(days[at]?.day ?? 0), wrong, reason]]);
      expect(kept(through(days))).toHaveLength(4);
    }
  });

  it('cannot confirm a jump on the last day, and can on the next', () => {
    expect(refused(through(closes('100', '101', '10100')))).toEqual([['2026-06-03', '10100', 'unconfirmed_jump']]);
    const real = closes('100', '101', '505');
    expect(refused(through(real))).toEqual([['2026-06-03', '505', 'unconfirmed_jump']]);
    expect(kept(through(closes('100', '101', '505', '498')))).toEqual(['100', '101', '505', '498']);
  });

  it('takes neighbours from the store where the answer has none', () => {
    const [before, one, after] = closes('100', '10100', '101') as [DayClose, DayClose, DayClose];
    expect(refused(through([one], { known: [before, after] }))).toEqual([['2026-06-02', '10100', 'spike']]);
    expect(refused(through([one], { known: [before] }))).toEqual([['2026-06-02', '10100', 'unconfirmed_jump']]);
  });

  it('keeps two equal closes of a day as one, and neither of two different ones', () => {
    const [a, b] = closes('100', '101') as [DayClose, DayClose];
    expect(kept(through([a, b, { ...b, close: '101.0' }]))).toEqual(['100', '101']);
    expect(refused(through([a, b, { ...b, close: '102' }, { ...b, close: '103' }]))).toEqual(['101', '102', '103'].map((close) => ['2026-06-02', close, 'duplicate_differs']));
  });

  it('knows no close on a weekend for a security, and one for crypto; none outside of what was asked', () => {
    const weekend = [...closes('100', '101', '102', '103', '104'), { day: MONDAY + 5, close: '105' }];
    expect(refused(through(weekend))).toEqual([['2026-06-06', '105', 'not_a_trading_day']]);
    expect(kept(through(weekend, { kind: 'crypto' }))).toHaveLength(6);
    expect(refused(through(closes('100', '101'), { asked: { from: MONDAY + 1, to: MONDAY + 1 } }))).toEqual([['2026-06-01', '100', 'out_of_range']]);
  });

  it('expects the jump of a split, either way, and refuses prices that do not make it', () => {
    const split = { day: MONDAY + 2, numerator: '10', denominator: '1' };
    const reverse = { day: MONDAY + 2, numerator: '1', denominator: '20' };
    expect(kept(through(closes('1000', '1010', '102', '103'), { splits: [split] }))).toHaveLength(4);
    expect(kept(through(closes('1', '1.1', '21', '22'), { splits: [reverse] }))).toHaveLength(4);
    expect(refused(through(closes('100', '101', '102', '103'), { splits: [split] }))).toEqual([
      ['2026-06-01', '100', 'split_adjusted'],
      ['2026-06-02', '101', 'split_adjusted'],
    ]);
  });

  it('stops at a level that cannot be without a split which the source does not list', () => {
    const result = through(closes('1', '1.1', '22', '22.5', '23'));
    expect(kept(result)).toEqual(['1', '1.1']);
    expect(result.quarantined.map(({ reason }) => reason)).toEqual(['level_shift', 'level_shift', 'unconfirmed_jump']);
  });

  it('allows currencies far less', () => {
    expect(refused(through(closes('1.10', '1.11', '1.80', '1.12'), { kind: 'fx' }))).toEqual([['2026-06-03', '1.80', 'spike']]);
  });

  it('finds several wrong days in a row', () => {
    expect(kept(through(closes('50', '51', '5000', '5100', '52', '0.3', '51')))).toEqual(['50', '51', '52', '51']);
  });
});
