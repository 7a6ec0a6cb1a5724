/** One subscription per (connection, log, partition), however many projections and reactors of the process listen: each event is parsed once. */
import type { NatsConnection } from '@nats-io/nats-core';
import type { EventEnvelope } from '@tidemark/contracts';
import { tailPartition } from '@tidemark/event-log';

type Listener = (event: EventEnvelope | null, position: number) => void;

interface Tail {
  readonly listeners: Set<Listener>;
  readonly stop: () => void;
}

const hubs = new WeakMap<NatsConnection, Map<string, Tail>>();

export function listen(nats: NatsConnection, log: string, partition: number, listener: Listener): () => void {
  const tails = hubs.get(nats) ?? new Map<string, Tail>();
  hubs.set(nats, tails);
  const key = `${log}/${partition}`;
  const tail = tails.get(key) ?? openTail(nats, log, partition);
  tails.set(key, tail);
  tail.listeners.add(listener);
  return () => {
    tail.listeners.delete(listener);
    if (tail.listeners.size > 0) return;
    tail.stop();
    tails.delete(key);
  };
}

function openTail(nats: NatsConnection, log: string, partition: number): Tail {
  const listeners = new Set<Listener>();
  const stop = tailPartition(nats, log, partition, (event, position) => {
    for (const listener of listeners) listener(event, position);
  });
  return { listeners, stop };
}
