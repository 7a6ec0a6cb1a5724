/** What reconstructions work with. One object is made at the start, in app.ts, and handed down. */
import type { EventLog } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import type { AssetId } from '@tidemark/money';
import type { Database } from '@tidemark/postgres';
import type { Logger } from '@tidemark/service';
import type { RunMetrics } from '../metrics.js';
import type { DayNumber, PreparedCloses, ReconstructionInput, ReconstructionResult } from '../reconstruction/model.js';
import type { AssetSeen } from './load-runs.js';

export interface PriceWant {
  readonly symbol: string;
  readonly from: DayNumber;
  readonly to: DayNumber;
}

/** Prices and symbols as runs ask for them; the parts `prices` and `symbols` stand behind it. */
export interface PriceSupply {
  /** Finds the symbols of assets, asking the source for those that nobody has asked for before; null: none can be trusted. An asset that is absent is being looked for. */
  symbolsOf(runs: readonly { readonly runId: string; readonly assets: readonly AssetSeen[] }[]): Promise<ReadonlyMap<AssetId, string | null>>;
  /** Asks for what is not stored, once for all runs. @returns the runs whose prices are still to come */
  want(runs: readonly { readonly runId: string; readonly wants: readonly PriceWant[] }[]): Promise<ReadonlySet<string>>;
  closes(symbols: readonly string[], from: DayNumber, to: DayNumber): Promise<ReadonlyMap<string, PreparedCloses>>;
}

export interface RunSettings {
  /** Accounts computed together. */
  readonly batch: number;
  /** Batches at once: while one waits for the database another computes. */
  readonly concurrency: number;
  readonly lockMs: number;
  readonly pollMs: number;
  readonly gatherMs: number;
  readonly patienceMs: number;
}

export interface RunDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: RunMetrics;
  readonly supply: PriceSupply;
  readonly settings: RunSettings;
  readonly reconstruct: (input: ReconstructionInput) => ReconstructionResult;
  /** Tells the workers of this process that there is something to do. */
  readonly wake: () => void;
}
