/**
 * The internal rate of return of flows at any dates, ACT/365: the r with Σ aᵢ / (1 + r)^(dᵢ/365) = 0, as the spreadsheet function XIRR
 * defines it. `@webcarrot/xirr` does the iteration; around it stands what a rate that people rely on needs:
 *
 *  - Amounts never become doubles. Each is divided, exactly, by the sum of their sizes first, so that a portfolio of cents and one of billions
 *    take the same path; and time is measured in the length of the flows, so that a period of one day does not ask for a rate of 10¹⁷.
 *  - The library tries one starting point and believes what it finds. Here several are tried and each find is checked: is the net present
 *    value zero there, and does it change sign?
 *  - Several rates may solve the same flows, and then none of them is *the* return. With one change of sign there is one (Descartes).
 *    Otherwise it is enough that, at the rate found, the money still in the investment never is below zero: what is left of each balance
 *    then makes NPV(r) positive below that rate and negative above it (Teichroew, Robichek, Montalbano 1965, "pure investment").
 *    What is neither is searched for sign changes.
 */
import { xirr } from '@webcarrot/xirr';
import { absolute, compare, isZero, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { asNumber, ratioOf } from './ratio.js';

export interface DatedAmount {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** − paid in, + got back. */
  readonly amount: Decimal;
}

export type Solution = { readonly rate: number; /** (1 + rate)^(days/365) − 1 over the days from the first flow to the last. */ readonly whole: number; readonly days: number } | { readonly none: 'one_sign' | 'one_day' | 'several' | 'no_convergence' };

const YEAR = 365;
const LENGTH_MS = YEAR * 86_400_000;
const GUESSES = [0, 0.1, -0.1, 0.5, -0.5, 1, -0.9, 3, -0.99, 10, 100];
const ZERO = 1e-9;

interface Flow {
  /** 0 at the first flow, 1 at the last. */
  readonly time: number;
  /** Of the sum of all sizes. */
  readonly share: number;
}

/** @param amounts in any order; those of one day are one flow */
export function internalRate(amounts: readonly DatedAmount[]): Solution {
  const byDay = daily(amounts);
  if (!byDay.some(({ amount }) => compare(amount, '0') > 0) || !byDay.some(({ amount }) => compare(amount, '0') < 0)) return { none: amounts.length > 0 && sameDay(amounts) ? 'one_day' : 'one_sign' };
  const first = byDay[0]?.day ?? 0;
  const days = (byDay.at(-1)?.day ?? 0) - first;
  const total = sum(byDay.map(({ amount }) => absolute(amount)));
  const flows = byDay.map(({ day, amount }) => ({ time: (day - first) / days, share: asNumber(ratioOf(amount, total)) }));
  const whole = solve(flows);
  if (typeof whole === 'string') return { none: whole };
  return { rate: Math.expm1((Math.log1p(whole) * YEAR) / days), whole, days };
}

function daily(amounts: readonly DatedAmount[]): DatedAmount[] {
  const found = new Map<number, Decimal[]>();
  for (const { day, amount } of amounts) found.set(day, [...(found.get(day) ?? []), amount]);
  return [...found].map(([day, parts]) => ({ day, amount: sum(parts) })).filter(({ amount }) => !isZero(amount)).sort((a, b) => a.day - b.day);
}

function sameDay(amounts: readonly DatedAmount[]): boolean {
  return amounts.every(({ day }) => day === amounts[0]?.day);
}

/** The rate over the whole length of the flows. */
function solve(flows: readonly Flow[]): number | 'several' | 'no_convergence' {
  const signs = signChanges(flows);
  const roots: number[] = [];
  for (const guess of GUESSES) {
    const found = iterate(flows, guess);
    if (found === null) continue;
    if (signs === 1 || isPureInvestment(flows, found)) return found;
    roots.push(found);
  }
  const distinct = [...roots, ...search(flows)].filter((root, index, all) => all.findIndex((other) => isSame(root, other)) === index);
  return distinct.length > 1 ? 'several' : (distinct[0] ?? 'no_convergence');
}

function isSame(a: number, b: number): boolean {
  return Math.abs(Math.log1p(a) - Math.log1p(b)) < 1e-6;
}

/** One run of the library, and whether what it found is a root. */
function iterate(flows: readonly Flow[], guess: number): number | null {
  let rate: number;
  try {
    rate = xirr(flows.map(({ time, share }) => ({ amount: share, date: new Date(Math.round(time * LENGTH_MS)) })), guess, 1e-14, 10, 100);
  } catch (error) {
    // It throws plain Errors where it does not converge; nothing else is expected of it.
    if (error instanceof Error) return null;
    throw error;
  }
  if (!Number.isFinite(rate) || rate <= -1) return null;
  const polished = rate - presentValue(flows, rate) / slope(flows, rate);
  const root = Number.isFinite(polished) && polished > -1 ? polished : rate;
  return isRoot(flows, root) ? root : null;
}

function isRoot(flows: readonly Flow[], rate: number): boolean {
  const step = (1 + rate) * 1e-6;
  const [below, above] = [presentValue(flows, rate - step), presentValue(flows, rate + step)];
  return below * above < 0 && Math.abs(presentValue(flows, rate)) <= ZERO * flows.reduce((most, { share, time }) => Math.max(most, Math.abs(share) * (1 + rate) ** -time), 0);
}

function presentValue(flows: readonly Flow[], rate: number): number {
  return flows.reduce((total, { share, time }) => total + share * (1 + rate) ** -time, 0);
}

function slope(flows: readonly Flow[], rate: number): number {
  return flows.reduce((total, { share, time }) => total - time * share * (1 + rate) ** (-time - 1), 0);
}

function signChanges(flows: readonly Flow[]): number {
  return flows.filter(({ share }, index) => index > 0 && Math.sign(share) !== Math.sign(flows[index - 1]?.share ?? 0)).length;
}

/** Whether the money left in at this rate is never below zero before the end (a loan turned round: never above). */
function isPureInvestment(flows: readonly Flow[], rate: number): boolean {
  let left = 0;
  let [lowest, highest] = [0, 0];
  for (const [index, { share, time }] of flows.entries()) {
    left = left * (1 + rate) ** (time - (flows[index - 1]?.time ?? 0)) - share;
    if (index === flows.length - 1) break;
    [lowest, highest] = [Math.min(lowest, left), Math.max(highest, left)];
  }
  return lowest >= -ZERO || highest <= ZERO;
}

/** All roots between −99.9999 % and +10⁶ (over the whole length), by sign changes on a grid that is even in ln(1 + r). */
function search(flows: readonly Flow[]): number[] {
  const STEPS = 1_000;
  const [from, to] = [Math.log(1e-6), Math.log(1e6)];
  const at = (index: number) => Math.expm1(from + ((to - from) * index) / STEPS);
  const roots: number[] = [];
  let before = presentValue(flows, at(0));
  for (let index = 1; index <= STEPS; index += 1) {
    const value = presentValue(flows, at(index));
    if (before * value < 0) roots.push(bisect(flows, at(index - 1), at(index)));
    before = value;
  }
  return roots;
}

function bisect(flows: readonly Flow[], from: number, to: number): number {
  const sign = Math.sign(presentValue(flows, from));
  let [low, high] = [from, to];
  for (let turn = 0; turn < 200; turn += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (Math.sign(presentValue(flows, middle)) === sign) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
