/** What fetching, storing and finding prices works with. One object is made at the start and handed down. */
import type { EventLog } from '@tidemark/event-log';
import type { Clock, NewId } from '@tidemark/kernel';
import type { Decimal } from '@tidemark/money';
import type { Database } from '@tidemark/postgres';
import type { Logger } from '@tidemark/service';
import type { PriceSource } from '../price-source/price-source.js';
import type { PriceMetrics } from './price-metrics.js';

export interface PriceWorkSettings {
  /** Symbols asked for at the same time by this process. */
  readonly concurrency: number;
  readonly lockMs: number;
  readonly pollMs: number;
  /** First wait after a failure that may pass by itself; doubles up to `backoffMaxMs`. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** How long an asset without a symbol is left alone. */
  readonly symbolRetryMs: number;
  /** How long a symbol that the source does not have is not asked for. */
  readonly absentRetryMs: number;
  /** Symbols that one user may compare with in 24 hours of which nobody has prices yet. */
  readonly newBenchmarksADay: number;
  /** Dollars. */
  readonly costACall: Decimal;
}

export interface PriceDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly metrics: PriceMetrics;
  /** Null where this installation has none: an account then has the prices of its own snapshots, and no others. */
  readonly source: PriceSource | null;
  readonly settings: PriceWorkSettings;
  /** These runs wait for nothing any more. Called after the commit, best effort: `pricesSettled` says the same for whoever asks. */
  readonly settled: (runIds: readonly string[]) => Promise<void>;
}

/** The lock of this work lapsed and another has it: nothing was written. */
export class LeaseLost extends Error {
  constructor(what: string) {
    super(`another worker has taken ${what}`);
    this.name = 'LeaseLost';
  }
}

/** Milliseconds before the next attempt; `attempts` counts from 1. */
export function waitAfter({ settings, random }: Pick<PriceDeps, 'settings' | 'random'>, attempts: number, askedMs: number | null): number {
  const full = Math.min(settings.backoffMaxMs, settings.backoffMs * 2 ** Math.min(attempts - 1, 20));
  return Math.max(askedMs ?? 0, Math.round(full / 2 + (random() * full) / 2));
}
