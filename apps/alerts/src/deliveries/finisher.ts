/**
 * Writes what became of deliveries, with its events, in one transaction for all that ended while the one before was written: under load a
 * transaction holds hundreds, and a single one waits for nobody.
 */
import { assert, instant, uuidV5 } from '@tidemark/kernel';
import type { EventLog, NewEvent } from '@tidemark/event-log';
import type { Logger } from '@tidemark/service';
import type { Delivery, Settled } from './delivery.js';
import type { DeliveryMetrics } from './metrics.js';
import { writeSettled } from './queue.js';

const LARGEST = 500;
const AGAIN_MS = 500;
/** Then its lock is left to lapse, and it is sent once more. */
const GIVE_UP_MS = 60_000;

export interface FinisherDeps {
  readonly log: EventLog;
  readonly logger: Logger;
  readonly metrics: DeliveryMetrics;
}

export class Finisher {
  private readonly waiting: { readonly settled: Settled; readonly since: number }[] = [];
  private writing: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly deps: FinisherDeps,
    private readonly worker: string,
  ) {}

  add(settled: Settled): void {
    this.waiting.push({ settled, since: performance.now() });
    this.writing ??= this.write().finally(() => (this.writing = null));
  }

  /** Ends when all that was added is written, or given up. */
  async idle(): Promise<void> {
    while (this.writing) await this.writing;
  }

  /** From now on what cannot be written is left to whoever takes it up when its lock has lapsed. */
  stop(): void {
    this.stopped = true;
  }

  /** What is still to be written, to keep its locks. */
  *[Symbol.iterator](): Iterator<Delivery> {
    for (const { settled } of this.waiting) yield settled.delivery;
  }

  private async write(): Promise<void> {
    // What ends in the same turn of the event loop is one transaction.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, LARGEST);
      try {
        await this.commit(batch.map((one) => one.settled));
        this.waiting.splice(0, batch.length);
      } catch (error) {
        this.deps.logger.warn({ err: error, deliveries: batch.length }, 'what became of deliveries could not be written; trying again');
        const old = this.stopped ? Infinity : performance.now() - GIVE_UP_MS;
        this.waiting.splice(0, this.waiting.length, ...this.waiting.filter((one) => one.since > old));
        if (this.waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  private async commit(settled: readonly Settled[]): Promise<void> {
    const { log, metrics } = this.deps;
    const done = await log.transaction(async (tx) => {
      const held = await writeSettled(tx, this.worker, settled);
      for (const one of settled) {
        const { userId, alertId, deliveryId } = one.delivery;
        if (held.has(deliveryId) && one.status !== 'retrying') tx.append({ userId, stream: `alert-${alertId}`, expectedVersion: 'any', events: [eventOf(one)] });
      }
      return held;
    });
    assert(done.ok, 'the end of a delivery was refused by the log, although it was still held');
    for (const { delivery, status, at, error } of settled) {
      const lost = !done.value.value.has(delivery.deliveryId);
      metrics.attempt(delivery.kind, lost ? 'lost' : status);
      if (lost) continue;
      if (status === 'delivered') metrics.delivered(delivery.kind, at - Date.parse(delivery.raisedAt));
      else this.tell(delivery, status, error);
    }
  }

  private tell({ deliveryId, alertId, kind, host, attempts }: Delivery, status: 'retrying' | 'parked', reason: string | null): void {
    const about = { deliveryId, alertId, kind, host, attempts, reason };
    if (status === 'parked') this.deps.logger.warn(about, 'a delivery is parked: it waits for a person');
    else this.deps.logger.debug(about, 'a delivery failed and is tried again');
  }
}

function eventOf({ delivery, status, at, error }: Settled): NewEvent {
  const { userId, alertId, ruleId, deliveryId, kind, attempts } = delivery;
  const about = { userId, alertId, ruleId, deliveryId, kind, attempts };
  const time = instant(at);
  return status === 'delivered'
    ? { id: uuidV5(deliveryId, 'delivered'), type: 'AlertDelivered', time, causationId: alertId, data: about }
    : { id: uuidV5(deliveryId, `parked/${attempts}`), type: 'AlertDeliveryParked', time, causationId: alertId, data: { ...about, reason: (error ?? 'no reason').slice(0, 1_000) } };
}
