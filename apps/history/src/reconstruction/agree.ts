/**
 * Whether the snapshots agree with what happened between them: A, and the transactions since, are B, in every asset to the last unit.
 * Where they do not, transactions of the snapshots' own days are tried on the other side; the fewest that make them agree stay there.
 * The same is asked of the time before the first snapshot: what is undone of it comes out as nothing at all where the account's whole
 * life is known, and only then is that time beyond doubt.
 */
import { applied, movesIn, undone } from './book.js';
import type { Book, Effect } from './book.js';
import type { Ledger } from './ledger.js';
import { moveTo } from './sides.js';
import type { Timeline } from './sides.js';

/** More open transactions than this at one border are not tried in all combinations. */
const MOST_OPEN = 10;

/** @returns for every segment whether it is proven; of the last, which nothing follows, false */
export function settle({ books, effects }: Ledger, timeline: Timeline): boolean[] {
  const count = timeline.days.length;
  const open = effects.filter(({ first, last }) => first < last);
  const proven = new Array<boolean>(count + 1).fill(false);
  for (let segment = 1; segment < count; segment += 1) proven[segment] = agreesSomehow(books, openAt(open, segment, proven), segment, timeline);
  proven[0] = agreesSomehow(books, count === 1 ? openAt(open, 0, proven) : [], 0, timeline);
  for (const { first, last } of open) doubt(proven, first, last);
  return proven;
}

/** What hangs on a border is proven on one side only if the other side agrees too. */
function doubt(proven: boolean[], first: number, last: number): void {
  const between = [...proven.keys()].slice(Math.max(first, 1), Math.min(last + 1, proven.length - 1));
  if (between.some((segment) => proven[segment] === false)) for (let segment = first; segment <= last; segment += 1) proven[segment] = false;
}

/** Units by which a book's end of a segment is not what its start and its moves make. */
export function residual(book: Book, segment: number): bigint {
  const end = book.held[segment] as bigint;
  if (segment === 0) return openingOf(book);
  let units = book.held[segment - 1] as bigint;
  for (const move of movesIn(book, segment)) units = applied(book, units, move);
  return end - units;
}

function openingOf(book: Book): bigint {
  const moves = movesIn(book, 0);
  let units = book.held[0] as bigint;
  for (let index = moves.length - 1; index >= 0; index -= 1) units = undone(book, units, moves[index] as (typeof moves)[number]);
  return units;
}

function openAt(open: readonly Effect[], segment: number, proven: readonly boolean[]): Effect[] {
  return open.filter((effect) => (effect.segment === segment && effect.last > segment) || (effect.segment === segment - 1 && effect.last >= segment && proven[segment - 1] !== true));
}

function agreesSomehow(books: readonly Book[], open: readonly Effect[], segment: number, timeline: Timeline): boolean {
  const wrong = books.filter((book) => residual(book, segment) !== 0n);
  if (wrong.length === 0) return true;
  const candidates = open.slice(0, MOST_OPEN);
  for (const flips of combinations(candidates.length)) {
    const moved = candidates.filter((_, index) => (flips & (1 << index)) !== 0);
    const before = moved.map((effect) => effect.segment);
    for (const effect of moved) moveTo(effect, effect.segment === segment ? segment + 1 : segment, timeline);
    const touched = new Set([...wrong, ...moved.flatMap(({ moves }) => moves.map(({ book }) => book))]);
    if ([...touched].every((book) => residual(book, segment) === 0n)) return true;
    moved.forEach((effect, index) => moveTo(effect, before[index] as number, timeline));
  }
  return false;
}

/** All choices of `count` things but none, the smallest first, as bits. */
function combinations(count: number): number[] {
  const size = (bits: number): number => (bits === 0 ? 0 : (bits & 1) + size(bits >>> 1));
  return Array.from({ length: (1 << count) - 1 }, (_, index) => index + 1).sort((a, b) => size(a) - size(b) || a - b);
}
