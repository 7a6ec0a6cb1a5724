/**
 * On which side of a state a transaction lies. Where the provider gives an instant, it decides, and the very instant of the state is before
 * it. A date alone decides on any other day than the state's own, in the account's market time zone; on that day nobody can tell.
 */
import { calendarDayNumber, dayNumber, marketOf } from '@tidemark/market';
import type { DayNumber } from '@tidemark/market';
import type { NormalisedTransaction } from '@tidemark/transactions';

export type Side = 'before' | 'unclear' | 'after';

/** An instant, and the day of the calendar that it is on. */
export interface Border {
  readonly ms: number;
  readonly day: DayNumber;
}

export type Dated = Pick<NormalisedTransaction, 'date' | 'at'>;

/** Found once each: the accounts of a fetch share its instant, and a day in a zone is dear to find. */
const found = new Map<string, Border>();
const MOST_FOUND = 10_000;

export function borderAt(instant: string, timeZone: string): Border {
  const key = `${instant} ${timeZone}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  const ms = Date.parse(instant);
  const border = { ms, day: calendarDayNumber(ms, marketOf(timeZone)) };
  if (found.size >= MOST_FOUND) found.clear();
  found.set(key, border);
  return border;
}

export function sideOf(dated: Dated, border: Border): Side {
  const ms = instantOf(dated);
  if (ms !== null) return ms > border.ms ? 'after' : 'before';
  const day = dayNumber(dated.date);
  return day === border.day ? 'unclear' : day > border.day ? 'after' : 'before';
}

/** Milliseconds since 1970; null where there is a date alone. */
export function instantOf({ at }: Dated): number | null {
  const ms = at === null ? NaN : Date.parse(at);
  return Number.isNaN(ms) ? null : ms;
}

/** When the day of a transaction begins in a time zone, or its instant where it has one. */
export function earliestOf(dated: Dated, timeZone: string): number {
  return instantOf(dated) ?? startOf(dayNumber(dated.date), timeZone);
}

/** The first minute of a day: zones are at most 14 hours from UTC, and the day number never falls. */
function startOf(day: DayNumber, timeZone: string): number {
  const market = marketOf(timeZone);
  let [low, high] = [(day - 1) * MINUTES_A_DAY, (day + 1) * MINUTES_A_DAY];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (calendarDayNumber(middle * MS_A_MINUTE, market) < day) low = middle + 1;
    else high = middle;
  }
  return low * MS_A_MINUTE;
}

const MINUTES_A_DAY = 1_440;
const MS_A_MINUTE = 60_000;
