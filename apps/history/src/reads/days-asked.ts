/** The days that a request is about: a period until today, or days from and to, inclusive. Pure. */
import { problem } from '@tidemark/contracts';
import type { historyRpc, Problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayNumber, dayOf, isDay } from '@tidemark/market';
import type { Day } from '@tidemark/market';

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
  const start = periodStart(period, today);
  return ok({ from: start === null ? null : dayOf(dayNumber(start) + 1), to: today });
}

/** The day at whose close a period until today starts, so that what happened in it is dated after it. Null: ALL. */
export function periodStart(period: historyRpc.Period, today: Day): Day | null {
  switch (period) {
    case '1D':
      return dayOf(dayNumber(today) - 1);
    case '1W':
      return dayOf(dayNumber(today) - 7);
    case '1M':
      return monthsBefore(today, 1);
    case '3M':
      return monthsBefore(today, 3);
    case '6M':
      return monthsBefore(today, 6);
    case 'YTD':
      return `${Number(today.slice(0, 4)) - 1}-12-31`;
    case '1Y':
      return monthsBefore(today, 12);
    case '2Y':
      return monthsBefore(today, 24);
    case 'ALL':
      return null;
  }
}

/** The same day of an earlier month; where that month is shorter, its last: a month before 31 March is 28 or 29 February. */
export function monthsBefore(day: Day, months: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 - months, Math.min(date, last))).toISOString().slice(0, 10);
}

export function invalidField(field: string, message: string): Problem {
  return problem('validation_failed', `${field}: ${message}`, { errors: [{ field, message }] });
}
