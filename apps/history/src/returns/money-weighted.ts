/**
 * The money-weighted return: the yearly rate at which the opening value and all flows would have grown to the closing value. Flows stand on
 * their own dates, the opening value on the first day and the closing value on the last, so that any spreadsheet's XIRR over the answer's
 * `startValue`, `flows` and `endValue` gives the same number.
 *
 * `period` is what the person really made: (1 + XIRR)^(days/365) − 1 over the days on which money was there (from the first flow, which is the
 * opening value where there is one). `annualised` is false where those are less than a year: then XIRR says what a year of the same would
 * have given, and `period` is the figure to show.
 */
import type { historyRpc } from '@tidemark/contracts';
import type { Result } from '@tidemark/kernel';
import { dayNumber } from '@tidemark/market';
import { isZero, negate, subtract } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { KnownDay } from './daily-growth.js';
import { rateText, why } from './figure.js';
import type { Why } from './figure.js';
import { internalRate } from './xirr.js';
import type { DatedAmount, Solution } from './xirr.js';

export type MoneyWeighted = historyRpc.Performance['moneyWeighted'];

const YEAR = 365;
/** Beyond this a yearly rate says nothing (it comes from a few good days) and a double has no digit left after the point. */
const LARGEST_RATE = 1e6;

const WHY_NONE: Record<Extract<Solution, { none: string }>['none'], string> = {
  one_sign: 'All flows have the same sign, so that no rate makes them equal.',
  one_day: 'All flows are of one day, so that there is no time over which a rate could be.',
  several: 'Several rates solve these flows, so that none of them is the return.',
  no_convergence: 'No rate that solves these flows was found.',
};

/**
 * @param days the day at whose close the period starts, then each day of it
 * @param endValue in place of the last day's value: what the same flows would have come to in something else
 */
export function moneyWeighted(days: Result<readonly KnownDay[], Why>, endValue?: Decimal): MoneyWeighted {
  if (!days.ok) return noMoneyWeighted(days.error);
  const [first, last] = [days.value[0], days.value.at(-1)];
  if (!first || !last || first === last) return noMoneyWeighted(why('too_few_days', 'A return needs two days.'));
  return moneyWeightedOf([
    { day: dayNumber(first.date), amount: negate(first.value) },
    ...flowsOf(days.value),
    { day: dayNumber(last.date), amount: endValue ?? last.value },
  ]);
}

/** What was paid in (−) and got back (+) after the first day. */
function flowsOf(days: readonly KnownDay[]): DatedAmount[] {
  const within = days.slice(1).filter(({ inflow, outflow }) => !isZero(inflow) || !isZero(outflow));
  return within.map(({ date, inflow, outflow }) => ({ day: dayNumber(date), amount: subtract(outflow, inflow) }));
}

/** @param amounts − paid in, + got back; the value at the end is got back */
export function moneyWeightedOf(amounts: readonly DatedAmount[]): MoneyWeighted {
  const found = internalRate(amounts);
  if ('none' in found) return noMoneyWeighted(why(found.none === 'one_day' ? 'too_few_days' : 'not_converged', WHY_NONE[found.none]));
  const annualised = found.days >= YEAR;
  const period = rateText(found.whole);
  if (found.rate <= LARGEST_RATE) return { value: rateText(found.rate), period, annualised };
  return { value: null, period, annualised, reason: why('too_few_days', `${found.days} days are too few for a yearly rate that means something; \`period\` is what they gave.`) };
}

export function noMoneyWeighted(reason: Why): MoneyWeighted {
  return { value: null, period: null, annualised: false, reason };
}
