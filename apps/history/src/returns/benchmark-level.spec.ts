import { describe, expect, it } from '@jest/globals';
import { dayNumber } from '@tidemark/market';
import type { RateTable } from '../reads/read-context.js';
import type { PreparedCloses } from '../reconstruction/model.js';
import { levelsOf } from './benchmark-level.js';
import { rounded } from './ratio.js';

const FRIDAY = '2026-01-09';
const rates: RateTable = { rate: (currency, base) => (currency === base ? '1' : currency === 'EUR' ? '1.25' : null), age: () => 0 };
/** 400.00 on Friday, carried over the weekend, 2:1 split on Monday at 205.00, 210.00 on Tuesday, nothing after. */
const closes: PreparedCloses = {
  symbol: 'SPY', currency: 'USD', firstDay: dayNumber(FRIDAY), scale: 2,
  newest: [40_000n, 40_000n, 40_000n, 20_500n, 21_000n, ...Array.from({ length: 9 }, () => 21_000n)],
  age: Int16Array.from([0, 1, 2, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
  splits: [{ day: dayNumber('2026-01-12'), numerator: '2', denominator: '1' }],
};
const level = (date: string, start = FRIDAY, base = 'USD', given: PreparedCloses | undefined = closes) => {
  const found = levelsOf('SPY', { closes: given, absent: null }, rates, base, start)(date);
  return found.ok ? rounded(found.value, 6) : found.error.code;
};

describe('the level of a benchmark', () => {
  it('is the close, carried over a weekend', () => {
    expect([FRIDAY, '2026-01-10', '2026-01-11'].map((date) => level(date))).toEqual(['400', '400', '400']);
  });

  it('counts the units that a split made of the one that was bought', () => {
    expect(level('2026-01-12')).toBe('410');
    expect(level('2026-01-13')).toBe('420');
  });

  it('does not count a split twice where the unit was bought after it', () => {
    expect(level('2026-01-13', '2026-01-12')).toBe('210');
  });

  it('is in the answer\'s currency, or says which rate is missing', () => {
    expect(level(FRIDAY, FRIDAY, 'USD', { ...closes, currency: 'EUR' })).toBe('500');
    expect(level(FRIDAY, FRIDAY, 'JPY')).toBe('rate_missing');
  });

  it('is missing before the first close, without any, and more than a week after the last', () => {
    expect(level('2026-01-08')).toBe('benchmark_missing');
    expect(level(FRIDAY, '2026-01-08')).toBe('benchmark_missing');
    const none = levelsOf('SPY', { closes: undefined, absent: null }, rates, 'USD', FRIDAY)(FRIDAY);
    expect(none.ok ? null : none.error.code).toBe('benchmark_missing');
    expect([level('2026-01-20'), level('2026-01-21')]).toEqual(['420', 'benchmark_missing']);
  });
});
