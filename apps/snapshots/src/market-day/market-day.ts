/**
 * The market's day. Day D is (close of D−1, close of D]; the close is 16:00 in New York on every day of the week, so that crypto and
 * funds are marked at the same hour and a day is a day across daylight saving time. An early close of the exchange does not move it.
 */
import { DateTime } from 'luxon';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';

const ZONE = 'America/New_York';
const CLOSE_HOUR = 16;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The close of a day as an RFC 3339 UTC instant, or null where there is no such day. */
export function closeOf(day: string): string | null {
  const date = DateTime.fromISO(day, { zone: ZONE });
  return DAY.test(day) && date.isValid ? utc(closeOn(date)) : null;
}

/** The last close strictly before an instant: with it the market day of that instant began. */
export function closeBefore(at: string): string {
  const local = DateTime.fromISO(at, { zone: ZONE });
  const close = closeOn(local);
  return utc(close < local ? close : closeOn(local.minus({ days: 1 })));
}

/** The instant that `asOf` means: itself, or the close of a bare day; the refusal says what would be accepted. */
export function instantOf(asOf: string): Result<string, string> {
  if (DAY.test(asOf)) {
    const close = closeOf(asOf);
    return close ? ok(close) : refuse(`${asOf} is no day of the calendar; a day such as 2026-11-20 is accepted`);
  }
  const exact = DateTime.fromISO(asOf, { zone: 'utc' });
  return exact.isValid ? ok(utc(exact)) : refuse(`${asOf} is no instant; one such as 2026-11-20T21:00:00Z is accepted`);
}

/** The instant after which a range `from` begins: just before an instant, the close before a bare day, so that from D to D is all of day D. */
export function rangeStart(from: string): Result<string, string> {
  const start = instantOf(from);
  if (!start.ok) return start;
  return ok(DAY.test(from) ? closeBefore(start.value) : utc(DateTime.fromISO(start.value, { zone: 'utc' }).minus({ milliseconds: 1 })));
}

function closeOn(date: DateTime): DateTime {
  return date.set({ hour: CLOSE_HOUR, minute: 0, second: 0, millisecond: 0 });
}

function utc(date: DateTime): string {
  return date.toUTC().toISO({ suppressMilliseconds: false }) ?? '';
}
