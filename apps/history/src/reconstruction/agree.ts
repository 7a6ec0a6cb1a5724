/**
 * Whether the snapshots agree with what happened between them: A, and the transactions since, are B, in every asset to the last unit.
 * Where they do not, transactions of the snapshots' own days are tried on the other side, then those dated shortly after a snapshot
 * before it; the fewest that make them agree stay there. The same is asked of the time before the first snapshot: what is undone of it
 * comes out as nothing at all where the account's whole life is known, and only then is that time beyond doubt.
 */
import { applied, movesIn, undone } from './book.js';
import type { Book, Effect, Move } from './book.js';
import type { Ledger } from './ledger.js';
import { roundingOf, takeRounding } from './rounding.js';
import { moveTo } from './sides.js';
import type { Timeline } from './sides.js';

/** So many open transactions at one border are tried, and so many at once. */
const MOST_OPEN = 10;
const MOST_AT_ONCE = 3;

/** @returns for every segment whether what happened in it joins its ends; of the last, which nothing follows, false */
export function settle({ books, effects }: Ledger, timeline: Timeline): boolean[] {
  const count = timeline.days.length;
  const open = effects.filter(({ early, last }) => early < last);
  for (const book of books) for (let segment = 0; segment < count; segment += 1) dropSplits(book, segment);
  const agreed = new Array<boolean>(count + 1).fill(false);
  for (let segment = 1; segment < count; segment += 1) agreed[segment] = agreesSomehow(books, openAt(open, segment, agreed), segment, timeline);
  agreed[0] = agreesSomehow(books, count === 1 ? openAt(open, 0, agreed) : [], 0, timeline);
  for (const { first, last, segment } of open) doubt(agreed, Math.min(first, segment), last);
  for (const book of books.filter(({ moves }) => moves.some(({ split }) => split !== null))) for (let segment = 0; segment < count; segment += 1) if (agreed[segment] === true) agreed[segment] = meets(book, segment);
  return agreed;
}

/**
 * Whether the first snapshot alone says that something was never held before it, and what followed does not fit to that: then it may have
 * left it out, and that nothing is left of the time before confirms nothing.
 */
export function isOpeningDoubtful(books: readonly Book[], agreed: readonly boolean[]): boolean {
  return agreed.length > 2 && agreed[1] === false && books.some((book) => movesIn(book, 0).length === 0 && residual(book, 1) !== 0n);
}

/** What agrees but for what a split was rounded by is made to meet. */
function meets(book: Book, segment: number): boolean {
  if (apart(book, segment) === 0n) return true;
  takeRounding(book, segment);
  return apart(book, segment) === 0n;
}

/** A split that the account never reported is not assumed where only without it the ends meet: price sources list spin-offs as splits, too. */
function dropSplits(book: Book, segment: number): void {
  const assumed = movesIn(book, segment).filter(({ split }) => split?.reported === false);
  if (assumed.length === 0 || residual(book, segment) === 0n) return;
  for (const { split } of assumed) if (split) split.applies = false;
  if (residual(book, segment) !== 0n) for (const { split } of assumed) if (split) split.applies = true;
}

/** What hangs on a border agrees on one side only if the other side does too. */
function doubt(agreed: boolean[], first: number, last: number): void {
  const between = [...agreed.keys()].slice(Math.max(first, 1), Math.min(last + 1, agreed.length - 1));
  if (between.some((segment) => agreed[segment] === false)) for (let segment = first; segment <= last; segment += 1) agreed[segment] = false;
}

/** Units by which a book's end of a segment is not what its start and its moves make; zero where that is what the statement is rounded by. */
export function residual(book: Book, segment: number): bigint {
  const units = apart(book, segment);
  return units === 0n || (units < 0n ? -units : units) <= roundingOf(book, segment) ? 0n : units;
}

function apart(book: Book, segment: number): bigint {
  const moves = movesIn(book, segment);
  return segment === 0 ? openingOf(book, moves) : (book.held[segment] as bigint) - playedFrom(book, segment, moves);
}

function playedFrom(book: Book, segment: number, moves: readonly Move[]): bigint {
  let units = book.held[segment - 1] as bigint;
  for (const move of moves) units = applied(book, units, move);
  return units;
}

function openingOf(book: Book, moves: readonly Move[]): bigint {
  let units = book.held[0] as bigint;
  for (let index = moves.length - 1; index >= 0; index -= 1) units = undone(book, units, moves[index] as Move);
  return units;
}

/** Those that may lie on the other side of this segment's end, or its start; of the same day first. */
function openAt(open: readonly Effect[], segment: number, agreed: readonly boolean[]): Effect[] {
  const sameDay = open.filter((effect) => (effect.segment === segment && effect.last > segment) || (effect.segment === segment - 1 && effect.last >= segment && agreed[segment - 1] !== true));
  const late = open.filter((effect) => effect.segment === segment + 1 && effect.early <= segment);
  return [...sameDay, ...late];
}

function agreesSomehow(books: readonly Book[], open: readonly Effect[], segment: number, timeline: Timeline): boolean {
  const wrong = books.filter((book) => residual(book, segment) !== 0n);
  if (wrong.length === 0) return true;
  const candidates = open.filter(({ moves }) => moves.some(({ book }) => wrong.includes(book))).slice(0, MOST_OPEN);
  for (const flips of choices(candidates.length)) {
    const moved = candidates.filter((_, index) => (flips & (1 << index)) !== 0);
    const before = moved.map((effect) => effect.segment);
    for (const effect of moved) moveTo(effect, effect.segment === segment ? segment + 1 : segment, timeline);
    const touched = new Set([...wrong, ...moved.flatMap(({ moves }) => moves.map(({ book }) => book))]);
    if ([...touched].every((book) => residual(book, segment) === 0n)) return true;
    moved.forEach((effect, index) => moveTo(effect, before[index] as number, timeline));
  }
  return false;
}

/** Choices of at least one of `count` things, the smallest first, as bits. */
function choices(count: number): number[] {
  const size = (bits: number): number => (bits === 0 ? 0 : (bits & 1) + size(bits >>> 1));
  return Array.from({ length: (1 << count) - 1 }, (_, index) => index + 1)
    .filter((bits) => size(bits) <= MOST_AT_ONCE)
    .sort((a, b) => size(a) - size(b) || a - b);
}
