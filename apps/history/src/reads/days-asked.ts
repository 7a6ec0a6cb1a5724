/** The days that a request is about: a period until the last closed day, or days from and to, inclusive. Pure. */
import { problem } from '@tidemark/contracts';
import type { historyRpc, Problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayOf, isDay } from '@tidemark/market';
import type { Day, DayNumber } from '@tidemark/market';
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

/** @param lastClosed the last day that is over in every market of the user: a period ends with it, as that of the chart and of the returns does */
export function daysAsked({ period, from, to }: DaysInput, lastClosed: DayNumber): Result<DaysAsked, Problem> {
  const given = daysGiven({ from, to });
  if (!given.ok || period === undefined) return given;
  if (from !== undefined || to !== undefined) return refuse(invalidField('period', 'stands alone: either period, or from and to'));
  // What happened in a period is dated after the day at whose close it starts.
  return ok({ from: period === 'ALL' ? null : dayOf(periodStart(period, lastClosed) + 1), to: dayOf(lastClosed) });
}

export function daysGiven({ from, to }: Pick<DaysInput, 'from' | 'to'>): Result<DaysAsked, Problem> {
  for (const [field, day] of [['from', from], ['to', to]] as const) {
    if (day !== undefined && !isDay(day)) return refuse(invalidField(field, `${day} is no day of the calendar; a day such as 2026-11-20 is accepted`));
  }
  if (from !== undefined && to !== undefined && from > to) return refuse(invalidField('from', `${from} is after to (${to})`));
  return ok({ from: from ?? null, to: to ?? null });
}

export function invalidField(field: string, message: string): Problem {
  return problem('validation_failed', `${field}: ${message}`, { errors: [{ field, message }] });
}
