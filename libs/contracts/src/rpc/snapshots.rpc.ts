/** What the snapshots service answers; the section "Balances and positions" of the API. */
import Type from 'typebox';
import type { Static } from 'typebox';
import { SNAPSHOT_SOURCES } from '../events/snapshot.js';
import { AssetIdText, CurrencyCode, DecimalText, Instant, Kept, nullable, oneOf, ProviderId, strict, Uuid } from '../schema.js';
import { pageOf, PageQuery } from './page.js';
import { contract } from './rpc.js';

/** An instant, or a bare day, which means that day's close. */
export const AsOf = Type.String({ maxLength: 40, pattern: '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z)?$', description: 'an RFC 3339 UTC instant or a day (its close)' });

export const AssetRef = strict({ id: AssetIdText, kind: Type.String(), symbol: nullable(Type.String()), name: nullable(Type.String()) });
export type AssetRef = Static<typeof AssetRef>;

const OptDecimal = nullable(DecimalText);

export const SnapshotBalance = strict({
  asset: AssetRef,
  quantity: DecimalText,
  currency: nullable(CurrencyCode),
  price: OptDecimal,
  multiplier: DecimalText,
  priceAsOf: nullable(Instant),
  value: OptDecimal,
  costBasis: OptDecimal,
  vestedQuantity: OptDecimal,
  countedAsCash: Type.Boolean(),
});
export type SnapshotBalance = Static<typeof SnapshotBalance>;

export const Snapshot = strict({
  snapshotId: Uuid,
  accountId: Uuid,
  connectionId: nullable(Uuid),
  capturedAt: Instant,
  recordedAt: Instant,
  providerAsOf: nullable(Instant),
  source: oneOf(SNAPSHOT_SOURCES),
  provider: ProviderId,
  currency: CurrencyCode,
  providerMetadata: Kept,
  totals: strict({ balance: OptDecimal, available: OptDecimal, holdingsValue: OptDecimal, cashValue: OptDecimal, unexplained: OptDecimal }),
  balances: Type.Array(SnapshotBalance),
});
export type Snapshot = Static<typeof Snapshot>;

/** Why a number is missing or lowers the quality of its sum. */
export const Reason = strict({ code: oneOf(['price_missing', 'rate_missing', 'no_snapshot', 'cost_basis_missing', 'provider_total_differs', 'parked', 'stale', 'previous_value_missing', 'zero_denominator']), detail: Type.String(), accountId: Type.Optional(Uuid), asset: Type.Optional(AssetIdText) });
export type Reason = Static<typeof Reason>;

/** Amounts are in `currency`, costs in `costCurrency` (the same unless they are stated in another); `baseValue` is in the answer's. `multiplier`: what one unit of quantity stands for (100 for an option counted in contracts). */
export const PositionSource = strict({ accountId: Uuid, accountName: Type.String(), provider: ProviderId, quantity: DecimalText, multiplier: DecimalText, currency: nullable(CurrencyCode), price: OptDecimal, value: OptDecimal, baseValue: OptDecimal, costBasis: OptDecimal, costCurrency: nullable(CurrencyCode) });
export type PositionSource = Static<typeof PositionSource>;
export const Position = strict({
  asset: AssetRef,
  quantity: DecimalText,
  multiplier: DecimalText,
  side: oneOf(['long', 'short']),
  currency: nullable(CurrencyCode),
  price: OptDecimal,
  value: OptDecimal,
  /** In the answer's currency, so that Σ baseValue of positions and cash = totals.value. */
  baseValue: OptDecimal,
  costBasis: OptDecimal,
  /** What `costBasis` and `averageCost` are in; a gain is known where it is `currency`. Null where the parts are in several. */
  costCurrency: nullable(CurrencyCode),
  averageCost: OptDecimal,
  unrealizedGain: OptDecimal,
  unrealizedGainPercent: OptDecimal,
  dayChange: OptDecimal,
  weight: OptDecimal,
  tradable: Type.Boolean(),
  /** The providers that hold it. */
  sources: Type.Array(ProviderId),
  /** A row per account beneath. */
  accounts: Type.Array(PositionSource),
});
export type Position = Static<typeof Position>;

