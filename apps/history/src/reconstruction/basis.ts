/**
 * What the units held at a close were bought for, at average cost, as a ratio until it is stored.
 *
 * A purchase adds what was paid, fees included; a sale takes its share of the units away and of the cost with them; a split or a stock
 * dividend spreads the cost over more units; a return of capital lowers it. A short position's basis is what was received, negative.
 * Forwards from where nothing was held, or from a snapshot that states it. Before the first snapshot also backwards from it, which is
 * exact unless the position was sold altogether meanwhile; where that arrives at nothing held and some cost, the provider reckons by
 * another method, and nothing of it is used before the last move that changed it. Where neither leads anywhere it is unknown.
 */
import { exact } from '@tidemark/money';
import type { BalanceLine } from '@tidemark/contracts';
import { applied, movesIn, undone } from './book.js';
import type { Book, Move } from './book.js';
import type { Read } from './reading.js';
import type { CapturedSnapshot, DayNumber } from './model.js';
import type { Path } from './path.js';
import { NOTHING, ratioOf, reduced } from './ratio.js';
import type { Ratio } from './ratio.js';

export interface BasisStep {
  readonly day: DayNumber;
  /** Null: unknown. */
  readonly basis: Ratio | null;
}

const TRADES = new Set(['buy', 'sell', 'sell_short', 'buy_to_cover', 'reinvestment']);
const FREE = new Set(['split', 'stock_dividend']);

/**
 * @param stated the basis that each snapshot states of the book, null where it does not
 * @param agreed whether what happened in a segment joins its ends: then what was known before a snapshot that states no basis still holds
 */
export function basisOf(book: Book, path: Path, stated: readonly (Ratio | null)[], days: readonly DayNumber[], agreed: (segment: number) => boolean): BasisStep[] {
  const steps: BasisStep[] = beforeFirst(book, path, stated[0] ?? null);
  days.forEach((day, index) => {
    const units = book.held[index] as bigint;
    let basis = units === 0n ? NOTHING : (stated[index] ?? (index === 0 || agreed(index) ? (steps.at(-1)?.basis ?? null) : null));
    put(steps, { day, basis });
    let held = units;
    for (const move of movesIn(book, index + 1)) {
      const after = applied(book, held, move);
      basis = bought(basis, held, after, move);
      held = after;
      put(steps, { day: move.effect.day, basis });
    }
  });
  return steps;
}

/** The bases that the snapshots state, by asset; short positions negative. Several lines of one asset add up. */
export function statedBases(snapshots: readonly CapturedSnapshot[], read: Read): Map<string, (Ratio | null)[]> {
  const stated = new Map<string, (Ratio | null)[]>();
  const lines = new Map<string, number>();
  snapshots.forEach((snapshot, index) => {
    for (const line of snapshot.lines) {
      if (line.asset.startsWith('currency:') || line.countedAsCash === true) continue;
      const list = stated.get(line.asset) ?? new Array<Ratio | null>(snapshots.length).fill(null);
      const seen = lines.get(line.asset) === index;
      const before = seen ? (list[index] ?? null) : NOTHING;
      const basis = basisOfLine(line, read);
      list[index] = !seen ? basis : before === null || basis === null ? null : { n: before.n * basis.d + basis.n * before.d, d: before.d * basis.d };
      lines.set(line.asset, index);
      stated.set(line.asset, list);
    }
  });
  return stated;
}

/** Nobody knows what a cost is of that is in no known currency. */
function basisOfLine({ costBasis, currency, quantity }: BalanceLine, read: Read): Ratio | null {
  if (costBasis == null || currency === null) return null;
  const basis = ratioOf(read(costBasis));
  return quantity.startsWith('-') && basis.n > 0n ? { n: -basis.n, d: basis.d } : basis;
}

/** A step of the same day, or one that changes nothing, is no other step. */
function put(steps: BasisStep[], step: BasisStep): void {
  if (steps.at(-1)?.day === step.day) steps.pop();
  const last = steps.at(-1);
  if (last === undefined || !same(last.basis, step.basis)) steps.push(step);
}

function same(a: Ratio | null, b: Ratio | null): boolean {
  return a === b || (a !== null && b !== null && a.n === b.n && a.d === b.d);
}

function beforeFirst(book: Book, path: Path, stated: Ratio | null): BasisStep[] {
  const moves = movesIn(book, 0);
  const usable = path.missing === null ? moves : moves.filter(({ effect }) => effect.day > (path.missing?.day as number));
  const units = unitsAround(book, usable);
  const forwards: (Ratio | null)[] = [units[0] === 0n && path.missing === null ? NOTHING : null];
  usable.forEach((move, index) => forwards.push(bought(forwards[index] ?? null, units[index] as bigint, units[index + 1] as bigint, move)));
  const backwards = backFrom(units, usable, stated);
  const steps: BasisStep[] = [{ day: -Infinity, basis: forwards[0] ?? backwards[0] ?? null }];
  usable.forEach((move, index) => put(steps, { day: move.effect.day, basis: forwards[index + 1] ?? backwards[index + 1] ?? null }));
  return steps;
}

