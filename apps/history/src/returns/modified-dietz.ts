/**
 * Modified Dietz: the gain over the average money, each flow weighted by the part of the period that it was there. An approximation of the
 * money-weighted return that needs no iteration (P. Dietz, 1966; CFA Institute, GIPS guidance on calculation methodology).
 *
 *   R = (V₁ − V₀ − F) / (V₀ + Σ wᵢ Fᵢ)     F = Σ in − Σ out
 *   w of an inflow on the d-th of n days = (n − d + 1) / n: it is there from the start of its day
 *   w of an outflow                      = (n − d) / n:     it is there until the end of its day
 *
 * So the Dietz return of a single day is that day's time-weighted return.
 */
import type { historyRpc } from '@tidemark/contracts';
import type { Result } from '@tidemark/kernel';
import { add, compare, isZero, multiply, subtract, sum } from '@tidemark/money';
import type { KnownDay } from './daily-growth.js';
import { known, RATE_DIGITS, unknown, why } from './figure.js';
import type { Why } from './figure.js';
import { ratioOf, rounded } from './ratio.js';

/** @param days the day at whose close the period starts, then each day of it */
export function modifiedDietz(days: Result<readonly KnownDay[], Why>): historyRpc.Figure {
  if (!days.ok) return unknown(days.error);
  const [first, last] = [days.value[0], days.value.at(-1)];
  const count = days.value.length - 1;
  if (!first || !last || count < 1) return unknown(why('too_few_days', 'A return needs two days.'));
  const within = days.value.map((day, index) => ({ ...day, index })).filter((day) => day.index > 0 && !(isZero(day.inflow) && isZero(day.outflow)));
  const net = sum(within.map((day) => subtract(day.inflow, day.outflow)));
  const gain = subtract(subtract(last.value, first.value), net);
  // Weighted by days, not by parts of the period, so that it stays whole: both sides are multiplied by `count`.
  const weighted = sum(within.map(({ inflow, outflow, index }) => subtract(multiply(inflow, String(count - index + 1)), multiply(outflow, String(count - index)))));
  const average = add(multiply(first.value, String(count)), weighted);
  if (compare(average, '0') <= 0) return unknown(why('zero_denominator', `The average money of the period is not above zero (${average} over ${count} days).`, { from: first.date, to: last.date }));
  return known(rounded(ratioOf(multiply(gain, String(count)), average), RATE_DIGITS));
}
