/** What must hold of any portfolio: random days with deposits, withdrawals, falls to nothing, leap days; the seed is printed. */
import { describe, expect, it } from '@jest/globals';
import { add, compare, decimal, divide, multiply, subtract } from '@tidemark/money';
import { chooseSeed, seededRandom } from '@tidemark/testing';
import type { Random } from '@tidemark/testing';
import type { ScopeDay } from '../series/scope-day.js';
import { dailyGrowths, knownDays } from './daily-growth.js';
import type { DayGrowth } from './daily-growth.js';
import { maxDrawdown } from './drawdown.js';
import { modifiedDietz } from './modified-dietz.js';
import { moneyWeighted } from './money-weighted.js';
import { linked } from './growth.js';
import { compareRatios, times } from './ratio.js';
import { everyDay, given } from './returns.fixture.js';
import { saying, timeWeighted } from './time-weighted.js';
import { volatility } from './volatility.js';

const seed = chooseSeed();
const RUNS = 40;
const forRuns = (name: string, check: (random: Random) => void) => it(`${name} (seed ${seed})`, () => {
  for (let run = 0; run < RUNS; run += 1) check(seededRandom(seed).fork(`${name} ${run}`));
});

const cents = (random: Random, most: number) => decimal((random.int(1, most) / 100).toFixed(2));

/** Days whose value moves by up to ± 10 %, with flows on some; `still` prices do not move. */
function randomDays(random: Random, { still = false } = {}): ScopeDay[] {
  const days = [...given('2024-02-25', cents(random, 10_000_000))];
  for (let index = 1; index < random.int(3, 200); index += 1) {
    const before = days[index - 1]?.value ?? '0';
    const inflow = random.chance(0.15) ? cents(random, 5_000_000) : '0';
    const invested = add(before, inflow);
    const grown = still ? invested : divide(multiply(invested, String(random.int(900, 1_100))), '1000', 6);
    const wish = random.chance(0.15) ? cents(random, 5_000_000) : random.chance(0.02) ? grown : '0';
    const outflow = compare(wish, grown) > 0 ? grown : wish;
    days.push({ ...(given('2024-02-25', { value: subtract(grown, outflow), in: inflow, out: outflow })[0] as ScopeDay), date: new Date(Date.UTC(2024, 1, 25 + index)).toISOString().slice(0, 10) });
  }
  return days;
}

const growths = (days: readonly ScopeDay[]): DayGrowth[] => {
  const made = dailyGrowths(days);
  if (!made.ok) throw new Error(`seed ${seed}: ${made.error.detail}`);
  return made.value;
};

const scaled = (days: readonly ScopeDay[], by: string): ScopeDay[] =>
  days.map((day) => ({ ...day, value: multiply(day.value ?? '0', by), inflow: multiply(day.inflow ?? '0', by), outflow: multiply(day.outflow ?? '0', by) }));

describe('returns', () => {
  forRuns('link to the same wherever the period is cut', (random) => {
    const days = randomDays(random);
    const cut = random.int(1, days.length - 1);
    const whole = linked(saying(growths(days)));
    const parts = times(linked(saying(growths(days.slice(0, cut + 1)))), linked(saying(growths(days.slice(cut)))));
    expect(compareRatios(whole, parts)).toBe(0);
  });

  forRuns('do not depend on the size of the money', (random) => {
    const days = randomDays(random);
    const by = random.pick(['0.001', '3', '1000000', '0.37']);
    const figures = (given_: readonly ScopeDay[]) => {
      const known = knownDays(given_, []);
      const made = dailyGrowths(given_);
      return [timeWeighted(made), modifiedDietz(known).value, moneyWeighted(known), volatility(made, everyDay), maxDrawdown(made, given_[0]?.date)];
    };
    expect(figures(scaled(days, by))).toEqual(figures(days));
  });

  forRuns('of money paid in and out at unchanged prices are exactly 0', (random) => {
    const days = randomDays(random, { still: true });
    expect(timeWeighted(dailyGrowths(days))).toEqual({ value: '0' });
    expect(modifiedDietz(knownDays(days, [])).value).toBe('0');
    expect(maxDrawdown(dailyGrowths(days), days[0]?.date)).toMatchObject({ value: '0' });
  });

  forRuns('without flows agree by every method', (random) => {
    const days = randomDays(random).map((day, index) => ({ ...day, inflow: '0', outflow: '0', value: decimal(String(100 + ((index * 37) % 23))) }));
    const whole = timeWeighted(dailyGrowths(days)).value;
    expect(modifiedDietz(knownDays(days, [])).value).toBe(whole);
    expect(moneyWeighted(knownDays(days, [])).period).toBe(whole);
  });

  forRuns('have a rate at which the flows come to nothing, or say that there is none', (random) => {
    const days = randomDays(random);
    const { value, reason, period } = moneyWeighted(knownDays(days, []));
    if (value === null) return expect({ seed, reason: reason?.code, period }).toMatchObject({ reason: expect.stringMatching(/not_converged|too_few_days/) });
    // The last digit that is given, either way: between them the net present value changes its sign.
    const worth = (rate: number) => days.reduce((left, day, index) => left + (Number(day.outflow) - Number(day.inflow)) * rate ** (-index / 365), -Number(days[0]?.value) + Number(days.at(-1)?.value) * rate ** ((1 - days.length) / 365));
    const growth = 1 + Number(value);
    return expect({ seed, value, changes: worth(growth - 1e-9 * Math.max(1, growth)) * worth(growth + 1e-9 * Math.max(1, growth)) <= 0 || growth < 1e-8 }).toMatchObject({ changes: true });
  });

  forRuns('are as deep as the deepest fall that a plain search finds', (random) => {
    const days = randomDays(random);
    const index = growths(days).reduce<number[]>((levels, { growth }) => [...levels, (levels.at(-1) ?? 1) * (growth ? Number(growth.ended) / Number(growth.invested) : 1)], [1]);
    const deepest = Math.min(0, ...index.flatMap((peak, at) => index.slice(at).map((low) => (peak === 0 ? 0 : low / peak - 1))));
    expect(Number(maxDrawdown(dailyGrowths(days), days[0]?.date).value)).toBeCloseTo(deepest, 8);
  });
});
