/** What every read of this service needs of the world outside it, and the answer to "has this read model seen what the caller wrote". */
import type { LogPosition } from '@tidemark/contracts';
import type { Clock } from '@tidemark/kernel';
import type { AssetId, Decimal } from '@tidemark/money';
import type { Database } from '@tidemark/postgres';
import { waitForPositions } from '@tidemark/projections';
import type { DayNumber, PreparedCloses } from '../reconstruction/model.js';

/** The read models of this service, by the names of their projections. */
export const READ_MODELS = ['accounts', 'settings', 'captured-snapshots', 'transactions', 'holdings'] as const;

/** Injection token of `HistoryReads`. */
export const HISTORY_READS = Symbol('history-reads');

/** Rates of some currencies over some days, loaded at once. */
export interface RateTable {
  /** One unit of `currency` in `base` on that day, else on the nearest earlier one; null where there is none. 1 for the same currency. */
  rate(currency: string, base: string, day: DayNumber): Decimal | null;
  /** How many days old that rate is; null where there is none. */
  age(currency: string, base: string, day: DayNumber): number | null;
}

/** Prices and symbols as they are stored, for all users. */
export interface PriceReads {
  /** Series from `from` to `to`, prepared once and shared; a symbol without closes is absent. */
  closes(symbols: readonly string[], from: DayNumber, to: DayNumber): Promise<ReadonlyMap<string, PreparedCloses>>;
  /** The symbol that each asset is mapped to; null where it has none. */
  symbolsFor(assets: readonly AssetId[]): Promise<ReadonlyMap<AssetId, string | null>>;
  ratesFor(currencies: readonly string[], from: DayNumber, to: DayNumber): Promise<RateTable>;
}

export interface HistoryReads {
  readonly database: Database;
  readonly clock: Clock;
  readonly prices: PriceReads;
}

/** Waits up to 2 s for what the caller wrote. @returns whether the answer is older than that */
export async function isStale(database: Database, after: readonly LogPosition[] | undefined): Promise<boolean> {
  return after !== undefined && !(await waitForPositions(database, READ_MODELS, after));
}
