/**
 * The sandbox's own small market calendar: the days on which a made-up market has a close, and when. Written from the exchange's published
 * rules and on purpose not the product's calendar, so that the two can be compared. Crypto trades every day, currencies Monday to Friday.
 */
export type Session = 'exchange' | 'fx' | 'crypto';

const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of `YYYY-MM-DD`. */
export function dayNumber(day: string): number {
  let number = numbers.get(day);
  if (number === undefined) numbers.set(day, (number = Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS)));
  return number;
}

export function dayText(number: number): string {
  let text = texts.get(number);
  if (text === undefined) texts.set(number, (text = new Date(number * DAY_MS).toISOString().slice(0, 10)));
  return text;
}

/** The days of any history are few; they are read and written millions of times. */
const texts = new Map<number, string>();
const numbers = new Map<string, number>();

export function addDays(day: string, days: number): string {
  return dayText(dayNumber(day) + days);
}

/** 0 = Sunday. 1970-01-01 was a Thursday. */
function weekday(number: number): number {
  return (((number + 4) % 7) + 7) % 7;
}

const isWeekend = (number: number): boolean => weekday(number) === 0 || weekday(number) === 6;
const date = (year: number, month: number, day: number): number => Math.floor(Date.UTC(year, month - 1, day) / DAY_MS);

/** The n-th such weekday of a month; the last one where n is 0. */
function nth(year: number, month: number, wanted: number, n: number): number {
  if (n === 0) {
    const last = date(year, month + 1, 1) - 1;
    return last - ((weekday(last) - wanted + 7) % 7);
  }
  const first = date(year, month, 1);
  return first + ((wanted - weekday(first) + 7) % 7) + (n - 1) * 7;
}

/** Easter Sunday by the anonymous Gregorian rule. */
function easter(year: number): number {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return date(year, month, ((h + l - 7 * m + 114) % 31) + 1);
}

/** A holiday on a Sunday is kept on Monday, on a Saturday on Friday (but not New Year's, which then is not kept). */
function kept(number: number, saturdayToo = true): number {
  if (weekday(number) === 0) return number + 1;
  return weekday(number) === 6 && saturdayToo ? number - 1 : number;
}

const holidays = new Map<number, ReadonlySet<number>>();

/** Rule 7.2 of the exchange, and the one day of mourning of these years (2025-01-09). */
function holidaysOf(year: number): ReadonlySet<number> {
  const known = holidays.get(year);
  if (known !== undefined) return known;
  const days = new Set([
    kept(date(year, 1, 1), false), nth(year, 1, 1, 3), nth(year, 2, 1, 3), easter(year) - 2, nth(year, 5, 1, 0),
    ...(year >= 2022 ? [kept(date(year, 6, 19))] : []), kept(date(year, 7, 4)), nth(year, 9, 1, 1), nth(year, 11, 4, 4), kept(date(year, 12, 25)),
    ...(year === 2025 ? [date(2025, 1, 9)] : []),
  ]);
  holidays.set(year, days);
  return days;
}

const yearOf = (number: number): number => new Date(number * DAY_MS).getUTCFullYear();

/** Is there a close of this session on the day? @param number days since 1970-01-01 */
export function hasClose(number: number, session: Session): boolean {
  if (session === 'crypto') return true;
  return !isWeekend(number) && (session === 'fx' || !holidaysOf(yearOf(number)).has(number));
}

/** 13:00 instead of 16:00: the day after Thanksgiving, 24 December and the day before Independence Day, where they are trading days. */
function isHalfDay(number: number): boolean {
  const year = yearOf(number);
  const eve = kept(date(year, 7, 4)) === date(year, 7, 4) ? date(year, 7, 3) : -1;
  return hasClose(number, 'exchange') && (number === nth(year, 11, 4, 4) + 1 || number === date(year, 12, 24) || number === eve);
}

/** Hours that New York is behind UTC, at noon of the day. */
function behindUtc(number: number): number {
  const year = yearOf(number);
  return number >= nth(year, 3, 0, 2) && number < nth(year, 11, 0, 1) ? 4 : 5;
}

/** The instant (milliseconds) at which the day closes in New York: 16:00, 13:00 on half days, summer time minded. */
export function closeAt(number: number): number {
  let at = closings.get(number);
  if (at === undefined) closings.set(number, (at = number * DAY_MS + ((isHalfDay(number) ? 13 : 16) + behindUtc(number)) * 3_600_000));
  return at;
}

const closings = new Map<number, number>();

/** The day whose (close before, close] holds an instant, in milliseconds. */
export function marketDayAt(at: number): number {
  let day = Math.floor(at / DAY_MS) - 1;
  while (closeAt(day) < at) day += 1;
  return day;
}

/** The date on the calendar in New York, of an instant in milliseconds. */
export function newYorkDay(at: number): number {
  const hours = behindUtc(Math.floor(at / DAY_MS));
  return Math.floor((at - hours * 3_600_000) / DAY_MS);
}

/** The newest day whose close has come. */
export function lastClosed(now: Date): number {
  const today = Math.floor(now.getTime() / DAY_MS);
  return closeAt(today) <= now.getTime() ? today : today - 1;
}
