/** Sets of days as Postgres writes them (`int4multirange`), and months as they are stored. */
import { dayNumber } from '@tidemark/market';
import type { DayNumber } from '@tidemark/market';
import type { DayRange } from './ask.decide.js';

/** `{[20400,20411),…}` */
export function multirange(ranges: readonly DayRange[]): string {
  return `{${ranges.map(({ from, to }) => `[${from},${to + 1})`).join(',')}}`;
}

/** Years × 12 + month from 0. */
export function monthOf(day: DayNumber): number {
  const date = new Date(day * 86_400_000);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

export function firstDayOf(month: number): DayNumber {
  return dayNumber(`${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`);
}

export function within(ranges: readonly DayRange[], day: DayNumber): boolean {
  return ranges.some(({ from, to }) => day >= from && day <= to);
}
