/**
 * The close before, asked for by every read and nearly always for now. The calendar's answer costs a quarter of valuing a portfolio
 * and changes once a day, so the last one is kept for as long as it certainly holds.
 */
import { closeBefore } from '../market-day/market-day.js';

/** From one close to the next there are 23 hours on the day that daylight saving time begins, and more on all others. */
const CERTAIN_MS = 23 * 60 * 60 * 1000;

let last = { close: '', from: Number.NaN };

/** @param at an RFC 3339 UTC instant, to the millisecond @returns the last close strictly before it */
export function previousCloseOf(at: string): string {
  const since = Date.parse(at) - last.from;
  if (since > 0 && since <= CERTAIN_MS) return last.close;
  const close = closeBefore(at);
  last = { close, from: Date.parse(close) };
  return close;
}
