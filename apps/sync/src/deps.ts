/** What the parts of sync work with. One object is made at the start, in app.ts, and handed down. */
import type { Database } from '@tidemark/postgres';
import type { EventLog } from '@tidemark/event-log';
import type { Clock, NewId } from '@tidemark/kernel';
import type { Credential, ProviderPort } from '@tidemark/providers';
import type { Logger, RpcClient } from '@tidemark/service';
import type { BackoffPolicy } from './job/backoff.js';
import type { SyncMetrics } from './metrics.js';
import type { RefreshPolicy } from './refresh/refresh-policy.js';

/** One provider as this installation has it. */
export interface KnownProvider {
  readonly port: ProviderPort;
  readonly refresh: RefreshPolicy;
}

export interface ProviderDirectory {
  /** Null where this installation does not have it, or has it switched off. */
  get(id: string): Promise<KnownProvider | null>;
}

export interface SyncSettings {
  /** How often every connection is synced by itself. */
  readonly intervalMs: number;
  /** How far back transactions are asked for again, so that late and changed ones are seen. */
  readonly overlapDays: number;
  /** How often the whole range of transactions is read anew. */
  readonly fullIntervalMs: number;
  readonly concurrency: number;
  readonly providerConcurrency: number;
  readonly lockMs: number;
  readonly pollMs: number;
  readonly backoff: BackoffPolicy;
  /** Waits before asking the connections service again while a sync holds what it has fetched. */
  readonly patienceMs: readonly number[];
  /** Finished syncs and webhooks older than this are forgotten; the log keeps their events. */
  readonly retentionMs: number;
}

export interface SyncDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly rpc: Pick<RpcClient, 'call'>;
  readonly providers: ProviderDirectory;
  readonly credentials: { get(ref: string): Promise<Credential | null> };
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly metrics: SyncMetrics;
  readonly settings: SyncSettings;
  /** Tells the worker of this process that there is something to do. */
  readonly wake: () => void;
}
