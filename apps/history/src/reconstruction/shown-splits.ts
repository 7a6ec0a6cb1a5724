/** The splits of one book as its days need them: to match a price of before one with units of after it, and how long an assumed one is in doubt. */
import type { Book, Move } from './book.js';
import type { DayNumber } from './model.js';
import type { Path } from './path.js';
import type { Ratio } from './ratio.js';
import type { Timeline } from './sides.js';

/** Prices are of units after the split from `date` on, the units shown from `day` on. */
export interface ShownSplit {
  readonly date: DayNumber;
  readonly day: DayNumber;
  readonly ratio: Ratio;
}

/** What the days of one book need to know of its splits. */
export interface BookSplits {
  readonly splits: readonly ShownSplit[];
  /** Before this day a split is assumed that nothing confirms. */
  readonly sureFrom: DayNumber;
}

export function splitsOf(book: Book, path: Path, agreed: readonly boolean[], { days }: Timeline): BookSplits {
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

/** What a price of a unit of its day is to be multiplied by for units of this day; null: nothing. */
export function mismatch(splits: readonly ShownSplit[], day: DayNumber, quoted: DayNumber): Ratio | null {
  let factor = null as Ratio | null;
  for (const split of splits) {
    const [units, prices] = [day >= split.day, quoted >= split.date];
    if (units === prices) continue;
    const [n, d]: [bigint, bigint] = units ? [split.ratio.d, split.ratio.n] : [split.ratio.n, split.ratio.d];
    factor = { n: n * (factor?.n ?? 1n), d: d * (factor?.d ?? 1n) };
  }
  return factor;
}
