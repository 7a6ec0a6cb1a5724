/** What the books are written with: one effect a transaction, one move a book that it touches, and a note of what it leaves unsaid. */
import { exact, isCash } from '@tidemark/money';
import type { AssetId, Exact } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import { fits, newBook } from './book.js';
import type { Book, Effect, Move } from './book.js';
import { dayNumberOf } from './days.js';
import type { CapturedSnapshot, DayNumber, ReasonCode } from './model.js';

/** Something of a transaction that could not be applied. */
export interface Omission {
  readonly transaction: NormalisedTransaction;
  readonly date: DayNumber;
  readonly code: Extract<ReasonCode, 'unknown_transaction' | 'pending_transaction' | 'cash_effect_unknown' | 'units_effect_unknown'>;
  /** How many days before its date it leaves in doubt; null: all. */
  readonly reach: number | null;
}

/** A fund whose units the snapshots count as cash. */
export interface Sweep {
  readonly currency: string;
  readonly price: Exact;
}

export interface Opening {
  readonly snapshots: readonly CapturedSnapshot[];
  readonly books: Map<AssetId, Book>;
  readonly sweeps: ReadonlyMap<AssetId, Sweep>;
  readonly effects: Effect[];
  readonly omissions: Omission[];
}

export function bookOf({ books, snapshots }: Opening, asset: AssetId): Book {
  const known = books.get(asset);
  if (known) return known;
  const book = newBook(asset, isCash(asset), snapshots.length);
  books.set(asset, book);
  return book;
}

/** An option that no snapshot shows: Plaid counts its shares, the others contracts of a hundred. */
const CONTRACT: Exact = { digits: 100n, scale: 0 };

/** The book of an asset that a transaction names. */
export function movedBook(opening: Opening, asset: AssetId, { provider, currency }: NormalisedTransaction): Book {
  const unseen = !opening.books.has(asset);
  const book = bookOf(opening, asset);
  if (unseen && asset.startsWith('option:') && provider !== 'plaid') book.multiplier = CONTRACT;
  book.currency ??= currency;
  return book;
}

export function newEffect(transaction: NormalisedTransaction | null, date: DayNumber, lastDate: DayNumber, at: string | null): Effect {
  return { transaction, date, lastDate, at, cash: null, moves: [], early: 0, first: 0, last: 0, segment: 0, day: date };
}

export function addMove(effect: Effect, book: Book, change: Exact | null, split: Move['split'] = null): void {
  if (change !== null) fits(book, change);
  effect.moves.push({ effect, book, change, split, delta: null });
}

export function omit(opening: Opening, transaction: NormalisedTransaction, code: Omission['code'], reach: number | null = null): void {
  opening.omissions.push({ transaction, date: dayNumberOf(transaction.date), code, reach });
}

export function enterCash(opening: Opening, effect: Effect, transaction: NormalisedTransaction): void {
  const { cash, currency } = transaction;
  if (cash === null) return omit(opening, transaction, 'cash_effect_unknown');
  const change = exact(cash);
  effect.cash ??= change;
  if (change.digits === 0n) return;
  if (currency === null) return omit(opening, transaction, 'cash_effect_unknown');
  addMove(effect, bookOf(opening, `currency:${currency}`), change);
}
