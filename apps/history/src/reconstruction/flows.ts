/**
 * What crossed the account's border: cash as it is, units at the price of their day. Unknown stays unknown. An opening adjustment or a
 * discrepancy is no flow.
 */
import { exact, written } from '@tidemark/money';
import type { Decimal, Exact } from '@tidemark/money';
import { residual } from './agree.js';
import { unitsOf } from './book.js';
import type { Book, Effect, Move } from './book.js';
import type { DayNumber, ExternalFlow } from './model.js';
import { newQuote, PriceWalk } from './prices.js';
import type { Supplied } from './prices.js';
import { stored } from './ratio.js';
import { mismatch } from './shown-splits.js';
import type { ShownSplit } from './shown-splits.js';
import type { ClosesOf } from './model.js';
import type { Omission } from './entries.js';

interface Prices {
  readonly closesOf: ClosesOf;
  readonly supplied: ReadonlyMap<string, readonly Supplied[]>;
  /** A price from before one of them is of other units than those that moved. */
  readonly splits: ReadonlyMap<Book, readonly ShownSplit[]>;
}

export function flowsOf(effects: readonly Effect[], omissions: readonly Omission[], prices: Prices, from: DayNumber, to: DayNumber): ExternalFlow[] {
  const inside = (day: DayNumber) => day >= from && day <= to;
  const known = effects.filter(({ transaction, day }) => transaction?.external === true && inside(day)).flatMap((effect) => effect.moves.filter(({ split }) => split === null).map((move) => flowOf(effect, move, prices)));
  const unsaid = omissions.filter(({ transaction, date, code }) => transaction.external && code !== 'pending_transaction' && inside(date)).map(unknownFlow);
  return [...known, ...unsaid].sort((a, b) => a.day - b.day);
}

/**
 * What came into or went out of an account that tells no transactions (one kept by hand): the units that a snapshot states otherwise than
 * the one before, at the price of its day. Taken for a return, money that was added would look like a gain.
 */
export function flowsBetween(books: readonly Book[], days: readonly DayNumber[], prices: Prices, from: DayNumber, to: DayNumber): ExternalFlow[] {
  return days.flatMap((day, segment) => {
    if (segment === 0 || day < from || day > to) return [];
    return books.flatMap((book) => {
      const units = residual(book, segment);
      if (units === 0n) return [];
      const change = exact(stored(unitsOf(book, units)));
      return [valued({ day, transactionId: null, kind: 'stated_otherwise', transfer: false, asset: book.asset, units: written(change) }, book, change, prices)];
    });
  });
}

function flowOf({ transaction, day }: Effect, { book, change }: Move, prices: Prices): ExternalFlow {
  const units = change === null ? null : written(change);
  return valued({ day, transactionId: transaction?.transactionId ?? null, kind: transaction?.kind ?? 'unknown', transfer: transaction?.transfer ?? false, asset: book.asset, units }, book, change, prices);
}

function valued(of: Omit<ExternalFlow, 'currency' | 'amount'>, book: Book, change: Exact | null, { closesOf, supplied, splits }: Prices): ExternalFlow {
  if (book.cash) return { ...of, currency: book.currency, amount: of.units };
  const quote = newQuote();
  if (change === null || !new PriceWalk(closesOf(book.asset), supplied.get(book.asset) ?? []).at(of.day, quote)) return { ...of, currency: book.currency, amount: null };
  const factor = mismatch(splits.get(book) ?? [], of.day, quote.quoted) ?? { n: 1n, d: 1n };
  const digits = change.digits * book.multiplier.digits * quote.digits;
  return { ...of, currency: quote.currency, amount: stored({ n: digits * factor.n, d: 10n ** BigInt(change.scale + book.multiplier.scale + quote.scale) * factor.d }) };
}

function unknownFlow({ transaction, date }: Omission): ExternalFlow {
  return { day: date, transactionId: transaction.transactionId, kind: transaction.kind, transfer: transaction.transfer, asset: transaction.asset, units: transaction.units, currency: transaction.currency, amount: null };
}

/** A flow's direction; null where nothing tells. */
export function directionOf({ amount, units }: ExternalFlow): -1 | 0 | 1 | null {
  const known: Decimal | null = amount ?? units;
  if (known === null) return null;
  const { digits } = exact(known);
  return digits === 0n ? 0 : digits > 0n ? 1 : -1;
}
