/**
 * The same flows invested in another symbol: the opening value buys units of it at the close that the period starts from, an inflow at the
 * close before its day (it is there from the start of the day), and an outflow sells units at the close of its day. What is left at the
 * last close is `endValue`; more may have been taken out than the benchmark would have had, and then it is below zero.
 *
 * Closes are unadjusted, so a split of the benchmark multiplies the units held on its day. Its dividends are not in its closes: the
 * benchmark is a price return. In another currency it is converted at each day's rate. Units and levels are exact ratios.
 */
import type { historyRpc } from '@tidemark/contracts';
import { ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { isZero, negate, STORED_DIGITS } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { KnownDay } from './daily-growth.js';
import { known, rateOf, unknown } from './figure.js';
import type { Why } from './figure.js';
import { moneyWeighted, noMoneyWeighted } from './money-weighted.js';
import { divided, plus, ratioOf, rounded, times } from './ratio.js';
import type { Ratio } from './ratio.js';

export type Benchmark = NonNullable<historyRpc.Performance['benchmark']>;

/** What one unit bought at the start is worth at a day's close, splits included, in the answer's currency; else why that is not known. */
export type LevelOf = (date: string) => Result<Ratio, Why>;

export function benchmarkOf(symbol: string, days: Result<readonly KnownDay[], Why>, period: { from: string; to: string }, levelOf: LevelOf): Benchmark {
  const [start, end] = [levelOf(period.from), levelOf(period.to)];
  if (!start.ok) return missing(symbol, start.error);
  if (!end.ok) return missing(symbol, end.error);
  const timeWeighted = known(rateOf(divided(end.value, start.value)));
  if (!days.ok) return { symbol, timeWeighted, moneyWeighted: noMoneyWeighted(days.error), endValue: null };
  const held = unitsHeld(days.value, levelOf);
  if (!held.ok) return { symbol, timeWeighted, moneyWeighted: noMoneyWeighted(held.error), endValue: null };
  const endValue = rounded(times(held.value, end.value), STORED_DIGITS);
  return { symbol, timeWeighted, moneyWeighted: moneyWeighted(days, endValue), endValue };
}

/** How many of the units of the start are held at the end. */
function unitsHeld(days: readonly KnownDay[], levelOf: LevelOf): Result<Ratio, Why> {
  let units: Ratio = { numerator: 0n, denominator: 1n };
  for (const [index, day] of days.entries()) {
    const before = days[index - 1];
    const trades: [Decimal, string][] = before ? [[day.inflow, before.date], [negate(day.outflow), day.date]] : [[day.value, day.date]];
    for (const [amount, at] of trades) {
      if (isZero(amount)) continue;
      const level = levelOf(at);
      if (!level.ok) return level;
      units = plus(units, divided(ratioOf(amount, '1'), level.value));
    }
  }
  return ok(units);
}

function missing(symbol: string, reason: Why): Benchmark {
  return { symbol, timeWeighted: unknown(reason), moneyWeighted: noMoneyWeighted(reason), endValue: null };
}
