/**
 * The events of one partition of one log from a position on: every one, once, in order. Live events are taken as they come while
 * they are contiguous. Anything else (a first catch-up, a missed message, a lost stream, an event too large for the bus, a buffer
 * that was full) is the same case: the next position is known, so what is missing is read from the log itself.
 */
import type { NatsConnection } from '@nats-io/nats-core';
import type { EventEnvelope } from '@tidemark/contracts';
import { readLog } from '@tidemark/event-log';
import type { EventLogger } from '@tidemark/event-log';

export interface SourceOptions {
  readonly nats: NatsConnection;
  readonly log: string;
  readonly partition: number;
  readonly epoch: number;
  /** Position of the last event that has been dealt with. */
  readonly after: number;
  readonly ready: () => void;
  readonly logger: EventLogger;
}

/** So many events wait at most; beyond it live ones are left to be read from the log later. */
const HIGH_WATER = 2_000;
const PAGE = 500;
/** So long after the last live event the head of the log is taken to show a loss and not a delay. */
const LIVE_MS = 1_500;
const RETRY_MS = 250;

export class PartitionSource {
  private readonly buffer: EventEnvelope[] = [];
  private ahead: EventEnvelope[] = [];
  private next: number;
  private known = 0;
  private lastLive = Number.NEGATIVE_INFINITY;
  private repairing = false;
  private closed = false;
  private wrongEpoch = false;

  constructor(private readonly options: SourceOptions) {
    this.next = options.after + 1;
  }

  get log(): string {
    return this.options.log;
  }

  get partition(): number {
    return this.options.partition;
  }

  get waiting(): number {
    return this.buffer.length;
  }

  /** From the live tail; null where the event has to be read from the log. */
  heard(event: EventEnvelope | null, position: number): void {
    if (this.closed || position < this.next) return;
    if (event && this.fits(event)) {
      if (position === this.next && !this.repairing) {
        this.lastLive = performance.now();
        return this.accept(event);
      }
      if (this.ahead.length < HIGH_WATER) this.ahead.push(event);
    }
    this.told(position);
  }

  /** The log reaches this far, as somebody asked it. While live events come, what is missing is most likely on its way. */
  headIs(position: number): void {
    if (performance.now() - this.lastLive > LIVE_MS) this.told(position);
  }

  /** An event at this position was published; everything before it is missing if it is not here. */
  private told(position: number): void {
    this.known = Math.max(this.known, position);
    if (this.known >= this.next && !this.repairing && !this.closed && !this.wrongEpoch) void this.repair();
  }

  take(most: number): EventEnvelope[] {
    const taken = this.buffer.splice(0, most);
    if (this.known >= this.next) this.told(this.known);
    return taken;
  }

  close(): void {
    this.closed = true;
  }

  private fits(event: EventEnvelope): boolean {
    if (event.epoch !== this.options.epoch) this.refuseEpoch(event.epoch);
    return !this.wrongEpoch && this.buffer.length < HIGH_WATER;
  }

  /** A restored log counts anew: what this projection holds may never have happened, so it must not go on. */
  private refuseEpoch(epoch: number): void {
    if (this.wrongEpoch) return;
    this.wrongEpoch = true;
    const { log, partition } = this.options;
    this.options.logger.error({ log, partition, epoch, expected: this.options.epoch }, 'the log was restored (its epoch changed): rebuild this projection');
  }

  private accept(event: EventEnvelope): void {
    this.buffer.push(event);
    this.next = event.position + 1;
    if (this.buffer.length === 1) this.options.ready();
  }

  private async repair(): Promise<void> {
    this.repairing = true;
    try {
      while (!this.closed && !this.wrongEpoch && this.next <= this.known && this.buffer.length < HIGH_WATER) {
        if (!(await this.readPage())) break;
        this.takeAhead();
      }
    } finally {
      this.repairing = false;
    }
  }

  /** @returns false where there was nothing to read yet */
  private async readPage(): Promise<boolean> {
    const { nats, log, partition, logger } = this.options;
    try {
      // Its head is not taken for `known`: the log is always a little ahead of what is on its way, and repair would never end.
      const { events } = await readLog(nats, log, { partition, after: this.next - 1, limit: PAGE });
      for (const event of events) {
        if (event.epoch !== this.options.epoch) this.refuseEpoch(event.epoch);
        if (!this.closed && !this.wrongEpoch && event.position === this.next) this.accept(event);
      }
      return events.length > 0;
    } catch (error) {
      logger.warn({ log, partition, error: error instanceof Error ? error.message : String(error) }, 'could not read the log; trying again');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      return !this.closed;
    }
  }

  private takeAhead(): void {
    for (const event of this.ahead) if (event.position === this.next) this.accept(event);
    this.ahead = this.ahead.filter((event) => event.position > this.next);
  }
}
