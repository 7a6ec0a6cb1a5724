/** What the history service answers; the section "History and analytics" of the API, and what operators ask of prices, symbols and closes. */
import Type from 'typebox';
import type { Static } from 'typebox';
import { HISTORY_CAUSES, MarketSymbol, SYMBOL_METHODS } from '../events/history.js';
import { AssetIdText, CurrencyCode, Day, DecimalText, Instant, Kept, nullable, oneOf, ProviderId, strict, Uuid } from '../schema.js';
import { pageOf, PageQuery } from './page.js';
import { contract } from './rpc.js';

const OptDecimal = nullable(DecimalText);
const Quality = Type.Integer({ minimum: 0, maximum: 100 });

export const PERIODS = ['1D', '1W', '1M', '3M', '6M', 'YTD', '1Y', '2Y', 'ALL'] as const;
export type Period = (typeof PERIODS)[number];
export const ORIGINS = ['reconstructed', 'captured', 'carried', 'intraday'] as const;
export type Origin = (typeof ORIGINS)[number];

/** Which accounts, in which currency. */
const Scope = { account: Type.Optional(Uuid), source: Type.Optional(oneOf(['all', 'external', 'house'])), currency: Type.Optional(CurrencyCode) };
/** Either a period until now, or days, inclusive. */
const Range = { period: Type.Optional(oneOf(PERIODS)), from: Type.Optional(Day), to: Type.Optional(Day) };

/**
 * Why a point, or a figure, is not to be relied on altogether. `from`–`to`: the days it holds for. Of the account named, `reconstruction_pending`:
 * its history was never computed; `reconstruction_running`: it is being computed again, `reconstruction_failed`: its last run came to nothing,
 * and what is shown is of the run before.
 */
export const HISTORY_REASONS = [
  'price_missing', 'price_stale', 'price_supplied_by_account', 'rate_missing', 'rate_stale', 'unknown_transaction', 'cash_effect_unknown', 'units_effect_unknown', 'opening_adjustment', 'opening_unverified', 'history_cut', 'discrepancy',
  'carried', 'split_assumed', 'side_assumed', 'cost_basis_missing', 'flow_value_missing', 'parked', 'no_history', 'reconstruction_pending', 'reconstruction_running', 'reconstruction_failed', 'provider_total_differs', 'zero_denominator', 'too_few_days', 'benchmark_missing', 'not_converged', 'pending_transaction', 'negative_value', 'no_positions',
] as const;
export type HistoryReasonCode = (typeof HISTORY_REASONS)[number];
export const HistoryReason = strict({ code: oneOf(HISTORY_REASONS), detail: Type.String(), accountId: Type.Optional(Uuid), asset: Type.Optional(AssetIdText), from: Type.Optional(Day), to: Type.Optional(Day) });
export type HistoryReason = Static<typeof HistoryReason>;

/** `date` on daily points, `at` on intraday ones. Open, high, low and close are of the value within the day, where it was watched; else null. */
export const HistoryPoint = strict({
  date: Type.Optional(Day),
  at: Type.Optional(Instant),
  value: OptDecimal,
  cash: OptDecimal,
  costBasis: OptDecimal,
  gain: OptDecimal,
  gainPercent: OptDecimal,
  netFlow: OptDecimal,
  open: OptDecimal,
  high: OptDecimal,
  low: OptDecimal,
  close: OptDecimal,
  securitiesCount: Type.Integer({ minimum: 0 }),
  origin: oneOf(ORIGINS),
  quality: Quality,
});
export type HistoryPoint = Static<typeof HistoryPoint>;
/** `revision` grows whenever a day that was known moved; of several accounts it is their sum. */
export const PortfolioHistory = strict({ currency: CurrencyCode, from: nullable(Day), to: nullable(Day), points: Type.Array(HistoryPoint), reasons: Type.Array(HistoryReason), revision: Type.Integer({ minimum: 0 }) });
export type PortfolioHistory = Static<typeof PortfolioHistory>;

