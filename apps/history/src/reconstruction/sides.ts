/**
 * Between which snapshots a transaction lies. Segment k is after k snapshots: 0 before the first, the last one after them all.
 *
 * An instant is compared with the instants of the snapshots. A date alone that is earlier or later than a snapshot's day lies before or
 * after it. On the snapshot's own day it is taken to lie before it (providers' records are late, not early), unless only the other side
 * makes the neighbouring snapshots agree: `agree.ts` tries that. So it does with one that is dated a few days after a snapshot that shows
 * it already, because some providers date a trade by its settlement. It lies in one segment, so it never counts twice.
 */
import type { Effect } from './book.js';
import type { CapturedSnapshot, DayNumber } from './model.js';

/** What is compared with: one entry a snapshot, oldest first. */
export interface Timeline {
  readonly days: readonly DayNumber[];
  readonly calendarDays: readonly DayNumber[];
  readonly instants: readonly number[];
}

export function timelineOf(snapshots: readonly CapturedSnapshot[]): Timeline {
  return {
    days: snapshots.map(({ day }) => day),
    calendarDays: snapshots.map(({ day, calendarDay }) => calendarDay ?? day),
    instants: snapshots.map(({ capturedAt }) => Date.parse(capturedAt)),
  };
}

/** A trade of a Friday settles on Monday. */
export const SETTLED_WITHIN = 3;

export function place(effect: Effect, timeline: Timeline): void {
  const { calendarDays, instants } = timeline;
  const instant = effect.at === null ? NaN : Date.parse(effect.at);
  if (Number.isNaN(instant)) {
    effect.first = firstAtOrAfter(calendarDays, effect.date);
    effect.last = firstAtOrAfter(calendarDays, effect.lastDate + 1);
    effect.early = effect.moves.some(({ split }) => split !== null) ? effect.first : firstAtOrAfter(calendarDays, effect.date - SETTLED_WITHIN);
  } else {
    effect.first = firstAtOrAfter(instants, instant);
    effect.last = effect.first;
    effect.early = effect.first;
  }
  moveTo(effect, effect.first, timeline);
}

/** A day's close shows what lies after its snapshot only from that day on, and before it at the latest on that day. */
export function moveTo(effect: Effect, segment: number, { days }: Timeline): void {
  effect.segment = segment;
  const earliest = segment === 0 ? effect.date : (days[segment - 1] as DayNumber);
  const latest = days[segment] ?? Infinity;
  effect.day = Math.min(Math.max(effect.date, earliest), latest);
  for (const { book } of effect.moves) book.segments = null;
}

/** The index of the first entry ≥ value; the length where there is none. Entries ascend. */
function firstAtOrAfter(entries: readonly number[], value: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
