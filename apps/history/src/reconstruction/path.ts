/**
 * The units of one book at every close, as steps.
 *
 * Before the first snapshot they are undone backwards from it, and forwards from every snapshot until the next. Where a long position
 * would become negative, something is missing: it is drawn no further back, and the units that are missing are an opening adjustment.
 * A position is short, and not missing, where the account says so: a snapshot or a transaction names it short, or an option is
 * assigned or expires to the writer's side; or where a sale opened it out of nothing, and the rest of the history comes out as nothing.
 * Between two snapshots that disagree the later one is undone instead, where that alone stays clear of it; else nothing is drawn.
 */
import { applied, movesIn, undone } from './book.js';
import type { Book, Move } from './book.js';
import type { DayNumber } from './model.js';
import type { Timeline } from './sides.js';

/** From `day` on; null: not known. */
export interface Step {
  readonly day: DayNumber;
  readonly units: bigint | null;
}

export interface Path {
  /** Ascending; the first one reaches back without end. */
  readonly steps: readonly Step[];
  /** What must be added to nothing held, before the moves of `day`, for the rest to come out (negative: units that left without a record). Nothing is known before it. */
  readonly missing: { readonly day: DayNumber; readonly units: bigint } | null;
}

export function pathOf(book: Book, timeline: Timeline, agreed: (segment: number) => boolean): Path {
  const { days } = timeline;
  const backward = book.cash ? undoFreely(book, 0) : undoGuarded(book);
  const steps: Step[] = backward.steps;
  days.forEach((day, index) => {
    const start = book.held[index] as bigint;
    put(steps, { day, units: start });
    const segment = index + 1;
    if (movesIn(book, segment).length === 0) return;
    const next = days[segment];
    const forward = redo(book, segment, start);
    const good = book.cash || next === undefined || agreed(segment) || isShort(book) || !goesNegative(forward, start);
    for (const step of good ? forward : notNegative(book, segment, day, next, forward)) put(steps, step);
  });
  return { steps, missing: backward.missing };
}

/** A step of the same day, or one that changes nothing, is no other step. */
function put(steps: Step[], step: Step): void {
  if (steps.at(-1)?.day === step.day) steps.pop();
  if (steps.length === 0 || steps.at(-1)?.units !== step.units) steps.push(step);
}

/** The moves of each close, in order. */
function closesOf(moves: readonly Move[]): { day: DayNumber; moves: Move[] }[] {
  const closes: { day: DayNumber; moves: Move[] }[] = [];
  for (const move of moves) {
    const close = closes.at(-1);
    if (close?.day === move.effect.day) close.moves.push(move);
    else closes.push({ day: move.effect.day, moves: [move] });
  }
  return closes;
}

function redo(book: Book, segment: number, start: bigint): Step[] {
  let units = start;
  return closesOf(movesIn(book, segment)).map(({ day, moves }) => {
    for (const move of moves) units = applied(book, units, move);
    return { day, units };
  });
}

/** Steps of a segment undone from the snapshot at its end, the opening first. */
function undoFreely(book: Book, segment: number): { steps: Step[]; missing: null } {
  let units = book.held[segment] as bigint;
  const steps: Step[] = [];
  for (const { day, moves } of closesOf(movesIn(book, segment)).reverse()) {
    steps.push({ day, units });
    for (const move of [...moves].reverse()) units = undone(book, units, move);
  }
  steps.push({ day: -Infinity, units });
  return { steps: steps.reverse(), missing: null };
}

function undoGuarded(book: Book): { steps: Step[]; missing: Path['missing'] } {
  const free = undoFreely(book, 0);
  if (isShort(book) || free.steps.every(({ units }) => (units as bigint) >= 0n) || roundTrips(book, free.steps)) return free;
  // The latest step that is negative is the first one met on the way back; the close after it is where the record breaks off.
  const at = free.steps.findLastIndex(({ units }) => (units as bigint) < 0n);
  const after = free.steps[at + 1];
  if (after === undefined) return { steps: [{ day: -Infinity, units: null }], missing: null };
  return { steps: [{ day: -Infinity, units: null }, ...free.steps.slice(at + 1)], missing: { day: after.day, units: free.steps[at]?.units as bigint } };
}

/** Sold out of nothing, bought back, and nothing left over at the beginning: a short sale that no word calls so. */
function roundTrips(book: Book, steps: readonly Step[]): boolean {
  if (steps[0]?.units !== 0n || (book.held[0] as bigint) < 0n) return false;
  const sales = new Set(movesIn(book, 0).filter(({ effect, delta }) => effect.transaction?.kind === 'sell' && (delta as bigint) < 0n).map(({ effect }) => effect.day));
  return steps.every(({ day, units }, index) => (units as bigint) >= 0n || (steps[index - 1]?.units as bigint) < 0n || ((steps[index - 1]?.units as bigint) === 0n && sales.has(day)));
}

function isShort(book: Book): boolean {
  return book.held.some((units) => units < 0n) || book.moves.some(saysShort);
}

/** What dYdX settles its trades in may be owed: below nothing it is a loan on margin, and no row is missing. */
const MARGIN_SETTLEMENT = 'SETTLEMENT';

function saysShort({ effect, delta }: Move): boolean {
  const kind = effect.transaction?.kind;
  if (effect.transaction?.provider === 'dydx' && effect.transaction.providerType === MARGIN_SETTLEMENT) return true;
  if (kind === 'sell_short' || kind === 'buy_to_cover') return true;
  return (kind === 'option_assignment' || kind === 'option_expiration') && (delta ?? 0n) > 0n;
}

function goesNegative(steps: readonly Step[], start: bigint): boolean {
  return start >= 0n && steps.some(({ units }) => (units as bigint) < 0n);
}

/** Between two snapshots that disagree: undone from the later one; where that is negative too, nothing is known from where the other broke off. */
function notNegative(book: Book, segment: number, from: DayNumber, to: DayNumber, forward: readonly Step[]): readonly Step[] {
  const { steps } = undoFreely(book, segment);
  const backward = steps.map(({ day, units }) => ({ day: Math.max(day, from + 1), units })).filter(({ day }) => day < to);
  if (steps.every(({ units }) => (units as bigint) >= 0n)) return backward;
  const broken = forward.findIndex(({ units }) => (units as bigint) < 0n);
  return [...forward.slice(0, broken), { day: (forward[broken] as Step).day, units: null }];
}
