/** The days that a request is about: a period until today, or days from and to, inclusive. Pure. */
import { problem } from '@tidemark/contracts';
import type { historyRpc, Problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayNumber, dayOf, isDay } from '@tidemark/market';
import type { Day } from '@tidemark/market';
import { periodStart } from '../series/period.js';

/** Null: without an end on that side. */
export interface DaysAsked {
  readonly from: Day | null;
  readonly to: Day | null;
}

export interface DaysInput {
  readonly period?: historyRpc.Period | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** @param today the market day that the answer is given on */
export function daysAsked({ period, from, to }: DaysInput, today: Day): Result<DaysAsked, Problem> {
  for (const [field, day] of [['from', from], ['to', to]] as const) {
    if (day !== undefined && !isDay(day)) return refuse(invalidField(field, `${day} is no day of the calendar; a day such as 2026-11-20 is accepted`));
  }
  if (period !== undefined && (from !== undefined || to !== undefined)) return refuse(invalidField('period', 'stands alone: either period, or from and to'));
  if (from !== undefined && to !== undefined && from > to) return refuse(invalidField('from', `${from} is after to (${to})`));
  if (period === undefined) return ok({ from: from ?? null, to: to ?? null });
  // What happened in a period is dated after the day at whose close it starts.
  return ok({ from: period === 'ALL' ? null : dayOf(periodStart(period, dayNumber(today)) + 1), to: today });
}

export function invalidField(field: string, message: string): Problem {
  return problem('validation_failed', `${field}: ${message}`, { errors: [{ field, message }] });
}
