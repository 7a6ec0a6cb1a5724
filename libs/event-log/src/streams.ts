/**
 * A stream per partition, of file storage, from which nothing can be deleted or purged through the API. It is the fast path and a
 * second copy, never the record: whoever misses something in it reads the log.
 */
import { jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/nats-core';
import { partitionSubject, streamName } from './subjects.js';

export interface StreamOptions {
  readonly partitions: number;
  /** 3 in a cluster. */
  readonly replicas?: number;
}

/** Within it the server drops a second copy of a message id; a failed-over relay does not rely on it. */
const DUPLICATE_WINDOW_MS = 120_000;

export async function ensureStreams(nats: NatsConnection, options: StreamOptions): Promise<JetStreamManager> {
  const manager = await jetstreamManager(nats, { checkAPI: false });
  const there = new Set<string>();
  for await (const name of manager.streams.names()) there.add(name);
  const missing = Array.from({ length: options.partitions }, (_, partition) => partition).filter((partition) => !there.has(streamName(partition)));
  await Promise.all(
    missing.map((partition) =>
      manager.streams.add({
        name: streamName(partition),
        subjects: [partitionSubject(partition)],
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        num_replicas: options.replicas ?? 1,
        duplicate_window: nanos(DUPLICATE_WINDOW_MS),
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
      }),
    ),
  );
  return manager;
}
