/**
 * Events of the log `history`: what was observed of prices, which security is which symbol, and what became of the days.
 * Facts that belong to no user (prices, symbols, closes) carry a user id that no token can have: `~symbol:<symbol>`, `~market:<calendar>`.
 */
import Type from 'typebox';
import type { Static } from 'typebox';
import { AssetIdText, CurrencyCode, Day, DecimalText, Instant, nullable, oneOf, strict, UserId, Uuid } from '../schema.js';

export const SYMBOL_METHODS = ['ticker', 'cusip', 'isin', 'figi', 'name', 'person'] as const;
/** Why a history was computed (again). */
export const HISTORY_CAUSES = ['first_sync', 'requested', 'snapshot', 'transactions', 'correction', 'symbol_changed', 'prices', 'rules_changed'] as const;
export const PRICE_KINDS = ['security', 'crypto', 'fx'] as const;

/** A symbol of the price source, such as `AAPL`, `BTCUSD`, or `EURUSD` for the price of one euro in dollars. */
export const MarketSymbol = Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Z0-9.\\-^=/_]+$', description: 'a symbol of the price source, such as AAPL' });

/** A sum of products: longer than any amount that is taken in, and never a reason to lose a history. */
const ComputedDecimal = Type.String({ pattern: '^-?\\d{1,200}(\\.\\d{1,200})?$', description: 'a decimal string such as "-1373.6865"' });

export const ObservedClose = strict({ day: Day, close: DecimalText });
/** From `day` on, `numerator` units stand where `denominator` stood: 2/1 for a 2:1 split, 1/10 for a reverse split. */
export const ObservedSplit = strict({ day: Day, numerator: DecimalText, denominator: DecimalText });

/**
 * Closes as they were quoted on their day: never adjusted for later splits. `from` and `to`: the days that were asked for, so that a day
 * within them without a close is known to have none. A close that was observed before with another value is replaced (`corrected`).
 */
export const PricesObserved = strict({
  symbol: MarketSymbol,
  kind: oneOf(PRICE_KINDS),
  currency: CurrencyCode,
  source: Type.String({ minLength: 1, maxLength: 40 }),
  from: Day,
  to: Day,
  prices: Type.Array(ObservedClose, { maxItems: 1_000 }),
  splits: Type.Array(ObservedSplit, { maxItems: 200 }),
  corrected: Type.Boolean(),
});
/** `previous`: the symbol that stood there before; histories that used it are revised. */
export const SymbolMapped = strict({ asset: AssetIdText, symbol: MarketSymbol, kind: oneOf(['security', 'crypto']), currency: CurrencyCode, name: nullable(Type.String({ maxLength: 300 })), source: Type.String({ maxLength: 40 }), method: oneOf(SYMBOL_METHODS), confidence: DecimalText, verifiedAt: Instant, previous: nullable(MarketSymbol), by: nullable(UserId), note: nullable(Type.String({ maxLength: 500 })), sector: Type.Optional(nullable(Type.String({ maxLength: 100 }))) });
/** Nothing was found that may be trusted, or a person took the symbol back (`previous`): it waits for a person. `candidates` are what came nearest. */
export const SymbolUnmapped = strict({ asset: AssetIdText, name: nullable(Type.String({ maxLength: 300 })), reason: Type.String({ maxLength: 500 }), tried: Type.Array(oneOf(SYMBOL_METHODS)), candidates: Type.Array(strict({ symbol: MarketSymbol, name: Type.String({ maxLength: 300 }), confidence: DecimalText }), { maxItems: 10 }), previous: Type.Optional(MarketSymbol), by: Type.Optional(UserId) });

const OfRun = { userId: UserId, accountId: Uuid, runId: Uuid, revision: Type.Integer({ minimum: 1 }), cause: oneOf(HISTORY_CAUSES), from: Day, to: Day };

/** A whole account was computed. `quality`: of its days. */
export const HistoryReconstructed = strict({
  ...OfRun,
  days: Type.Integer({ minimum: 0 }),
  adjustments: Type.Array(strict({ asset: AssetIdText, day: Day, quantity: ComputedDecimal, reason: Type.String({ maxLength: 500 }) }), { maxItems: 500 }),
  unknownTransactions: Type.Integer({ minimum: 0 }),
  unpriced: Type.Array(AssetIdText, { maxItems: 500 }),
  quality: strict({ minimum: Type.Integer({ minimum: 0, maximum: 100 }), mean: Type.Integer({ minimum: 0, maximum: 100 }) }),
  invariant: strict({ holds: nullable(Type.Boolean()), differences: Type.Integer({ minimum: 0 }) }),
});
export const MovedDay = strict({ day: Day, currency: CurrencyCode, before: nullable(ComputedDecimal), after: nullable(ComputedDecimal) });
/** Days that were known have another value now. `moved` lists the first ones, `daysMoved` counts all; the earlier revision stays readable. */
export const HistoryRevised = strict({ ...OfRun, previousRevision: Type.Integer({ minimum: 1 }), daysMoved: Type.Integer({ minimum: 1 }), moved: Type.Array(MovedDay, { maxItems: 800 }) });
/** A market's day is closed for every account of it. `catchUp`: later than on time, because nothing ran then. */
export const DayClosed = strict({ market: Type.String({ maxLength: 40 }), day: Day, closedAt: Instant, accounts: Type.Integer({ minimum: 0 }), incomplete: Type.Integer({ minimum: 0 }), catchUp: Type.Boolean() });

export type PricesObserved = Static<typeof PricesObserved>;
export type SymbolMapped = Static<typeof SymbolMapped>;
export type SymbolUnmapped = Static<typeof SymbolUnmapped>;
export type HistoryReconstructed = Static<typeof HistoryReconstructed>;
export type HistoryRevised = Static<typeof HistoryRevised>;
export type DayClosed = Static<typeof DayClosed>;
