/**
 * The market's day. Day D is (close of D−1, close of D]. On a trading day the close is the exchange's, early ones included; on every other
 * day of the week it is the usual hour, so that crypto is marked every day and a day is a day across daylight saving time.
 */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayNumber, dayOf, isDay, MS_A_DAY } from './day.js';
import type { Day, DayNumber } from './day.js';
import { localInstant, marketYear } from './market-year.js';
import { XNYS } from './market.js';
import type { Market } from './market.js';

/** Milliseconds since 1970 of the close of a day. */
export function closeMs(day: DayNumber, market: Market = XNYS): number {
  const year = yearOf(day, market);
  return year.closes[day - year.firstDay] as number;
}

/** The close of a day as an RFC 3339 UTC instant. @throws where there is no such day: check input with `isDay`. */
export function closeOf(day: Day, market: Market = XNYS): string {
  return utc(closeMs(dayNumber(day), market));
}

/** The day that an instant (milliseconds since 1970) belongs to. */
export function marketDayNumber(atMs: number, market: Market = XNYS): DayNumber {
  // A close is within 26 hours of midnight UTC of its day, whatever the zone: start before it and go on.
  let day = Math.floor(atMs / MS_A_DAY) - 1;
  while (closeMs(day, market) < atMs) day += 1;
  return day;
}

/** The calendar day of an instant in the market's zone: the day before its market day, where it is after that day's close. */
export function calendarDayNumber(atMs: number, market: Market = XNYS): DayNumber {
  const day = marketDayNumber(atMs, market);
  return atMs < localInstant(market, day, [0, 0]) ? day - 1 : day;
}

/** The market day of an instant, `YYYY-MM-DD`; the close itself still belongs to its day. @throws on what is no instant. */
export function marketDayOf(instant: string, market: Market = XNYS): Day {
  return dayOf(marketDayNumber(msOf(instant), market));
}

/** The last close strictly before an instant: with it the market day of that instant began. */
export function closeBefore(instant: string, market: Market = XNYS): string {
  return utc(closeMs(marketDayNumber(msOf(instant), market) - 1, market));
}

/** The first close after an instant, strictly, of any day of the week. */
export function nextClose(instant: string, market: Market = XNYS): string {
  const at = msOf(instant);
  const day = marketDayNumber(at, market);
  const close = closeMs(day, market);
  return utc(close > at ? close : closeMs(day + 1, market));
}

/** The last day whose close is at or before an instant. */
export function lastClosedDay(instant: string, market: Market = XNYS): Day {
  const at = msOf(instant);
  const day = marketDayNumber(at, market);
  return dayOf(closeMs(day, market) <= at ? day : day - 1);
}

export function isTradingDay(day: Day, market: Market = XNYS): boolean {
  return isTradingDayNumber(dayNumber(day), market);
}

export function isTradingDayNumber(day: DayNumber, market: Market = XNYS): boolean {
  const year = yearOf(day, market);
  return year.trading[day - year.firstDay] !== 0;
}

/** The trading days from `from` to `to`, both inclusive, oldest first. */
export function tradingDays(from: Day, to: Day, market: Market = XNYS): Day[] {
  const days: Day[] = [];
  for (let day = dayNumber(from), last = dayNumber(to); day <= last; day += 1) if (isTradingDayNumber(day, market)) days.push(dayOf(day));
  return days;
}

/** When continuous trading opens and closes. `early`: before the usual hour. */
export interface Session {
  readonly day: Day;
  readonly open: string;
  readonly close: string;
  readonly early: boolean;
}

/** The session of a day, or null where the market does not trade. */
export function session(day: Day, market: Market = XNYS): Session | null {
  const number = dayNumber(day);
  const year = yearOf(number, market);
  const trading = year.trading[number - year.firstDay];
  return trading ? { day, open: utc(localInstant(market, number, market.open)), close: utc(closeMs(number, market)), early: trading === 2 } : null;
}

/** Whether the market trades at an instant: from its opening until just before its close. */
export function isOpenAt(instant: string, market: Market = XNYS): boolean {
  const at = msOf(instant);
  const day = marketDayNumber(at, market);
  return isTradingDayNumber(day, market) && at >= localInstant(market, day, market.open) && at < closeMs(day, market);
}

/** The instant that `asOf` means: itself, or the close of a bare day; the refusal says what would be accepted. */
export function instantOf(asOf: string, market: Market = XNYS): Result<string, string> {
  if (BARE.test(asOf)) return isDay(asOf) ? ok(closeOf(asOf, market)) : refuse(`${asOf} is no day of the calendar; a day such as 2026-11-20 is accepted`);
  const at = INSTANT.test(asOf) && isDay(asOf.slice(0, 10)) ? Date.parse(asOf) : NaN;
  return Number.isFinite(at) ? ok(utc(at)) : refuse(`${asOf} is no instant; one such as 2026-11-20T21:00:00Z is accepted`);
}

/** The instant after which a range `from` begins: just before an instant, the close before a bare day, so that from D to D is all of day D. */
export function rangeStart(from: string, market: Market = XNYS): Result<string, string> {
  const start = instantOf(from, market);
  if (!start.ok) return start;
  return ok(BARE.test(from) ? closeBefore(start.value, market) : utc(msOf(start.value) - 1));
}

const BARE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})?$/;

function yearOf(day: DayNumber, market: Market): ReturnType<typeof marketYear> {
  return marketYear(market, new Date(day * MS_A_DAY).getUTCFullYear());
}

function msOf(instant: string): number {
  const at = Date.parse(instant);
  if (!Number.isFinite(at)) throw new RangeError(`${instant} is no instant; one such as 2026-11-20T21:00:00Z is accepted`);
  return at;
}

function utc(ms: number): string {
  return new Date(ms).toISOString();
}