export const RECONSTRUCTION_STATES = ['queued', 'waiting_for_prices', 'running', 'completed', 'failed'] as const;
export const Difference = strict({ kind: oneOf(['forward', 'between_snapshots']), asset: AssetIdText, from: Instant, to: Instant, expected: DecimalText, actual: DecimalText, difference: DecimalText });
export type Difference = Static<typeof Difference>;
export const Reconstruction = strict({
  accountId: Uuid,
  runId: Uuid,
  status: oneOf(RECONSTRUCTION_STATES),
  cause: oneOf(HISTORY_CAUSES),
  progress: strict({ stage: Type.String(), done: Type.Integer(), total: Type.Integer() }),
  from: nullable(Day),
  to: nullable(Day),
  /** Of the days that are shown; `from`, `to`, `adjustments` and `unpriced` are of them, whatever becomes of this run. */
  revision: Type.Integer({ minimum: 0 }),
  requestedAt: Instant,
  startedAt: nullable(Instant),
  finishedAt: nullable(Instant),
  adjustments: Type.Array(strict({ asset: AssetIdText, day: Day, quantity: DecimalText, reason: Type.String() })),
  unknownTransactions: Type.Array(strict({ transactionId: Uuid, date: Day, provider: ProviderId, providerType: Type.String(), providerSubtype: nullable(Type.String()), description: nullable(Type.String()), amount: OptDecimal, currency: nullable(CurrencyCode) })),
  unpriced: Type.Array(strict({ asset: AssetIdText, reason: Type.String(), from: nullable(Day), to: nullable(Day) })),
  /** Of this run: null until it has ended, and where it failed. `forward`: the opening played forward gives the snapshot; `between_snapshots`: one snapshot and what happened since give the next. */
  invariant: nullable(strict({ holds: nullable(Type.Boolean()), checkedAt: Instant, differences: Type.Array(Difference) })),
  /** Of this run, as `invariant`. */
  quality: nullable(strict({ minimum: Quality, mean: Quality, daysBelowFull: Type.Integer() })),
  error: nullable(Type.String()),
});
export type Reconstruction = Static<typeof Reconstruction>;

/** A figure, or why there is none. */
export const Figure = strict({ value: OptDecimal, reason: Type.Optional(HistoryReason) });
export type Figure = Static<typeof Figure>;

/** XIRR, ACT/365: a year's rate; `period` is that of the period itself, (1 + XIRR)^(days/365) − 1. */
const MoneyWeighted = strict({ value: OptDecimal, period: OptDecimal, annualised: Type.Boolean(), reason: Type.Optional(HistoryReason) });

export const Performance = strict({
  currency: CurrencyCode,
  from: nullable(Day),
  to: nullable(Day),
  startValue: OptDecimal,
  endValue: OptDecimal,
  /** Fractions: 0.05 is 5 %. Not annualised. */
  timeWeighted: Figure,
  moneyWeighted: MoneyWeighted,
  modifiedDietz: Figure,
  priceReturn: Figure,
  totalReturn: Figure,
  volatility: strict({ daily: OptDecimal, annualised: OptDecimal, reason: Type.Optional(HistoryReason) }),
  /** ≤ 0; `from` is the day of the peak, `to` that of the low, `recovered` the first on which the peak is reached again. */
  maxDrawdown: strict({ value: OptDecimal, from: nullable(Day), to: nullable(Day), recovered: nullable(Day), reason: Type.Optional(HistoryReason) }),
  /** `fees` contain `interestPaid`, that on margin. */
  gain: strict({ realised: OptDecimal, unrealised: OptDecimal, dividends: OptDecimal, interest: OptDecimal, fees: OptDecimal, interestPaid: OptDecimal, taxes: OptDecimal }),
  flows: Type.Array(strict({ date: Day, amount: OptDecimal, kind: Type.String(), accountId: Uuid, transactionId: nullable(Uuid), internal: Type.Boolean() })),
  /** The same flows invested in another symbol. */
  benchmark: nullable(strict({ symbol: MarketSymbol, timeWeighted: Figure, moneyWeighted: MoneyWeighted, endValue: OptDecimal })),
  quality: Quality,
  reasons: Type.Array(HistoryReason),
});
export type Performance = Static<typeof Performance>;

export const ALLOCATION_BY = ['class', 'sector', 'account', 'provider', 'currency'] as const;
export const Allocation = strict({ currency: CurrencyCode, asOf: Instant, by: oneOf(ALLOCATION_BY), slices: Type.Array(strict({ key: Type.String(), name: Type.String(), value: OptDecimal, percent: OptDecimal })), total: OptDecimal, complete: Type.Boolean(), reasons: Type.Array(HistoryReason) });
export type Allocation = Static<typeof Allocation>;

/** Scores 0–100 by the published formula; `inputs` are the numbers it was fed with. */
export const Score = strict({ value: nullable(Type.Integer({ minimum: 0, maximum: 100 })), formula: Type.String(), inputs: Type.Record(Type.String(), OptDecimal), reason: Type.Optional(HistoryReason) });
export type Score = Static<typeof Score>;
/** `weight`: percent of the sizes of all positions; cash is none. */
export const Analytics = strict({ currency: CurrencyCode, asOf: Instant, riskScore: Score, diversificationScore: Score, hhi: Figure, effectiveHoldings: Figure, largest: Type.Array(strict({ asset: AssetIdText, name: nullable(Type.String()), value: OptDecimal, weight: OptDecimal })), reasons: Type.Array(HistoryReason) });
export type Analytics = Static<typeof Analytics>;

