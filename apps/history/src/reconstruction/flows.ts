/**
 * What crossed the account's border: cash as it is, units at the price of their day. Unknown stays unknown. An opening adjustment or a
 * discrepancy is no flow.
 */
import { exact, written } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { Effect, Move } from './book.js';
import type { DayNumber, ExternalFlow } from './model.js';
import { newQuote, PriceWalk } from './prices.js';
import type { Supplied } from './prices.js';
import { stored } from './ratio.js';
import type { ClosesOf } from './model.js';
import type { Omission } from './entries.js';

interface Prices {
  readonly closesOf: ClosesOf;
  readonly supplied: ReadonlyMap<string, readonly Supplied[]>;
}

export function flowsOf(effects: readonly Effect[], omissions: readonly Omission[], prices: Prices, from: DayNumber, to: DayNumber): ExternalFlow[] {
  const inside = (day: DayNumber) => day >= from && day <= to;
  const known = effects.filter(({ transaction, day }) => transaction?.external === true && inside(day)).flatMap((effect) => effect.moves.filter(({ split }) => split === null).map((move) => flowOf(effect, move, prices)));
  const unsaid = omissions.filter(({ transaction, date, code }) => transaction.external && code !== 'pending_transaction' && inside(date)).map(unknownFlow);
  return [...known, ...unsaid].sort((a, b) => a.day - b.day);
}

function flowOf({ transaction, day }: Effect, { book, change }: Move, { closesOf, supplied }: Prices): ExternalFlow {
  const units = change === null ? null : written(change);
  const of = { day, transactionId: transaction?.transactionId ?? null, kind: transaction?.kind ?? 'unknown', transfer: transaction?.transfer ?? false, asset: book.asset, units };
  if (book.cash) return { ...of, currency: book.currency, amount: units };
  const quote = newQuote();
  if (change === null || !new PriceWalk(closesOf(book.asset), supplied.get(book.asset) ?? []).at(day, quote)) return { ...of, currency: book.currency, amount: null };
  const digits = change.digits * book.multiplier.digits * quote.digits;
  return { ...of, currency: quote.currency, amount: stored({ n: digits, d: 10n ** BigInt(change.scale + book.multiplier.scale + quote.scale) }) };
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
