/** Everything a producing service runs for its log besides appending: answers reads, announces commits, relays to the streams. */
import type { NatsConnection } from '@nats-io/nats-core';
import type { EventLog } from './event-log.js';
import type { EventLogger } from './logger.js';
import { respondToReads } from './log-responder.js';
import { Relay } from './relay.js';
import { announceCommits } from './wake.js';

export interface EventLogServerOptions {
  readonly log: EventLog;
  readonly nats: NatsConnection;
  readonly logger: EventLogger;
  /** Unique per process and start; leases are held under it. */
  readonly holder?: string;
  /** False for a replica that only appends (its relay runs elsewhere). */
  readonly relay?: boolean;
  /** Replicas of the streams: 3 in a cluster. */
  readonly streamReplicas?: number;
  readonly leaseMs?: number;
}

export async function startEventLogServer(options: EventLogServerOptions): Promise<{ close(): Promise<void> }> {
  const { log, nats, logger, leaseMs, streamReplicas } = options;
  const holder = options.holder ?? crypto.randomUUID();
  const responder = respondToReads(log, nats, logger);
  const silence = announceCommits(log, nats);
  const relay = options.relay === false ? null : new Relay({ log, nats, logger, holder, ...(leaseMs ? { leaseMs } : {}), ...(streamReplicas ? { replicas: streamReplicas } : {}) });
  await relay?.start();
  return {
    close: async () => {
      await relay?.close();
      silence();
      if (!nats.isClosed()) await responder.close();
    },
  };
}
