/** Starts every projection or reactor of a service. */
import type { NatsConnection } from '@nats-io/nats-core';
import { DEFAULT_PARTITIONS } from '@tidemark/event-log';
import type { EventLogger } from '@tidemark/event-log';
import type { Database } from '@tidemark/postgres';
import type { FeedOptions } from './feed.js';
import type { Projection, Reactor } from './projection.js';
import { ProjectionWorker } from './projection-worker.js';
import { ReactorWorker } from './reactor-worker.js';

export interface WorkOptions {
  readonly database: Database;
  readonly nats: NatsConnection;
  readonly logger: EventLogger;
  readonly partitions?: number;
  /** Unique per process and start. */
  readonly holder?: string;
  readonly leaseMs?: number;
  /** How often the logs are asked how far they reach, so that nothing depends on a message arriving. */
  readonly headsMs?: number;
}

export interface Running {
  close(): Promise<void>;
}

export async function startProjections(options: WorkOptions & { readonly projections: readonly Projection[] }): Promise<Running> {
  return startAll(options.projections.map((projection) => new ProjectionWorker(projection, options.database, options.logger, feedOptions(options, projection))));
}

export async function startReactors(options: WorkOptions & { readonly reactors: readonly Reactor[] }): Promise<Running> {
  return startAll(options.reactors.map((reactor) => new ReactorWorker(reactor, options.database, options.logger, feedOptions(options, reactor))));
}

async function startAll(workers: readonly { start(): Promise<void>; close(): Promise<void> }[]): Promise<Running> {
  await Promise.all(workers.map((worker) => worker.start()));
  return { close: async () => void (await Promise.all(workers.map((worker) => worker.close()))) };
}

function feedOptions(options: WorkOptions, of: Pick<Projection, 'name' | 'logs'>): FeedOptions {
  return {
    name: of.name,
    logs: of.logs,
    database: options.database,
    nats: options.nats,
    logger: options.logger,
    partitions: options.partitions ?? DEFAULT_PARTITIONS,
    holder: options.holder ?? crypto.randomUUID(),
    leaseMs: options.leaseMs ?? 6_000,
    headsMs: options.headsMs ?? 2_000,
  };
}