export const Activity = strict({
  transactionId: Uuid,
  accountId: Uuid,
  date: Day,
  at: nullable(Instant),
  type: Type.String({ description: 'the normalised kind, such as buy, dividend, split; unknown where the provider used a word that we do not know' }),
  asset: nullable(AssetIdText),
  quantity: OptDecimal,
  price: OptDecimal,
  fees: OptDecimal,
  amount: OptDecimal,
  currency: nullable(CurrencyCode),
  description: nullable(Type.String()),
  pending: Type.Boolean(),
  /** Crosses the account's border. */
  external: Type.Boolean(),
  /** In the sums of its day: false where the account stood aside on it, which is listed only where the account is named. */
  counted: Type.Boolean(),
  /** What `price`, `fees`, `amount` and `currency` were before `currency=` had them converted at the rate of the day; null where they are that. */
  unconverted: nullable(strict({ price: OptDecimal, fees: OptDecimal, amount: OptDecimal, currency: nullable(CurrencyCode) })),
  /** Why they could not be converted, and are null. */
  reason: Type.Optional(HistoryReason),
  provider: ProviderId,
  providerType: Type.String(),
  providerSubtype: nullable(Type.String()),
  original: Kept,
});
export type Activity = Static<typeof Activity>;

/** `total` is of what was paid for holding assets; tax that was `withheld` and `interestPaid` on margin, both above zero, stand beside it and are the `taxes` and `interestPaid` of performance. */
export const Income = strict({ currency: CurrencyCode, from: nullable(Day), to: nullable(Day), dividends: OptDecimal, interest: OptDecimal, capitalGains: OptDecimal, other: OptDecimal, total: OptDecimal, withheld: OptDecimal, interestPaid: OptDecimal, months: Type.Array(strict({ month: Type.String(), dividends: OptDecimal, interest: OptDecimal, capitalGains: OptDecimal, other: OptDecimal, total: OptDecimal, interestPaid: OptDecimal })), assets: Type.Array(strict({ asset: nullable(AssetIdText), total: OptDecimal })), reasons: Type.Array(HistoryReason) });
export type Income = Static<typeof Income>;

export const LOT_METHODS = ['fifo', 'average', 'specific'] as const;
const GainLine = { accountId: Uuid, asset: AssetIdText, currency: nullable(CurrencyCode), quantity: DecimalText, costBasis: OptDecimal, gain: OptDecimal, reason: Type.Optional(HistoryReason) };
export const Gains = strict({
  currency: CurrencyCode,
  method: oneOf(LOT_METHODS),
  from: nullable(Day),
  to: nullable(Day),
  realised: strict({ total: OptDecimal, shortTerm: OptDecimal, longTerm: OptDecimal, lines: Type.Array(strict({ ...GainLine, transactionId: Uuid, acquired: nullable(Day), sold: Day, proceeds: OptDecimal, longTerm: nullable(Type.Boolean()) })) }),
  /** At the close of the last day asked for; `asOf` is null where that is not over, and then it is of now. */
  unrealised: strict({ asOf: nullable(Day), total: OptDecimal, lines: Type.Array(strict({ ...GainLine, acquired: nullable(Day), value: OptDecimal })) }),
  reasons: Type.Array(HistoryReason),
});
export type Gains = Static<typeof Gains>;

/** What was moved out: a whole document, to be written to a file. */
export const Export = strict({ filename: Type.String(), contentType: Type.String(), body: Type.String() });
export type Export = Static<typeof Export>;

const Benchmark = Type.String({ ...MarketSymbol, description: 'a symbol of the price source, such as SPY; of those that nobody has prices of yet a user may ask for a few a day' });

