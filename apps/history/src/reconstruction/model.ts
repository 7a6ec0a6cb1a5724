/**
 * What the reconstruction takes and gives. Pure data: days are whole numbers (days since 1970-01-01), amounts exact decimal strings,
 * prices integers at a scale, so that 2 years × 50 assets are computed without parsing a number twice.
 */
import type { BalanceLine, historyRpc } from '@tidemark/contracts';
import type { AssetId, Decimal } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';

/** Days since 1970-01-01. */
export type DayNumber = number;

/** Everything that one account held at one instant. */
export interface CapturedSnapshot {
  readonly snapshotId: string;
  readonly capturedAt: string;
  /** The market day that the instant belongs to: (close of D−1, close of D]. */
  readonly day: DayNumber;
  /** The calendar day of the instant in the account's time zone: before `day` where it was captured after the close. Without it, `day`. */
  readonly calendarDay?: DayNumber;
  /** The account's currency: that of lines which name none. */
  readonly currency: string;
  readonly lines: readonly BalanceLine[];
}

/**
 * The closes of one symbol, prepared once and shared by all accounts. Unadjusted: as quoted on their day, for units as they were on that
 * day. Index i is day `firstDay + i`; `newest[i]` is digits × 10^−scale of the newest close on or before that day, null where there is none.
 */
export interface PreparedCloses {
  readonly symbol: string;
  readonly currency: string;
  readonly firstDay: DayNumber;
  readonly scale: number;
  readonly newest: readonly (bigint | null)[];
  /** How old `newest[i]` is, in days; 0 on the day of the close. Non-trading days of the market age it too. */
  readonly age: Int16Array;
  /** Of the issuer: from `day` on `numerator` units stand where `denominator` stood. Oldest first. */
  readonly splits: readonly { readonly day: DayNumber; readonly numerator: Decimal; readonly denominator: Decimal }[];
}

/** Null: the asset has no symbol, or the symbol no closes. Institution-made codes, cash and options never have any. */
export type ClosesOf = (asset: AssetId) => PreparedCloses | null;

export interface ReconstructionInput {
  readonly accountId: string;
  readonly currency: string;
  /** The days wanted, inclusive; `to` is the last closed day. */
  readonly from: DayNumber;
  readonly to: DayNumber;
  /** Oldest first; at least one, else nothing can be said. */
  readonly snapshots: readonly CapturedSnapshot[];
  /** Without the withdrawn ones; in any order. */
  readonly transactions: readonly NormalisedTransaction[];
  /** The first day from which the provider's transactions are known to be whole (its 24-month cut, the date asked from). Before it nothing is certain. */
  readonly wholeFrom: DayNumber | null;
  readonly closesOf: ClosesOf;
  /** The market day of an instant, for the dates of prices that snapshots carry. Without it such a price counts from the day after its UTC date, at the latest from its snapshot's day. */
  readonly marketDayOf?: (instant: string) => DayNumber;
}

export type ReasonCode = historyRpc.HistoryReasonCode;

export interface CurrencyAmount {
  readonly currency: string;
  readonly amount: Decimal;
}

/**
 * One day of one account at its close. Amounts by currency, unconverted: the base currency is chosen, and the day's rate applied, when they are read.
 * A currency is listed where anything of it is known.
 */
export interface AccountDay {
  readonly day: DayNumber;
  /** Positions that are priced + cash, by currency. */
  readonly value: readonly CurrencyAmount[];
  readonly cash: readonly CurrencyAmount[];
  /** Null where the cost basis of a position held that day is unknown. */
  readonly costBasis: readonly CurrencyAmount[] | null;
  /** External flows: what came in (≥ 0) and went out (≥ 0), units at their value of the day. Null where the value of one is unknown. */
  readonly inflow: readonly CurrencyAmount[] | null;
  readonly outflow: readonly CurrencyAmount[] | null;
  readonly securities: number;
  readonly origin: 'reconstructed' | 'captured' | 'carried';
  readonly quality: number;
  /** Indices into `reasons`. */
  readonly reasons: readonly number[];
  /** False where a position or cash is in no sum (no price). */
  readonly complete: boolean;
}

/** An external flow of one account, for returns and for matching transfers between own accounts. */
export interface ExternalFlow {
  readonly day: DayNumber;
  readonly transactionId: string | null;
  readonly kind: string;
  readonly transfer: boolean;
  readonly asset: AssetId | null;
  readonly units: Decimal | null;
  readonly currency: string | null;
  /** + in, − out; null where it is unknown. */
  readonly amount: Decimal | null;
}

export interface ReconstructionResult {
  readonly days: readonly AccountDay[];
  readonly flows: readonly ExternalFlow[];
  readonly reasons: readonly { readonly code: ReasonCode; readonly detail: string; readonly asset?: AssetId }[];
  readonly adjustments: readonly { readonly asset: AssetId; readonly day: DayNumber; readonly quantity: Decimal; readonly reason: string }[];
  /** Ids of transactions that were left out. */
  readonly unknown: readonly string[];
  readonly unpriced: readonly { readonly asset: AssetId; readonly reason: string; readonly from: DayNumber; readonly to: DayNumber }[];
  readonly invariant: { readonly holds: boolean; readonly differences: readonly historyRpc.Difference[] };
}
