/**
 * Events of one partition of one log as the relay publishes them, over a plain subscription: no consumer state on the server, the
 * lowest latency, and nothing to trust: whoever listens knows from the gapless positions what it missed, and reads that from the log.
 */
import type { NatsConnection } from '@nats-io/nats-core';
import type { EventEnvelope } from '@tidemark/contracts';
import { logSubject } from './subjects.js';
import type { WireEvent } from './wire.js';

/** @param heard gets the event, or null where it was too large for the bus and must be read from the log */
export function tailPartition(nats: NatsConnection, log: string, partition: number, heard: (event: EventEnvelope | null, position: number) => void): () => void {
  const subscription = nats.subscribe(logSubject(partition, log), {
    callback: (error, message) => {
      if (error) return;
      const event = message.json<WireEvent>();
      heard(event.dataref === undefined ? (event as EventEnvelope) : null, event.position);
    },
  });
  return () => subscription.unsubscribe();
}