/** Units before the first move, and after each. */
function unitsAround(book: Book, moves: readonly Move[]): bigint[] {
  const units = new Array<bigint>(moves.length + 1).fill(book.held[0] as bigint);
  for (let index = moves.length - 1; index >= 0; index -= 1) units[index] = undone(book, units[index + 1] as bigint, moves[index] as Move);
  return units;
}

/** The basis after a move. */
function bought(basis: Ratio | null, before: bigint, after: bigint, move: Move): Ratio | null {
  if (after === 0n) return NOTHING;
  const kind = move.effect.transaction?.kind ?? 'split';
  if (kind === 'return_of_capital' && before === after) return basis === null ? null : lessPaidBack(basis, costOf(move));
  if (FREE.has(kind) || before === after) return basis;
  const grows = before === 0n || before > 0n === after > before;
  if (grows) return added(basis, costOf(move));
  if (after > 0n === before > 0n) return basis === null ? null : share(basis, after, before);
  const cost = costOf(move);
  return cost === null ? null : share(cost, after, after - before);
}

function backFrom(units: readonly bigint[], moves: readonly Move[], stated: Ratio | null): (Ratio | null)[] {
  const bases: (Ratio | null)[] = new Array<Ratio | null>(units.length).fill(null);
  bases[moves.length] = units[moves.length] === 0n ? null : stated;
  for (let index = moves.length - 1; index >= 0; index -= 1) {
    const basis = paidBefore(bases[index + 1] ?? null, units[index] as bigint, units[index + 1] as bigint, moves[index] as Move);
    // By whatever method it was reckoned, it stands as long as nothing was bought, sold or paid back.
    if (basis === 'contradicted') return bases.fill(null, 0, sinceLastChange(bases));
    bases[index] = basis;
  }
  return bases;
}

/** The first place from which on all are the last. */
function sinceLastChange(bases: readonly (Ratio | null)[]): number {
  const last = bases.at(-1);
  return bases.findLastIndex((basis) => basis !== last) + 1;
}

/** The basis before a move, of that after it. */
function paidBefore(basis: Ratio | null, before: bigint, after: bigint, move: Move): Ratio | null | 'contradicted' {
  if (basis === null || after === 0n) return null;
  const kind = move.effect.transaction?.kind ?? 'split';
  const cost = costOf(move);
  if (kind === 'return_of_capital' && before === after) return cost === null ? null : added(basis, { n: -cost.n, d: cost.d });
  if (FREE.has(kind) || before === after) return basis;
  if (before !== 0n && before > 0n !== after > 0n) return null;
  if (before !== 0n && before > 0n !== after > before) return share(basis, before, after);
  const left = cost === null ? null : added(basis, { n: -cost.n, d: cost.d });
  if (left === null) return null;
  return (before === 0n ? left.n !== 0n : left.n > 0n !== before > 0n) ? 'contradicted' : left;
}

/** What the move cost: the cash that it took, or what its units are said to be worth; null where neither is known. */
function costOf({ effect, book, delta }: Move): Ratio | null {
  const { transaction, cash } = effect;
  if (transaction === null || transaction.currency === null || (book.currency !== null && transaction.currency !== book.currency)) return null;
  if (transaction.kind === 'return_of_capital') return cash === null ? null : ratioOf({ digits: -cash.digits, scale: cash.scale });
  if (TRADES.has(transaction.kind) && cash !== null && cash.digits !== 0n) return ratioOf({ digits: -cash.digits, scale: cash.scale });
  if (transaction.worth == null) return null;
  const worth = exact(transaction.worth);
  return ratioOf((delta as bigint) < 0n ? { digits: -worth.digits, scale: worth.scale } : worth);
}

function added(basis: Ratio | null, cost: Ratio | null): Ratio | null {
  if (basis === null || cost === null) return null;
  if (basis.d === cost.d) return { n: basis.n + cost.n, d: basis.d };
  const scale = basis.d > cost.d ? basis.d / cost.d : cost.d / basis.d;
  if (basis.d === cost.d * scale) return { n: basis.n + cost.n * scale, d: basis.d };
  if (cost.d === basis.d * scale) return { n: basis.n * scale + cost.n, d: cost.d };
  return { n: basis.n * cost.d + cost.n * basis.d, d: basis.d * cost.d };
}

function lessPaidBack(basis: Ratio, paid: Ratio | null): Ratio | null {
  const left = added(basis, paid);
  return left !== null && left.n < 0n ? NOTHING : left;
}

/** Lowest terms cost more than long numbers do, until these are very long. */
const LONG = 1n << 3_000n;

function share(basis: Ratio, part: bigint, whole: bigint): Ratio {
  const [n, d] = whole < 0n ? [basis.n * -part, basis.d * -whole] : [basis.n * part, basis.d * whole];
  return d > LONG ? reduced({ n, d }) : { n, d };
}

/** At a scale, rounded towards negative infinity: for sums that are rounded much earlier. */
export function scaledBasis({ n, d }: Ratio, scale: bigint): { digits: bigint; exact: boolean } {
  const digits = (n * scale) / d;
  const even = digits * d === n * scale;
  return { digits: even || n >= 0n ? digits : digits - 1n, exact: even };
}

