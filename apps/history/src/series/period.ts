/** Which days a request asks for. A period ends with the last closed day and begins with the day at whose close it starts. */
import type { historyRpc } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import type { Problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayNumber, dayOf, isDay } from '@tidemark/market';
import type { DayNumber } from '../reconstruction/model.js';

export interface DayRange {
  readonly from: DayNumber;
  /** Inclusive. */
  readonly to: DayNumber;
}

export interface RangeAsked {
  readonly period?: historyRpc.Period | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Before every history: `ALL` begins with the first day that is known. */
export const BEGINNING: DayNumber = dayNumber('1970-01-01');

/** @param lastClosed the last day whose close has passed */
export function rangeOf(asked: RangeAsked, lastClosed: DayNumber): Result<DayRange, Problem> {
  const bare = (['from', 'to'] as const).find((field) => asked[field] !== undefined && !isDay(asked[field]));
  if (bare) return refuse(invalid(bare, `${asked[bare]} is no day of the calendar; a day such as 2026-11-20 is accepted`));
  if (asked.period !== undefined && (asked.from !== undefined || asked.to !== undefined)) return refuse(invalid('period', 'a period or days (from, to) are accepted, not both'));
  const to = asked.to === undefined ? lastClosed : Math.min(dayNumber(asked.to), lastClosed);
  if (asked.from === undefined) return ok({ from: asked.to === undefined ? periodStart(asked.period ?? '1Y', to) : BEGINNING, to });
  if (asked.to !== undefined && asked.to < asked.from) return refuse(invalid('to', `${asked.to} is before ${asked.from}; the days are from ≤ to`));
  return ok({ from: Math.max(dayNumber(asked.from), BEGINNING), to });
}

/** The day at whose close a period ending with `to` starts: the same day of an earlier month, or that month's last where it has no such day. */
export function periodStart(period: historyRpc.Period, to: DayNumber): DayNumber {
  switch (period) {
    case '1D': return to - 1;
    case '1W': return to - 7;
    case '1M': return monthsBefore(to, 1);
    case '3M': return monthsBefore(to, 3);
    case '6M': return monthsBefore(to, 6);
    case 'YTD': return dayNumber(`${dayOf(to).slice(0, 4)}-01-01`) - 1;
    case '1Y': return monthsBefore(to, 12);
    case '2Y': return monthsBefore(to, 24);
    case 'ALL': return BEGINNING;
  }
}

function monthsBefore(day: DayNumber, months: number): DayNumber {
  const [year, month, date] = dayOf(day).split('-').map(Number) as [number, number, number];
  const target = year * 12 + (month - 1) - months;
  const [toYear, toMonth] = [Math.floor(target / 12), target % 12];
  const last = new Date(Date.UTC(toYear, toMonth + 1, 0)).getUTCDate();
  return Date.UTC(toYear, toMonth, Math.min(date, last)) / MS_A_DAY;
}

const MS_A_DAY = 86_400_000;

function invalid(field: string, message: string): Problem {
  return problem('validation_failed', `${field}: ${message}`, { errors: [{ field, message }] });
}
