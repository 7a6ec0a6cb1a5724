/** Days as whole numbers. The dates come from the normalised record, which holds days of the calendar only, so that nothing is checked twice. */
import type { DayNumber } from './model.js';

const MS_A_DAY = 86_400_000;

/** @param date `YYYY-MM-DD` */
export function dayNumberOf(date: string): DayNumber {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) / MS_A_DAY;
}

/** The UTC day of an instant. */
export function utcDayOf(instant: string): DayNumber {
  return Math.floor(Date.parse(instant) / MS_A_DAY);
}
