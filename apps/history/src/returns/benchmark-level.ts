/**
 * What one unit of a symbol that was bought at the start of a period is worth on each day of it, in the answer's currency: close × rate ×
 * the splits since. A close is carried over days without one, but a benchmark that has not been quoted for more than a week is missing.
 */
import { ok, refuse } from '@tidemark/kernel';
import { dayNumber } from '@tidemark/market';
import { exact, multiply, written } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { RateTable } from '../reads/read-context.js';
import type { DayNumber, PreparedCloses } from '../reconstruction/model.js';
import type { LevelOf } from './benchmark.js';
import type { BenchmarkCloses } from './benchmark-prices.js';
import { why } from './figure.js';
import { ONE, ratioOf, times } from './ratio.js';
import type { Ratio } from './ratio.js';

const MOST_DAYS_CARRIED = 7;

interface Quote {
  readonly close: Decimal;
  /** The day that the close is of. */
  readonly day: DayNumber;
}

/** @param given closes undefined where nothing is known of the symbol @param start the day on which the unit is bought */
export function levelsOf(symbol: string, { closes, absent }: BenchmarkCloses, rates: RateTable, base: string, start: string): LevelOf {
  const bought = closes && quoteAt(closes, dayNumber(start));
  return (date) => {
    const day = dayNumber(date);
    const quote = closes && quoteAt(closes, day);
    if (!closes || !bought || !quote) return refuse(why('benchmark_missing', absent ?? `No close of ${symbol} is known for ${closes && !bought ? start : date}.`, { from: date, to: date }));
    const rate = rates.rate(closes.currency, base, day);
    if (rate === null) return refuse(why('rate_missing', `No rate from ${closes.currency} to ${base} is known for ${date}.`, { from: date, to: date }));
    return ok(times(ratioOf(multiply(quote.close, rate), '1'), unitsSince(closes, bought.day, quote.day)));
  };
}

function quoteAt({ newest, age, firstDay, scale }: PreparedCloses, day: DayNumber): Quote | null {
  const digits = newest[day - firstDay];
  const old = age[day - firstDay] ?? 0;
  return digits == null || old > MOST_DAYS_CARRIED ? null : { close: written({ digits, scale }), day: day - old };
}

/** Closes of the two days count units as they were on them: after the splits between. */
function unitsSince({ splits }: PreparedCloses, from: DayNumber, to: DayNumber): Ratio {
  return splits.filter(({ day }) => from < day && day <= to).reduce((units, { numerator, denominator }) => times(units, ratioOf(plain(numerator), plain(denominator))), ONE);
}

function plain(factor: Decimal): Decimal {
  return written(exact(factor));
}
