/** A security with the days on which it is quoted, and its closes beside them. */
import type { Session } from '../../market/calendar.js';
import type { Security } from '../../world/world.js';
import type { Price } from './numbers.js';

export interface Listed {
  security: Security;
  session: Session;
  /** Days that have a close, ascending, and the closes beside them. */
  days: number[];
  closes: Price[];
}

const byDay = new WeakMap<Price[], Map<number, Price>>();

/** The close of a day; undefined where the security has none on it. */
export function closeOn({ days, closes }: Listed, day: number): Price | undefined {
  let known = byDay.get(closes);
  if (known === undefined) byDay.set(closes, (known = new Map(days.map((one, index) => [one, closes[index]!]))));
  return known.get(day);
}