export const portfolioHistory = contract('history.portfolio-history', strict({ ...Scope, ...Range, revision: Type.Optional(Type.Integer({ minimum: 1, description: 'an earlier revision, of one account' })) }), PortfolioHistory);
export const getReconstruction = contract('history.get-reconstruction', strict({ accountId: Uuid }), Reconstruction);
export const startReconstruction = contract('history.start-reconstruction', strict({ accountId: Uuid }), strict({ accountId: Uuid, runId: Uuid, joined: Type.Boolean() }));
export const performance = contract('history.performance', strict({ ...Scope, ...Range, benchmark: Type.Optional(Benchmark) }), Performance);
export const allocation = contract('history.allocation', strict({ ...Scope, by: Type.Optional(oneOf(ALLOCATION_BY, { description: 'by what; class where nothing is said' })) }), Allocation);
export const analytics = contract('history.analytics', strict({ ...Scope }), Analytics);
export const activities = contract('history.activities', strict({ ...Scope, from: Range.from, to: Range.to, type: Type.Optional(Type.String({ maxLength: 40 })), ...PageQuery }), pageOf(Activity));
export const income = contract('history.income', strict({ ...Scope, ...Range }), Income);
export const gains = contract('history.gains', strict({ ...Scope, ...Range, method: Type.Optional(oneOf(LOT_METHODS)), lots: Type.Optional(Type.String({ maxLength: 4_000, description: 'with method=specific: sale:purchase:quantity, comma separated, ids of transactions' })) }), Gains);
export const exportHistory = contract('history.export', strict({ ...Scope, ...Range, format: oneOf(['csv', 'json']), of: Type.Optional(oneOf(['history', 'activities', 'gains'])) }), Export);

/** Operators. */
export const UnmappedSymbol = strict({ asset: AssetIdText, name: nullable(Type.String()), reason: Type.String(), since: Instant, accounts: Type.Integer(), candidates: Type.Array(strict({ symbol: MarketSymbol, name: Type.String(), confidence: DecimalText })) });
export type UnmappedSymbol = Static<typeof UnmappedSymbol>;
export const MappedSymbol = strict({ asset: AssetIdText, symbol: MarketSymbol, currency: CurrencyCode, method: oneOf(SYMBOL_METHODS), confidence: DecimalText, verifiedAt: Instant, name: nullable(Type.String()) });
export type MappedSymbol = Static<typeof MappedSymbol>;
export const unmappedSymbols = contract('history.unmapped-symbols', strict({ ...PageQuery }), pageOf(UnmappedSymbol));
export const mapSymbol = contract('history.map-symbol', strict({ asset: AssetIdText, symbol: MarketSymbol, note: Type.Optional(Type.String({ maxLength: 500 })), force: Type.Optional(Type.Boolean({ description: 'true or false: whether also an asset that nobody holds is mapped, and a symbol whose close is far from the price that institutions carry' })) }), strict({ mapped: MappedSymbol, previous: nullable(MarketSymbol), accountsToRevise: Type.Integer() }));
/** Takes a mapping back, for all users: the asset waits for a person, and is not looked for by itself any more. */
export const unmapSymbol = contract('history.unmap-symbol', strict({ asset: AssetIdText, note: Type.Optional(Type.String({ maxLength: 400 })) }), strict({ asset: AssetIdText, previous: MarketSymbol, accountsToRevise: Type.Integer() }));
export const refreshPrices = contract('history.refresh-prices', strict({ account: Type.Optional(Uuid), connection: Type.Optional(Uuid), from: Type.Optional(Day), to: Type.Optional(Day), force: Type.Optional(Type.Boolean()), dryRun: Type.Optional(Type.Boolean()) }), strict({ dryRun: Type.Boolean(), symbols: Type.Integer(), calls: Type.Integer(), estimatedCost: strict({ amount: DecimalText, currency: CurrencyCode }), ranges: Type.Array(strict({ symbol: MarketSymbol, from: Day, to: Day }), { maxItems: 5_000 }), stored: Type.Integer(), corrected: Type.Integer(), failed: Type.Array(strict({ symbol: MarketSymbol, reason: Type.String() })) }));
/** Why nothing was closed: the day is not over, its month is compacted, the market closed nothing so early, it has no accounts, nothing is behind, or another worker is at it. */
export const CLOSE_SKIPPED = ['not_over', 'compacted', 'before_first', 'no_accounts', 'nothing_due', 'busy'] as const;
export const closeStatus = contract('history.close-status', strict({}), strict({ markets: Type.Array(strict({ market: Type.String(), lastClosed: nullable(Day), nextClose: Instant, behind: Type.Array(Day), accounts: Type.Integer() })) }));
export const runClose = contract('history.run-close', strict({ market: Type.Optional(Type.String({ maxLength: 40 })), day: Type.Optional(Day) }), strict({ closed: Type.Array(strict({ market: Type.String(), day: Day, accounts: Type.Integer(), incomplete: Type.Integer(), changed: Type.Integer() })), skipped: Type.Array(strict({ market: Type.String(), day: nullable(Day), reason: oneOf(CLOSE_SKIPPED), detail: Type.String() })) }));
