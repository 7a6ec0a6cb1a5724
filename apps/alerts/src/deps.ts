/** What judging works with. One object is made at the start, in app.ts, and handed down. */
import type { NatsConnection } from '@nats-io/nats-core';
import type { Keyring } from '@tidemark/credentials';
import type { EventLog } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import type { Database } from '@tidemark/postgres';
import type { Logger, RpcClient } from '@tidemark/service';
import type { DeliverySettings } from './deliveries/settings.js';
import type { AlertMetrics } from './metrics.js';

export interface JudgingSettings {
  /** Users whose figures one lane asks for together. */
  readonly batch: number;
  /** Lanes of one process. */
  readonly concurrency: number;
  readonly lockMs: number;
  readonly pollMs: number;
  /** How often the passing of time is looked at: stale accounts, ends of quiet. */
  readonly sweepMs: number;
  readonly askTimeoutMs: number;
}

export interface AlertDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly nats: NatsConnection;
  readonly rpc: RpcClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AlertMetrics;
  readonly keyring: Keyring;
  readonly settings: JudgingSettings;
  readonly deliveries: DeliverySettings;
  /** Users may be due, in this process. */
  readonly wake: () => void;
}

/** Injection token of `AlertDeps`. */
export const ALERTS = Symbol('alerts');
