/**
 * Whether something was held for more than one year. Counted as United States law counts it (IRC § 1222, Rev. Rul. 66-7): from the day
 * after the purchase on, so that what was bought on the last day of February is long-term from 1 March of the next year. Pure.
 */
import { dayNumber, dayOf } from '@tidemark/market';
import type { Day } from '@tidemark/market';

export function isLongTerm(acquired: Day, sold: Day): boolean {
  return sold >= longTermFrom(acquired);
}

/** The first day on which a sale is long-term. */
export function longTermFrom(acquired: Day): Day {
  const first = dayOf(dayNumber(acquired) + 1);
  const later = `${Number(first.slice(0, 4)) + 1}${first.slice(4)}`;
  return later.endsWith('-02-29') ? `${later.slice(0, 4)}-03-01` : later;
}
