/**
 * What each day made of the money that was there: growth = (V₁ + out) / (V₀ + in). An inflow is there from the start of its day and an
 * outflow until its end, so that neither makes or loses a return by itself (the daily valuation of GIPS, "true time-weighted return").
 *
 *   0 / 0        nothing over nothing: the day is skipped, it says nothing
 *   x / ≤ 0      no return exists: `zero_denominator`
 *   unknown      a value or a flow that is not wholly known makes the whole period's return unknown: a day that is left out silently
 *                would be a return that nobody made
 *   nobody there all accounts have left the scope: what they took is an outflow of all there was, and until one comes back there is nothing
 *
 * The first day given is the one at whose close the period starts: its value is V₀, its own flows came before.
 */
import type { historyRpc } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { add, isNegative, isZero, subtract } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { ScopeDay } from '../series/scope-day.js';
import { why } from './figure.js';
import type { Why } from './figure.js';
import type { Growth } from './growth.js';

export interface DayGrowth {
  readonly date: string;
  /** Null: nothing over nothing. */
  readonly growth: Growth | null;
  /** Its value stands for a day on which nothing was known but what was carried to it. */
  readonly carried: boolean;
}

/** A day of which everything that a return needs is known. */
export interface KnownDay {
  readonly date: string;
  readonly value: Decimal;
  readonly inflow: Decimal;
  readonly outflow: Decimal;
  readonly carried: boolean;
}

/** Reasons that say what is missing of a value, the weightiest first. */
const VALUE_MISSING: readonly historyRpc.HistoryReasonCode[] = ['reconstruction_pending', 'price_missing', 'rate_missing', 'units_effect_unknown', 'opening_adjustment', 'history_cut', 'parked', 'no_history'];

/**
 * @param reasons what the history says of its days: the one that fits names what is missing
 * @param neutral what to leave out of a day's result, such as income (+) for the return that prices alone made; null: not known
 */
export function dailyGrowths(days: readonly ScopeDay[], reasons: readonly Why[] = [], neutral: (date: string) => Decimal | null = () => '0'): Result<DayGrowth[], Why> {
  const known = knownDays(days, reasons);
  if (!known.ok) return known;
  const growths: DayGrowth[] = [];
  for (const [index, day] of known.value.entries()) {
    const before = known.value[index - 1];
    if (!before) continue;
    const left = neutral(day.date);
    if (left === null) return refuse(why('flow_value_missing', `What income or costs came to on ${day.date} is not known.`, { from: day.date, to: day.date }));
    const growth = growthOf(before.value, day, left);
    if (!growth.ok) return growth;
    growths.push({ date: day.date, growth: growth.value, carried: day.carried });
  }
  return ok(growths);
}

export function knownDays(days: readonly ScopeDay[], reasons: readonly Why[]): Result<KnownDay[], Why> {
  const known: KnownDay[] = [];
  for (const [index, day] of days.entries()) {
    const { date, inflow, outflow } = day;
    const value = isLeft(day, known.at(-1)) ? '0' : day.complete ? day.value : null;
    if (value === null) return refuse(missingValue(date, reasons));
    if (index > 0 && (inflow === null || outflow === null)) return refuse(why('flow_value_missing', `The value of a flow on ${date} is not known.`, { from: date, to: date }));
    known.push({ date, value, inflow: inflow ?? '0', outflow: outflow ?? '0', carried: day.origin === 'carried' });
  }
  return ok(known);
}

/** Whether no account is in the scope any more: a value that is not known would not have gone out as a flow to the last digit. */
function isLeft({ value, inflow, outflow }: ScopeDay, before: KnownDay | undefined): boolean {
  return value === null && before !== undefined && inflow !== null && outflow !== null && subtract(outflow, inflow) === before.value;
}

function growthOf(opening: Decimal, day: KnownDay, left: Decimal): Result<Growth | null, Why> {
  const invested = plus(opening, day.inflow);
  const kept = plus(day.value, day.outflow);
  const ended = isZero(left) ? kept : subtract(kept, left);
  if (isZero(invested) && isZero(ended)) return ok(null);
  if (!isZero(invested) && !isNegative(invested)) return ok({ ended, invested });
  return refuse(why('zero_denominator', `The return of ${day.date} has no meaning: what was there at its start is ${invested}, at its end ${ended}.`, { from: day.date, to: day.date }));
}

/** Most days have no flows. */
function plus(value: Decimal, flow: Decimal): Decimal {
  return isZero(flow) ? value : add(value, flow);
}

/** What is said to be missing of a day, the weightiest. */
export function namedMissing(date: string, reasons: readonly Why[]): Why | undefined {
  const ofDay = reasons.filter((reason) => (reason.from ?? date) <= date && date <= (reason.to ?? date));
  const code = VALUE_MISSING.find((candidate) => ofDay.some((reason) => reason.code === candidate));
  return ofDay.find((reason) => reason.code === code);
}

function missingValue(date: string, reasons: readonly Why[]): Why {
  const named = namedMissing(date, reasons);
  const detail = `The value on ${date} is not wholly known${named ? `: ${named.detail}` : '.'}`;
  return { ...why('no_history', detail, { from: date, to: date }), ...(named === undefined ? {} : { code: named.code }), ...(named?.asset === undefined ? {} : { asset: named.asset }), ...(named?.accountId === undefined ? {} : { accountId: named.accountId }) };
}
