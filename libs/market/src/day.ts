/** Days of the calendar as text (`2026-11-20`) and as whole numbers (days since 1970-01-01), without a time zone. */

/** Days since 1970-01-01. */
export type DayNumber = number;
/** `YYYY-MM-DD`. */
export type Day = string;

/** Years before 1000 are slips of the pen. */
const DAY = /^[1-9]\d{3}-\d{2}-\d{2}$/;
export const MS_A_DAY = 86_400_000;

export function isDay(text: string): boolean {
  return Number.isFinite(parse(text));
}

/** @throws where the text is no day of the calendar, such as `2026-02-29`: check input with `isDay`. */
export function dayNumber(day: Day): DayNumber {
  const ms = parse(day);
  if (!Number.isFinite(ms)) throw new RangeError(`${day} is no day of the calendar; a day such as 2026-11-20 is accepted`);
  return ms / MS_A_DAY;
}

/** Written once each: a chart names hundreds of days, and all charts the same ones. */
const written = new Map<DayNumber, Day>();
/** Lest slips make it grow without end. */
const MOST_WRITTEN = 50_000;

export function dayOf(number: DayNumber): Day {
  const known = written.get(number);
  if (known !== undefined) return known;
  const day = new Date(number * MS_A_DAY).toISOString().slice(0, 10);
  if (written.size < MOST_WRITTEN) written.set(number, day);
  return day;
}

/** 1 is Monday, 7 is Sunday. 1970-01-01 was a Thursday. */
export function weekday(number: DayNumber): number {
  return ((((number + 3) % 7) + 7) % 7) + 1;
}

const read = new Map<Day, number>();

/** Milliseconds; NaN where there is no such day. Read once each, as they are written. */
function parse(text: string): number {
  const known = read.get(text);
  if (known !== undefined) return known;
  const ms = parsed(text);
  if (read.size < MOST_WRITTEN && Number.isFinite(ms)) read.set(text, ms);
  return ms;
}

/** The engine takes 29 February 2026 for 1 March. By parts, because a text of a date is read ten times slower. */
function parsed(text: string): number {
  if (!DAY.test(text)) return NaN;
  const [month, date] = [Number(text.slice(5, 7)), Number(text.slice(8))];
  const ms = Date.UTC(Number(text.slice(0, 4)), month - 1, date);
  const found = new Date(ms);
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === date ? ms : NaN;
}
