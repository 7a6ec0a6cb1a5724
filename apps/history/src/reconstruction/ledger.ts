/**
 * Opens a book for every asset of the account: what the snapshots state and what the transactions move. What a transaction does not
 * say (its units, its cash, what it is at all) moves nothing and is an omission, never a guess. Units of a money-market fund that the
 * snapshots count as cash already are cash here too.
 */
import { exact, scaled } from '@tidemark/money';
import type { AssetId, Exact } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import { fits, ONE, seal } from './book.js';
import type { Book, Effect } from './book.js';
import { dayNumberOf } from './days.js';
import { addMove, bookOf, enterCash, movedBook, newEffect, omit } from './entries.js';
import type { Omission, Opening, Sweep } from './entries.js';
import type { CapturedSnapshot, DayNumber, ReconstructionInput } from './model.js';
import type { Read } from './reading.js';
import { bookSplits, reportsSplit } from './splits.js';

export interface Ledger {
  readonly books: readonly Book[];
  /** By date, splits first within a day: they are of the units of before it. */
  readonly effects: readonly Effect[];
  readonly omissions: readonly Omission[];
}

export function openLedger(input: ReconstructionInput, read: Read): Ledger {
  const opening: Opening = { snapshots: input.snapshots, books: new Map(), sweeps: sweepsOf(input.snapshots), effects: [], omissions: [] };
  input.snapshots.forEach((snapshot, index) => stateLines(opening, snapshot, index, read));
  const { splits, others } = sorted(input);
  for (const transaction of others) enter(opening, transaction);
  bookSplits(opening, splits, input);
  opening.effects.sort((a, b) => a.date - b.date || Number(isSplit(b)) - Number(isSplit(a)));
  for (const effect of opening.effects) for (const move of effect.moves) move.book.moves.push(move);
  const books = [...opening.books.values()].sort((a, b) => compareText(a.asset, b.asset));
  books.forEach(seal);
  return { books, effects: opening.effects, omissions: opening.omissions };
}

const isSplit = ({ moves }: Effect): boolean => moves.some(({ split }) => split !== null);

/** In an order that their content alone decides, so that the answer does not depend on how they arrived. */
function sorted({ transactions: told, closesOf, marketDayOf }: ReconstructionInput): { splits: NormalisedTransaction[]; others: NormalisedTransaction[] } {
  const transactions = marketDayOf === undefined ? told : told.map((transaction) => onMarketDay(transaction, marketDayOf));
  const ordered = [...transactions].sort((a, b) => compareText(a.date, b.date) || compareText(a.at ?? '', b.at ?? '') || compareText(a.transactionId, b.transactionId));
  const { splits = [], others = [] } = Object.groupBy(ordered, (transaction) => (reportsSplit(transaction, closesOf) ? 'splits' : 'others'));
  return { splits, others };
}

/** What happened in the evening belongs to the next day. A time that is days away from the date is when it was booked, and says nothing. */
function onMarketDay(transaction: NormalisedTransaction, marketDayOf: (instant: string) => DayNumber): NormalisedTransaction {
  if (transaction.at === null) return transaction;
  const next = dayNumberOf(transaction.date) + 1;
  return marketDayOf(transaction.at) === next ? { ...transaction, date: new Date(next * 86_400_000).toISOString().slice(0, 10) } : transaction;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sweepsOf(snapshots: readonly CapturedSnapshot[]): Map<AssetId, Sweep> {
  const sweeps = new Map<AssetId, Sweep>();
  for (const { lines, currency } of snapshots) for (const line of lines) if (line.countedAsCash === true) sweeps.set(line.asset, { currency: line.currency ?? currency, price: line.price == null ? ONE : exact(line.price) });
  return sweeps;
}

function stateLines(opening: Opening, snapshot: CapturedSnapshot, index: number, read: Read): void {
  for (const line of snapshot.lines) {
    if (line.countedAsCash === true) continue;
    const book = bookOf(opening, line.asset);
    if (line.multiplier !== undefined) book.multiplier = read(line.multiplier);
    if (!book.cash) book.currency = line.currency === undefined ? snapshot.currency : (line.currency ?? book.currency);
    const quantity = read(line.quantity);
    const before = book.stated[index] ?? null;
    const stated = before === null ? quantity : sumOf(before, quantity);
    fits(book, stated);
    book.stated[index] = stated;
  }
}

function sumOf(a: Exact, b: Exact): Exact {
  const scale = Math.max(a.scale, b.scale);
  return { digits: scaled(a, scale) + scaled(b, scale), scale };
}

/** The days over which an income that nobody reported may have been cash before it was reinvested. */
const INCOME_BEFORE = 7;

function enter(opening: Opening, transaction: NormalisedTransaction): void {
  const { kind, pending, doubts, date, at } = transaction;
  if (kind === 'cancel') return;
  if (kind === 'unknown') return omit(opening, transaction, 'unknown_transaction');
  if (pending) return omit(opening, transaction, 'pending_transaction');
  if (doubts.includes('income_implied')) omit(opening, transaction, 'cash_effect_unknown', INCOME_BEFORE);
  const day = dayNumberOf(date);
  const effect = newEffect(transaction, day, day, at);
  enterCash(opening, effect, transaction);
  enterUnits(opening, effect, transaction);
  if (effect.moves.length > 0 || transaction.external) opening.effects.push(effect);
}

function enterUnits(opening: Opening, effect: Effect, transaction: NormalisedTransaction): void {
  const { units, asset, kind } = transaction;
  if (units === null) return omit(opening, transaction, 'units_effect_unknown');
  const change = exact(units);
  if (change.digits === 0n && (kind !== 'return_of_capital' || asset === null)) return;
  if (asset === null) return omit(opening, transaction, 'units_effect_unknown');
  const sweep = opening.sweeps.get(asset);
  if (sweep) addMove(effect, bookOf(opening, `currency:${sweep.currency}`), { digits: change.digits * sweep.price.digits, scale: change.scale + sweep.price.scale });
  else addMove(effect, movedBook(opening, asset, transaction), change);
}
