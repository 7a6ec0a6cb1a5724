/** After each commit, one small core message tells whoever waits which partitions have something new; many commits at once make one message. */
import type { NatsConnection } from '@nats-io/nats-core';
import type { EventLog } from './event-log.js';
import { wakeSubject } from './subjects.js';

export function announceCommits(log: EventLog, nats: NatsConnection): () => void {
  const dirty = new Set<number>();
  const flush = (): void => {
    const partitions = [...dirty];
    dirty.clear();
    // A closed connection is on its way down with its service; whoever waits also polls.
    if (!nats.isClosed()) nats.publish(wakeSubject(log.name), JSON.stringify(partitions));
  };
  return log.onCommitted((appended) => {
    if (dirty.size === 0) setImmediate(flush);
    for (const at of appended.positions) dirty.add(at.partition);
  });
}

export function onWake(nats: NatsConnection, log: string, woken: (partitions: readonly number[]) => void): () => void {
  const subscription = nats.subscribe(wakeSubject(log), { callback: (error, message) => { if (!error) woken(message.json<number[]>()); } });
  return () => subscription.unsubscribe();
}
