/** A user who is watched: all accounts, since what counts can only be said of all of them together, and the baselines that changes are measured by. */
import type { Market } from '@tidemark/market';
import type { Exact } from '@tidemark/money';
import type { HistoryAccount } from '../../projections/accounts/row.js';
import type { DayNumber } from '../../reconstruction/model.js';
import type { LiveAccount } from './live-account.js';
import type { Series } from './series.js';

/** The value at the close before, by currency. `provisional`: the last live value, until the day is closed for good. */
export interface Baseline {
  readonly day: DayNumber;
  readonly amounts: readonly (readonly [currency: string, amount: Exact])[];
  readonly complete: boolean;
  readonly provisional: boolean;
}

/** What crossed the account's border today. Null: the worth of something is not known. */
export type Flows = readonly (readonly [currency: string, amount: Exact])[] | null;

export interface UserAccount {
  readonly account: HistoryAccount;
  readonly market: Market;
  /** What its open, high, low and bars are in. */
  readonly currency: string;
  readonly series: Series;
  /** The market's day that its baseline and flows belong to. */
  day: DayNumber;
  /** Null: no snapshot yet. */
  readonly live: LiveAccount | null;
  baseline: Baseline | null;
  flows: Flows;
}

export interface LiveUser {
  readonly userId: string;
  readonly baseCurrency: string;
  readonly accounts: readonly UserAccount[];
  /** Of everything that was read: another fingerprint means that it must be read again. */
  readonly fingerprint: string;
}
