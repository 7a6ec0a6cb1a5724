/**
 * Institutions round the units that a split leaves, and a snapshot states them so. Where nobody counts what a split moved, and the units by
 * its ratio have more digits than the snapshot states, the snapshot may be apart from them by its last digit, and still agree. The rounding
 * belongs to the split: from then on the units are those that the snapshot knows of.
 */
import { powerOfTen } from '@tidemark/money';
import { applied, movesIn, undone } from './book.js';
import type { Book, Move, Split } from './book.js';

/** Providers that state so few digits of a fraction pay fractions out instead. */
const FEWEST_DIGITS = 3;

/** By how many units what the snapshot at the end of a segment states may be rounded; zero where no split of it had to be. */
export function roundingOf(book: Book, segment: number): bigint {
  if (roundedIn(book, segment).length === 0) return 0n;
  return movesIn(book, segment).filter(byRatio).reduce((rounding, { split }) => (rounding * larger(split as Split)) / smaller(split as Split) + 1n, lastDigit(book, segment));
}

/**
 * Gives the rounding to the last split that had to be rounded, so that both ends of the segment meet exactly. Only of one split it is known
 * that the rounding is its own.
 */
export function takeRounding(book: Book, segment: number): void {
  const moves = movesIn(book, segment);
  const rounded = roundedIn(book, segment);
  const last = rounded.at(-1);
  if (last === undefined) return;
  const at = moves.indexOf(last);
  const before = moves.slice(0, at).reduce((units, move) => applied(book, units, move), startOf(book, segment));
  const after = moves.slice(at + 1).reduceRight((units, move) => undone(book, units, move), book.held[segment] as bigint);
  last.delta = after - before;
  if (rounded.length > 1) book.roundedUntil = Math.max(book.roundedUntil, last.effect.day);
}

const startOf = (book: Book, segment: number): bigint => (segment === 0 ? 0n : (book.held[segment - 1] as bigint));
const byRatio = ({ split, delta }: Move): boolean => split?.applies === true && delta === null;
const larger = ({ numerator, denominator }: Split): bigint => (numerator > denominator ? numerator : denominator);
const smaller = ({ numerator, denominator }: Split): bigint => (numerator < denominator ? numerator : denominator);

/** The splits whose ratio leaves more digits than the snapshot at the end states. */
function roundedIn(book: Book, segment: number): Move[] {
  const moves = movesIn(book, segment);
  const digit = moves.some(byRatio) ? lastDigit(book, segment) : 0n;
  if (digit === 0n) return [];
  let units = startOf(book, segment);
  return moves.filter((move) => {
    units = applied(book, units, move);
    return byRatio(move) && units % digit !== 0n;
  });
}

function lastDigit(book: Book, segment: number): bigint {
  const stated = book.stated[segment] ?? null;
  return stated === null || stated.scale < FEWEST_DIGITS ? 0n : book.factor * powerOfTen(book.scale - stated.scale);
}