const scope = {
  source: Type.Optional(oneOf(['all', 'external', 'house'])),
  currency: Type.Optional(CurrencyCode),
  asOf: Type.Optional(AsOf),
};

export const ValueAccount = strict({ accountId: Uuid, name: Type.String(), institution: nullable(Type.String()), provider: ProviderId, currency: nullable(CurrencyCode), value: OptDecimal, baseValue: OptDecimal, percent: OptDecimal, counted: Type.Boolean(), reason: nullable(Type.String()), asOf: nullable(Instant) });
export type ValueAccount = Static<typeof ValueAccount>;
export const PortfolioValue = strict({
  value: OptDecimal,
  currency: CurrencyCode,
  cash: OptDecimal,
  dayChange: OptDecimal,
  dayChangePercent: OptDecimal,
  asOf: Instant,
  complete: Type.Boolean(),
  /** 0–100; what lowers it stands in `reasons`. */
  quality: Type.Integer({ minimum: 0, maximum: 100 }),
  unpriced: Type.Array(strict({ accountId: Uuid, asset: AssetIdText })),
  parked: Type.Array(Uuid),
  reasons: Type.Array(Reason),
  accounts: Type.Array(ValueAccount),
});
export type PortfolioValue = Static<typeof PortfolioValue>;

export const PortfolioPositions = strict({
  currency: CurrencyCode,
  asOf: Instant,
  complete: Type.Boolean(),
  quality: Type.Integer({ minimum: 0, maximum: 100 }),
  reasons: Type.Array(Reason),
  positions: Type.Array(Position),
  cash: Type.Array(strict({ currency: CurrencyCode, amount: DecimalText, baseValue: OptDecimal, weight: OptDecimal, accounts: Type.Array(strict({ accountId: Uuid, provider: ProviderId, amount: DecimalText })) })),
  totals: strict({ value: OptDecimal, positionsValue: OptDecimal, cash: OptDecimal, costBasis: OptDecimal, unrealizedGain: OptDecimal }),
});
export type PortfolioPositions = Static<typeof PortfolioPositions>;

/** `value`: what the snapshot is worth in the answer's currency; null where a price or a rate of it is unknown. */
export const PortfolioBalances = strict({ asOf: Instant, currency: CurrencyCode, accounts: Type.Array(strict({ accountId: Uuid, name: Type.String(), institution: nullable(Type.String()), counted: Type.Boolean(), parked: Type.Boolean(), value: OptDecimal, snapshot: nullable(Snapshot) })) });
export type PortfolioBalances = Static<typeof PortfolioBalances>;

export const Asset = strict({
  id: AssetIdText,
  kind: Type.String(),
  symbol: nullable(Type.String()),
  name: nullable(Type.String()),
  sector: nullable(Type.String()),
  industry: nullable(Type.String()),
  identifiers: strict({ cusip: nullable(Type.String()), isin: nullable(Type.String()), figi: nullable(Type.String()) }),
  optionContract: nullable(strict({ underlying: Type.String(), expires: Type.String(), right: oneOf(['call', 'put']), strike: DecimalText, multiplier: DecimalText })),
  fixedIncome: nullable(Kept),
  tradable: nullable(Type.Boolean()),
});
export type Asset = Static<typeof Asset>;

export const listSnapshots = contract('snapshots.list', strict({ accountId: Uuid, from: Type.Optional(AsOf), to: Type.Optional(AsOf), source: Type.Optional(oneOf(SNAPSHOT_SOURCES)), ...PageQuery }), pageOf(Snapshot));
export const latestSnapshot = contract('snapshots.latest', strict({ accountId: Uuid, asOf: Type.Optional(AsOf) }), Snapshot);
export const portfolioBalances = contract('snapshots.portfolio-balances', strict({ ...scope, connection: Type.Optional(Uuid), account: Type.Optional(Uuid) }), PortfolioBalances);
export const portfolioPositions = contract('snapshots.portfolio-positions', strict({ ...scope, account: Type.Optional(Uuid), provider: Type.Optional(ProviderId) }), PortfolioPositions);
export const portfolioValue = contract('snapshots.portfolio-value', strict({ ...scope, account: Type.Optional(Uuid) }), PortfolioValue);
export const getAsset = contract('snapshots.get-asset', strict({ assetId: AssetIdText }), Asset);
