/**
 * The deepest fall from a peak to a later low, of the flow-adjusted index (daily returns linked) and not of the value: money that is taken
 * out is no loss, and money that is paid in recovers none. Given as a fraction ≤ 0 with the day of the peak, the day of the low and the
 * first day on which the peak's level is reached again (null: not yet). Of equally deep falls the first.
 *
 * Compared exactly, as ratios since the peak and since the low, so that each stays as short as the fall is.
 */
import type { historyRpc } from '@tidemark/contracts';
import type { Result } from '@tidemark/kernel';
import type { DayGrowth } from './daily-growth.js';
import { rateOf, why } from './figure.js';
import type { Why } from './figure.js';
import { Chain } from './growth.js';
import type { Growth } from './growth.js';
import { compareRatios } from './ratio.js';
import type { Ratio } from './ratio.js';

export type Drawdown = historyRpc.Performance['maxDrawdown'];

interface Fall {
  readonly peak: string;
  readonly low: string;
  /** Low over peak, below 1. */
  readonly depth: Ratio;
  readonly recovered: string | null;
}

/** @param start the day at whose close the period starts */
export function maxDrawdown(growths: Result<readonly DayGrowth[], Why>, start: string | undefined): Drawdown {
  if (!growths.ok) return none(growths.error);
  const told = growths.value.flatMap(({ date, growth }) => (growth === null ? [] : [{ date, growth }]));
  if (told.length === 0 || start === undefined) return none(why('too_few_days', 'There is no day with money in it.'));
  let deepest: Fall | null = null;
  for (const fall of falls(told, start)) if (deepest === null || compareRatios(fall.depth, deepest.depth) < 0) deepest = fall;
  if (!deepest) return { value: '0', from: null, to: null, recovered: null };
  return { value: rateOf(deepest.depth), from: deepest.peak, to: deepest.low, recovered: deepest.recovered };
}

/** Each stretch below the running peak. */
function* falls(days: readonly { date: string; growth: Growth }[], start: string): Generator<Fall> {
  let peak = start;
  let low: { date: string; depth: Ratio } | null = null;
  let [sincePeak, sinceLow] = [new Chain(), new Chain()];
  for (const { date, growth } of days) {
    sinceLow.add(growth);
    if (sincePeak.add(growth).compareToOne() >= 0) {
      if (low) yield { peak, low: low.date, depth: low.depth, recovered: date };
      [peak, low, sincePeak, sinceLow] = [date, null, new Chain(), new Chain()];
    } else if (!low || sinceLow.compareToOne() < 0) {
      [low, sinceLow] = [{ date, depth: sincePeak.ratio }, new Chain()];
    }
  }
  if (low) yield { peak, low: low.date, depth: low.depth, recovered: null };
}

function none(reason: Why): Drawdown {
  return { value: null, from: null, to: null, recovered: null, reason };
}
