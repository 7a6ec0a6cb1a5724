/** The event that everything is derived from: every asset of one account at one instant. */
import Type from 'typebox';
import type { Static } from 'typebox';
import { AssetIdText, CurrencyCode, DecimalText, Instant, Kept, nullable, ProviderId, strict, UserId, Uuid } from '../schema.js';

export const SNAPSHOT_SOURCES = ['initial_connection', 'account_sync', 'holdings_sync', 'scheduled_sync', 'manual_sync', 'webhook', 'manual_entry'] as const;
export type SnapshotSource = (typeof SNAPSHOT_SOURCES)[number];

export const BalanceLine = strict({
  asset: AssetIdText,
  /** Signed: short positions and owed cash are negative. */
  quantity: DecimalText,
  /** Name, symbol and class as the provider gives them, so that an unpriced asset can still be named. */
  name: Type.Optional(nullable(Type.String({ maxLength: 300 }))),
  symbol: Type.Optional(nullable(Type.String({ maxLength: 120 }))),
  currency: Type.Optional(nullable(CurrencyCode)),
  /** Per unit of `quantity × multiplier`, in `currency`. */
  price: Type.Optional(nullable(DecimalText)),
  /** What one unit of quantity stands for: 100 for a contract counted in contracts, absent means 1. Value = quantity × multiplier × price, once. */
  multiplier: Type.Optional(DecimalText),
  priceAsOf: Type.Optional(nullable(Instant)),
  /** As the provider gives it; ours is computed and shown beside. */
  value: Type.Optional(nullable(DecimalText)),
  /** Total acquisition cost, never per unit. */
  costBasis: Type.Optional(nullable(DecimalText)),
  vestedQuantity: Type.Optional(nullable(DecimalText)),
  /** Counted in this account's cash already (a money-market sweep): shown, in no sum. */
  countedAsCash: Type.Optional(Type.Boolean()),
  identifiers: Type.Optional(strict({ cusip: Type.Optional(Type.String()), isin: Type.Optional(Type.String()), figi: Type.Optional(Type.String()), sedol: Type.Optional(Type.String()), providerSecurityId: Type.Optional(Type.String()) })),
});
export type BalanceLine = Static<typeof BalanceLine>;

export const BalanceSnapshotCaptured = strict({
  snapshotId: Uuid,
  userId: UserId,
  connectionId: nullable(Uuid),
  accountId: Uuid,
  provider: ProviderId,
  syncId: nullable(Uuid),
  capturedAt: Instant,
  /** The provider's own statement of how fresh its data is. */
  providerAsOf: nullable(Instant),
  source: Type.Enum([...SNAPSHOT_SOURCES]),
  currency: CurrencyCode,
  totals: strict({
    /** The provider's own total; null where it gives none. */
    balance: nullable(DecimalText),
    available: Type.Optional(nullable(DecimalText)),
    holdingsValue: Type.Optional(nullable(DecimalText)),
    cashValue: Type.Optional(nullable(DecimalText)),
  }),
  balances: Type.Array(BalanceLine, { maxItems: 20_000 }),
  providerMetadata: Kept,
});
export type BalanceSnapshotCaptured = Static<typeof BalanceSnapshotCaptured>;
