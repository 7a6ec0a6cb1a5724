/**
 * Volatility: the sample standard deviation (n − 1) of daily log returns of the flow-adjusted value, given daily and × √252 for a year.
 *
 * One observation a trading day of the market. What happens on other days (a weekend of crypto, a correction booked on a Sunday) is linked
 * into the next trading day, as a share's price is: nothing is lost, and days on which nothing can move do not make it look calm. What
 * stands after the last trading day belongs to an observation that is not there yet, and is left out. A day of nothing over nothing is none.
 * A day that is only carried says nothing of what happened on it: its change is linked into the next one that is known, and where more than
 * a tenth of the trading days are like that, there is no figure.
 */
import type { historyRpc } from '@tidemark/contracts';
import type { Result } from '@tidemark/kernel';
import { sampleStandardDeviation } from 'simple-statistics';
import type { DayGrowth } from './daily-growth.js';
import { rateText, why } from './figure.js';
import type { Why } from './figure.js';
import { linked } from './growth.js';
import type { Growth } from './growth.js';
import { asNumber, lessOne } from './ratio.js';
import type { Ratio } from './ratio.js';

export type Volatility = historyRpc.Performance['volatility'];

export const TRADING_DAYS_A_YEAR = 252;
/** A week with a holiday in it. */
export const FEWEST_OBSERVATIONS = 4;
const MOST_CARRIED = 0.1;

export function volatility(growths: Result<readonly DayGrowth[], Why>, isTradingDay: (date: string) => boolean): Volatility {
  if (!growths.ok) return none(growths.error);
  const trading = growths.value.filter(({ date }) => isTradingDay(date));
  const carried = trading.filter((day) => day.carried);
  if (carried.length > trading.length * MOST_CARRIED) {
    return none(why('carried', `${carried.length} of ${trading.length} trading days are carried from the day before, so that nothing is known of how far they moved.`, { from: carried[0]?.date, to: carried.at(-1)?.date }));
  }
  const observed = observations(growths.value, isTradingDay);
  const lost = observed.find(({ growth }) => growth.numerator <= 0n);
  if (lost) return none(why('zero_denominator', `All of it was lost by ${lost.date}, which has no logarithm.`, { from: lost.date, to: lost.date }));
  if (observed.length < FEWEST_OBSERVATIONS) return none(why('too_few_days', `Volatility needs at least ${FEWEST_OBSERVATIONS} trading days with money in them; there are ${observed.length}.`));
  const daily = sampleStandardDeviation(observed.map(({ growth }) => Math.log1p(asNumber(lessOne(growth)))));
  return { daily: rateText(daily), annualised: rateText(daily * Math.sqrt(TRADING_DAYS_A_YEAR)) };
}

/** A growth for each trading day that says something, what came since the one before linked into it. */
function observations(growths: readonly DayGrowth[], isTradingDay: (date: string) => boolean): { date: string; growth: Ratio }[] {
  const found: { date: string; growth: Ratio }[] = [];
  let since: Growth[] = [];
  for (const { date, growth, carried } of growths) {
    if (growth !== null) since.push(growth);
    if (carried || since.length === 0 || !isTradingDay(date)) continue;
    found.push({ date, growth: linked(since) });
    since = [];
  }
  return found;
}

function none(reason: Why): Volatility {
  return { daily: null, annualised: null, reason };
}
