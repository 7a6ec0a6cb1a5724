/**
 * Events of one partition of one log as the relay publishes them, over a plain subscription: no consumer state on the server, the
 * lowest latency, and nothing to trust: whoever listens knows from the gapless positions what it missed, and reads that from the log.
 */
import type { NatsConnection } from '@nats-io/nats-core';
import type { EventEnvelope } from '@tidemark/contracts';
import { logSubject, typeSubject } from './subjects.js';
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

/**
 * Whose events of some types have just been published, over all partitions: a hint to look into the log, for whoever serves a few users among
 * many. It costs the bus nothing for the types that are not named.
 */
export function onUserEvents(nats: NatsConnection, log: string, types: readonly string[], heard: (userId: string) => void): () => void {
  const subscriptions = types.map((type) =>
    nats.subscribe(typeSubject(log, type), {
      callback: (error, message) => {
        if (!error) heard(message.json<Pick<WireEvent, 'userid'>>().userid);
      },
    }),
  );
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  };
}
