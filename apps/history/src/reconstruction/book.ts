/**
 * What an account holds of one asset, cash included, and what moved it. Units are integers over one denominator a book: a power of ten
 * that every quantity fits, times both sides of every split that is applied as a ratio. Each way through the book passes a split at most
 * once, so every division comes out even.
 */
import { halfEven, powerOfTen, scaled } from '@tidemark/money';
import type { AssetId, Exact } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import type { DayNumber } from './model.js';
import type { Ratio } from './ratio.js';

/** Something that happened to the account: a transaction, or a split that only the issuer tells of. */
export interface Effect {
  readonly transaction: NormalisedTransaction | null;
  readonly date: DayNumber;
  /** The latest day that anything says of it. */
  readonly lastDate: DayNumber;
  readonly at: string | null;
  /** Cash of the transaction, in its currency; null where it is unknown. */
  cash: Exact | null;
  readonly moves: Move[];
  /** The segments it may lie in: k is after k snapshots. `segment` is where it is taken to lie; `early` is where it lies if its date is that of settlement. */
  early: number;
  first: number;
  last: number;
  segment: number;
  /** The first close that shows it. */
  day: DayNumber;
}

export interface Move {
  readonly effect: Effect;
  readonly book: Book;
  /** Change of units; of a split what the account reported, null where it reported none. */
  readonly change: Exact | null;
  readonly split: Split | null;
  /** `change` over the book's denominator; of a split without one what it must have moved, where the snapshots tell (`rounding.ts`). */
  delta: bigint | null;
}

export interface Split {
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** The account reported it; else it is assumed. */
  readonly reported: boolean;
  /** False where the account turns out not to have taken part in an assumed one. */
  applies: boolean;
}

export interface Book {
  readonly asset: AssetId;
  readonly cash: boolean;
  /** What it is priced in where the market does not say; of cash its own. */
  currency: string | null;
  multiplier: Exact;
  /** As every snapshot states it; absent is zero. */
  readonly stated: (Exact | null)[];
  readonly moves: Move[];
  scale: number;
  denominator: bigint;
  /** What turns digits at `scale` into units. */
  factor: bigint;
  /** `stated` in units. */
  held: bigint[];
  segments: Map<number, Move[]> | null;
  /** Until this day the units between two splits are assumed: which of the two was rounded is not known. */
  roundedUntil: DayNumber;
}

export const ONE: Exact = { digits: 1n, scale: 0 };

export function newBook(asset: AssetId, cash: boolean, snapshots: number): Book {
  return { asset, cash, currency: cash ? asset.slice('currency:'.length) : null, multiplier: ONE, stated: new Array<Exact | null>(snapshots).fill(null), moves: [], scale: 0, denominator: 1n, factor: 1n, held: [], segments: null, roundedUntil: -Infinity };
}

export function fits(book: Book, amount: Exact): void {
  if (amount.scale > book.scale) book.scale = amount.scale;
}

/** Once everything that moves the book is known: fixes its denominator. */
export function seal(book: Book): void {
  book.factor = 1n;
  for (const { split } of book.moves) if (split !== null) book.factor *= split.numerator * split.denominator;
  book.denominator = powerOfTen(book.scale) * book.factor;
  book.held = book.stated.map((quantity) => (quantity === null ? 0n : scaled(quantity, book.scale) * book.factor));
  for (const move of book.moves) if (move.change !== null) move.delta = scaled(move.change, book.scale) * book.factor;
}

/** The moves between two snapshots, in order. */
export function movesIn(book: Book, segment: number): readonly Move[] {
  if (book.segments === null) {
    book.segments = new Map();
    for (const move of book.moves) {
      const list = book.segments.get(move.effect.segment);
      if (list) list.push(move);
      else book.segments.set(move.effect.segment, [move]);
    }
  }
  return book.segments.get(segment) ?? NONE;
}
const NONE: readonly Move[] = [];

export function unitsOf(book: Book, units: bigint): Ratio {
  return { n: units, d: book.denominator };
}

/** Units after the move, of those before it. */
export function applied(book: Book, units: bigint, { split, delta }: Move): bigint {
  if (split === null) return units + (delta as bigint);
  if (!split.applies) return units;
  if (delta !== null && agrees(book, units, units + delta, split)) return units + delta;
  return exactly(units * split.numerator, split.denominator);
}

/** Units before the move, of those after it. */
export function undone(book: Book, units: bigint, { split, delta }: Move): bigint {
  if (split === null) return units - (delta as bigint);
  if (!split.applies) return units;
  if (delta !== null && agrees(book, units - delta, units, split)) return units - delta;
  return exactly(units * split.denominator, split.numerator);
}

/**
 * What the account reports of a split says more than its ratio, because fractions may have been paid out; but only where it is that
 * split: the ratio and it are less than a unit apart.
 */
function agrees(book: Book, before: bigint, after: bigint, { numerator, denominator }: Split): boolean {
  const apart = before * numerator - after * denominator;
  return (apart < 0n ? -apart : apart) < book.denominator * denominator;
}

/** Comes out even, unless rows contradict their own split on the way; then the nearest, and the replay tells. */
function exactly(n: bigint, d: bigint): bigint {
  const quotient = n / d;
  return quotient * d === n ? quotient : halfEven(n, d);
}
