/** What a provider's transaction means, in one closed set of kinds with signs; `table/` says which word of which provider is which. */
import type { AssetId, Decimal } from '@tidemark/money';

export const TRANSACTION_KINDS = [
  'buy', 'sell', 'sell_short', 'buy_to_cover', 'reinvestment',
  'dividend', 'interest', 'capital_gain', 'return_of_capital', 'stock_dividend',
  'fee', 'tax', 'rebate',
  'deposit', 'withdrawal', 'contribution', 'distribution', 'cash_transfer', 'asset_transfer',
  'split', 'merger', 'spin_off', 'option_exercise', 'option_assignment', 'option_expiration',
  'adjustment', 'spending', 'cancel', 'unknown',
] as const;
export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

/**
 * What must be known to the reader: why something is not what it seems.
 * `amount_unexpected`: the provider's amount contradicts the kind and is taken as reported, or is not cash and is left out.
 * `income_implied`: a reinvestment whose income no row reports; `cancelled_missing`: a cancellation of what is not there.
 */
export type TransactionDoubt =
  | 'type_unknown' | 'cash_computed' | 'cash_unknown' | 'units_unknown' | 'asset_unknown' | 'currency_unknown' | 'sign_corrected'
  | 'amount_unexpected' | 'income_implied' | 'cancelled_missing';

/**
 * One transaction of one account. Amounts are exact decimal strings. Kinds `unknown` and `cancel` are never to be applied.
 * An exchange of currencies is a trade whose `asset` is `currency:EUR`: `units` of it move, and `cash` is the other side in `currency`.
 */
export interface NormalisedTransaction {
  readonly transactionId: string;
  readonly provider: string;
  readonly kind: TransactionKind;
  /** The market day it belongs to, `YYYY-MM-DD`: the trade date. */
  readonly date: string;
  /** The instant where the provider gives one; it decides the order within a day and, against a snapshot of the same day, which side it is on. */
  readonly at: string | null;
  readonly asset: AssetId | null;
  /** Change of units held: + gained, − given up; in the units that the account's snapshots count in. '0' where the kind moves none; null where it is unknown. */
  readonly units: Decimal | null;
  /** Change of cash: + in. '0' where the kind moves none; null where it is unknown. In `currency`. */
  readonly cash: Decimal | null;
  readonly currency: string | null;
  /** Contained in `cash` already; ≥ 0. */
  readonly fees: Decimal | null;
  readonly price: Decimal | null;
  /** Crosses the border of the account: counts as a deposit or withdrawal in returns (its cash, and the value of its units on the day). */
  readonly external: boolean;
  /** Cash and units may belong to another own account too: candidates for matching. */
  readonly transfer: boolean;
  readonly pending: boolean;
  readonly doubts: readonly TransactionDoubt[];
  readonly providerType: string;
  readonly providerSubtype: string | null;
  readonly description: string | null;
  /** What the provider says that units which moved without cash are worth (≥ 0, in `currency`): a basis, never a price of the day. */
  readonly worth?: Decimal | null;
  /** The provider's own id, and, of a cancellation, that of what it cancels. */
  readonly identity?: string;
  readonly cancels?: string | null;
}
