/** The splits of one book as its days need them: to match a price of before one with units of after it, and how long an assumed one is in doubt. */
import type { Book, Move } from './book.js';
import type { DayNumber } from './model.js';
import type { Path } from './path.js';
import type { Timeline } from './sides.js';
import type { Shown, ShownSplit } from './value-book.js';

export function splitsOf(book: Book, path: Path, agreed: readonly boolean[], { days }: Timeline): Pick<Shown, 'splits' | 'sureFrom'> {
  const splits = book.cash ? [] : book.moves.flatMap((move) => shownSplit(move, path));
  const doubtful = book.moves.filter(({ split, effect }) => split?.reported === false && split.applies && agreed[effect.segment] !== true && (unitsBefore(path, effect.day) ?? 0n) !== 0n);
  return { splits, sureFrom: doubtful.reduce((day, { effect }) => Math.max(day, doubtEnds(effect.segment, effect.day, days)), book.roundedUntil) };
}

/** Undone, an assumed split is in doubt before its day; played forward after the last snapshot, from then on. */
function doubtEnds(segment: number, day: DayNumber, days: readonly DayNumber[]): DayNumber {
  return segment === 0 ? day : (days[segment] ?? Infinity);
}

function shownSplit({ effect, split, delta }: Move, path: Path): ShownSplit[] {
  if (split !== null) return !split.applies ? [] : [{ date: effect.date, day: effect.day, ratio: { n: split.numerator, d: split.denominator } }];
  const before = unitsBefore(path, effect.day);
  if (effect.transaction?.kind !== 'split' || before === null || before === 0n || delta === null) return [];
  const after = before + delta;
  return after > 0n === before > 0n && after !== 0n ? [{ date: effect.date, day: effect.day, ratio: before > 0n ? { n: after, d: before } : { n: -after, d: -before } }] : [];
}

function unitsBefore({ steps }: Path, day: DayNumber): bigint | null {
  return steps.findLast((step) => step.day < day)?.units ?? null;
}
