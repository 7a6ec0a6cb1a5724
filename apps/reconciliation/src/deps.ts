/** What the parts of this service work with. One object is made at the start, in app.ts, and handed down. */
import type { Tolerance } from '@tidemark/contracts';
import type { EventLog } from '@tidemark/event-log';
import type { Clock, NewId } from '@tidemark/kernel';
import type { Database } from '@tidemark/postgres';
import type { Credential, ProviderPort } from '@tidemark/providers';
import type { Logger } from '@tidemark/service';
import type { AuditKey } from './audit/seal.js';
import type { ReconciliationMetrics } from './metrics.js';

/** The read models of this service, by the names of their projections. */
export const READ_MODELS = ['accounts', 'connections', 'snapshots', 'transactions'] as const;

export interface RunSettings {
  /** How often every user is compared by itself. */
  readonly intervalMs: number;
  readonly scheduleEveryMs: number;
  readonly concurrency: number;
  readonly providerConcurrency: number;
  readonly lockMs: number;
  readonly pollMs: number;
  /** For everything that one connection is asked in one attempt. */
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  readonly overlapDays: number;
  /** Runs that one user may ask for. */
  readonly perMinute: number;
  /** Of runs in which nothing differed. */
  readonly retentionMs: number;
}

export interface ProviderDirectory {
  /** Null where this installation has no adapter for it, or has it switched off. */
  get(id: string): Promise<ProviderPort | null>;
}

export interface ReconciliationDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly providers: ProviderDirectory;
  readonly credentials: { get(ref: string): Promise<Credential | null> };
  readonly auditKey: AuditKey;
  readonly tolerance: Tolerance;
  readonly settings: RunSettings;
  readonly clock: Clock;
  /** In [0, 1): spreads retries. */
  readonly random: () => number;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly metrics: ReconciliationMetrics;
  /** Tells the worker of this process that there is something to do. */
  readonly wake: () => void;
}
