/**
 * All partitions that this replica holds of what one projection or reactor reads: leases taken and renewed, checkpoints loaded,
 * sources opened and closed, and the heads of the logs asked for now and then, so that nothing depends on a message arriving.
 */
import type { NatsConnection } from '@nats-io/nats-core';
import type { EventEnvelope } from '@tidemark/contracts';
import { readLog } from '@tidemark/event-log';
import type { EventLogger } from '@tidemark/event-log';
import { releaseLeases, takeLeases } from '@tidemark/postgres';
import type { Database, LeaseOptions } from '@tidemark/postgres';
import { ensureCheckpoints, loadCheckpoints } from './checkpoint.js';
import { listen } from './live-hub.js';
import { PartitionSource } from './partition-source.js';
import { Silence } from './silence.js';

export interface FeedOptions {
  readonly name: string;
  readonly logs: readonly string[];
  readonly database: Database;
  readonly nats: NatsConnection;
  readonly logger: EventLogger;
  readonly partitions: number;
  readonly holder: string;
  readonly leaseMs: number;
  readonly headsMs: number;
}

interface Open {
  readonly source: PartitionSource;
  readonly stop: () => void;
}

/** Under load, batches start a few milliseconds apart, so that each carries more: a batch costs about the same for one event or for fifty. */
const ROUND_MS = 4;

export class Feed {
  private readonly silences = new Map<string, Silence>();
  private readonly open = new Map<string, Open>();
  private readonly timers: NodeJS.Timeout[] = [];
  private ring: () => void = () => undefined;
  private rung = false;
  private closed = false;
  private lastTake = Number.NEGATIVE_INFINITY;
  private renewing: Promise<void> = Promise.resolve();

  constructor(private readonly options: FeedOptions) {}

  async start(): Promise<void> {
    await ensureCheckpoints(this.options.database, this.options.name, this.options.logs, this.options.partitions);
    await this.renew();
    await this.askHeads();
    this.timers.push(setInterval(() => { this.renewing = this.renew(); }, this.options.leaseMs / 3));
    this.timers.push(setInterval(() => void this.askHeads(), this.options.headsMs));
  }

  /** Up to `most` events, a fair part from every partition; waits until there are some. Empty when closed. */
  async take(most: number): Promise<EventEnvelope[]> {
    const gather = this.lastTake + ROUND_MS - performance.now();
    if (gather > 0) await new Promise((resolve) => setTimeout(resolve, gather));
    while (!this.closed) {
      this.rung = false;
      const waiting = [...this.open.values()].map((one) => one.source).filter((source) => source.waiting > 0);
      if (waiting.length > 0) {
        this.lastTake = performance.now();
        const each = Math.max(1, Math.floor(most / waiting.length));
        return waiting.flatMap((source) => source.take(each));
      }
      if (!this.rung) await new Promise<void>((resolve) => { this.ring = resolve; });
    }
    return [];
  }

  /** Forgets what it read ahead of these partitions and starts again from their checkpoints. */
  async restart(events: readonly EventEnvelope[]): Promise<void> {
    for (const key of new Set(events.map((event) => `${event.source}/${event.partition}`))) this.shut(key);
    await this.renew();
    await this.askHeads();
  }

  get isClosed(): boolean {
    return this.closed;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    for (const key of [...this.open.keys()]) this.shut(key);
    this.wake();
    await this.renewing;
    await releaseLeases(this.lease());
  }

  private wake(): void {
    this.rung = true;
    this.ring();
  }

  private shut(key: string): void {
    const one = this.open.get(key);
    one?.stop();
    one?.source.close();
    this.open.delete(key);
  }

  private async renew(): Promise<void> {
    if (this.closed) return;
    const { name, logs, database, nats, logger } = this.options;
    try {
      const held = await takeLeases(this.lease());
      const wanted = new Set(logs.flatMap((log) => held.map((partition) => `${log}/${partition}`)));
      for (const key of [...this.open.keys()]) if (!wanted.has(key)) this.shut(key);
      if ([...wanted].every((key) => this.open.has(key))) return;
      for (const at of await loadCheckpoints(database, name)) {
        const key = `${at.log}/${at.partition}`;
        if (this.closed || !wanted.has(key) || this.open.has(key)) continue;
        const source = new PartitionSource({ nats, log: at.log, partition: at.partition, epoch: at.epoch, after: at.position, ready: () => this.wake(), logger });
        this.open.set(key, { source, stop: listen(nats, at.log, at.partition, (event, position) => source.heard(event, position)) });
      }
    } catch (error) {
      logger.warn({ projection: name, error: text(error) }, 'leases could not be renewed');
    }
  }

  private async askHeads(): Promise<void> {
    for (const log of this.options.logs) {
      if (this.closed) return;
      try {
        const { heads } = await readLog(this.options.nats, log, { after: 0, limit: 0 });
        for (const head of heads) this.open.get(`${log}/${head.partition}`)?.source.headIs(head.position);
        this.silenceOf(log).ended();
      } catch (error) {
        this.silenceOf(log).lasts(text(error));
      }
    }
  }

  private silenceOf(log: string): Silence {
    const known = this.silences.get(log) ?? new Silence(this.options.logger, { projection: this.options.name, log });
    this.silences.set(log, known);
    return known;
  }

  private lease(): LeaseOptions {
    const { database, name, holder, partitions, leaseMs } = this.options;
    return { client: database, schema: 'projection', group: `projection/${name}`, holder, parts: partitions, ttlMs: leaseMs };
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
