/**
 * The relay publishes what is committed, in order, once. One is active per (log, partition), by lease. It is woken by its own
 * process's commits and by the bus, and looks by itself every second. Events of a
 * batch go out pipelined; the next of a partition waits until they are acknowledged. After taking a partition over, or after a failure, it first asks the stream what it holds:
 * the server's window for duplicates is not relied on. A stream that lost events (deleted, rolled back) is filled again from the log.
 */
import { jetstream } from '@nats-io/jetstream';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { releaseLeases, takeLeases } from '@tidemark/postgres';
import type { LeaseOptions } from '@tidemark/postgres';
import type { EventLog } from './event-log.js';
import type { EventLogger } from './logger.js';
import { lastStored } from './last-stored.js';
import { ensureStreams } from './streams.js';
import { eventSubject } from './subjects.js';
import type { EventRow } from './stored-event.js';
import { onWake } from './wake.js';
import { wireText } from './wire.js';

export interface RelayOptions {
  readonly log: EventLog;
  readonly nats: NatsConnection;
  readonly logger: EventLogger;
  readonly holder: string;
  readonly replicas?: number;
  readonly leaseMs?: number;
  readonly pollMs?: number;
}

const BATCH_EACH = 500;
/** A lost acknowledgement costs so long and no more: the stream is asked what it holds. */
const ACK_MS = 2_000;
const RETRY_MS = 250;
const RECORD_MS = 1_000;
const ROUND_MS = 4;

export class Relay {
  /** Last position sent to the stream; absent where it has to be asked what it holds. */
  private readonly published = new Map<number, number>();
  private readonly dirty = new Set<number>();
  private readonly outstanding = new Set<Promise<void>>();
  /** Partitions with something sent and not acknowledged. */
  private readonly busy = new Set<number>();
  private readonly stored = new Map<number, Reached>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly stops: (() => void)[] = [];
  private readonly client: JetStreamClient;
  private manager: JetStreamManager | null = null;
  private held = new Set<number>();
  private pumping: Promise<void> | null = null;
  private closed = false;
  private lastRound = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: RelayOptions) {
    this.client = jetstream(options.nats, { timeout: ACK_MS });
  }

  async start(): Promise<void> {
    const { log, nats, leaseMs = 6_000, pollMs = 1_000 } = this.options;
    this.stops.push(log.onCommitted((appended) => this.wake(appended.positions.map((at) => at.partition))));
    this.stops.push(onWake(nats, log.name, (partitions) => this.wake(partitions)));
    await this.renew();
    void this.watchConnection();
    this.timers.push(setInterval(() => void this.renew(), leaseMs / 3));
    this.timers.push(setInterval(() => this.wake([...this.held]), pollMs));
    this.timers.push(setInterval(() => void this.record(), RECORD_MS));
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    for (const stop of this.stops) stop();
    await this.pumping;
    await Promise.all(this.outstanding);
    await this.record();
    await releaseLeases(this.lease());
  }

  private wake(partitions: readonly number[]): void {
    for (const partition of partitions) if (this.held.has(partition)) this.dirty.add(partition);
    if (this.pumping || this.closed || this.due().length === 0) return;
    this.pumping = this.pump().finally(() => {
      this.pumping = null;
      this.wake([]);
    });
  }

  /** A server that comes back may have lost its store, also of partitions in which nothing happens now: ask all of them. */
  private async watchConnection(): Promise<void> {
    for await (const { type } of this.options.nats.status()) {
      if (this.closed) return;
      if (type !== 'reconnect') continue;
      this.published.clear();
      this.wake([...this.held]);
    }
  }

  private async renew(): Promise<void> {
    if (this.closed) return;
    try {
      const now = new Set(await takeLeases(this.lease()));
      for (const partition of this.published.keys()) if (!now.has(partition)) this.published.delete(partition);
      const taken = [...now].filter((partition) => !this.held.has(partition));
      this.held = now;
      this.wake(taken);
    } catch (error) {
      this.options.logger.warn({ log: this.options.log.name, error: message(error) }, 'relay leases could not be renewed');
    }
  }

  private async pump(): Promise<void> {
    for (let partitions = this.due(); partitions.length > 0 && !this.closed; partitions = this.due()) {
      await this.gather();
      partitions = this.due();
      for (const partition of partitions) this.dirty.delete(partition);
      try {
        await this.learnPositions(partitions);
        await this.publishBatch(partitions);
      } catch (error) {
        this.askAgain(partitions, error);
      }
    }
  }

  /** Under load, rounds start a few milliseconds apart, so that each carries more: a round costs about the same for one event or for fifty. */
  private async gather(): Promise<void> {
    const wait = this.lastRound + ROUND_MS - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    this.lastRound = performance.now();
  }

  private due(): number[] {
    return [...this.dirty].filter((partition) => this.held.has(partition) && !this.busy.has(partition));
  }

  private async learnPositions(partitions: readonly number[]): Promise<void> {
    const unknown = partitions.filter((partition) => !this.published.has(partition));
    if (unknown.length === 0) return;
    const { log, nats, logger, replicas } = this.options;
    this.manager = await ensureStreams(nats, { partitions: log.partitions, ...(replicas ? { replicas } : {}) });
    const recorded = await log.database.query<{ partition: number; position: number }>('SELECT partition, position FROM log.relay WHERE partition = ANY($1::int[])', [unknown]);
    const before = new Map(recorded.rows.map((row) => [row.partition, row.position]));
    const heads = new Map((await log.heads()).map((head) => [head.partition, head]));
    for (const partition of unknown) {
      const stored = await lastStored(this.manager, partition, log.name);
      const head = heads.get(partition) ?? { partition, epoch: 1, position: 0 };
      const reached = stored.epoch === 0 || stored.epoch === head.epoch ? stored.position : await this.endOfEarlierEpochs(head);
      const lost = Math.min(before.get(partition) ?? 0, head.position) - reached;
      if (lost > 0) logger.warn({ log: log.name, partition, lost, position: reached }, 'the stream lost events; they are published again from the log');
      if (reached > head.position) logger.error({ log: log.name, partition, stream: reached, head: head.position }, 'the stream is ahead of the log: was the log restored without raising its epoch?');
      this.published.set(partition, Math.min(reached, head.position));
    }
  }

  /** A restored log goes on in a new epoch behind what the backup held; the streams hold what there was before. */
  private async endOfEarlierEpochs(head: { partition: number; epoch: number }): Promise<number> {
    const { rows } = await this.options.log.database.query<{ last: number }>('SELECT coalesce(max(position), 0) AS last FROM log.event WHERE partition = $1 AND epoch < $2', [head.partition, head.epoch]);
    return rows[0]?.last ?? 0;
  }

  /**
   * Sends what follows the last position sent. A partition waits for its acknowledgements, so that a lost message never has later
   * ones behind it in the stream; the others go on meanwhile.
   */
  private async publishBatch(partitions: readonly number[]): Promise<void> {
    const { log } = this.options;
    const rows = await log.readStored(partitions.map((partition) => ({ partition, position: this.published.get(partition) ?? 0 })), BATCH_EACH);
    if (rows.length === 0) return;
    const acknowledged = Promise.all(rows.map((row) => this.client.publish(eventSubject(row.partition, log.name, row.type), wireText(log, row), { msgID: row.id })));
    const reached = lastOfEach(rows);
    for (const { partition, position, count } of reached) {
      this.published.set(partition, position);
      if (count >= BATCH_EACH) this.dirty.add(partition);
    }
    for (const { partition } of reached) this.busy.add(partition);
    const settled: Promise<void> = acknowledged
      .then(() => reached.forEach((at) => this.stored.set(at.partition, at)), (error: unknown) => this.askAgain(reached.map((at) => at.partition), error))
      .finally(() => {
        this.outstanding.delete(settled);
        for (const { partition } of reached) this.busy.delete(partition);
        this.wake([]);
      });
    this.outstanding.add(settled);
  }

  /** Something sent may not be stored: what the stream really holds decides where to go on. */
  private askAgain(partitions: readonly number[], error: unknown): void {
    this.options.logger.warn({ log: this.options.log.name, error: message(error) }, 'relay could not publish; it asks the stream again and goes on');
    for (const partition of partitions) this.published.delete(partition);
    setTimeout(() => this.wake(partitions), RETRY_MS);
  }

  /** What the streams acknowledged, for operators and for telling a loss; nothing waits for it. */
  private async record(): Promise<void> {
    if (this.stored.size === 0) return;
    const reached = [...this.stored.values()];
    this.stored.clear();
    try {
      await this.options.log.database.query(
        `INSERT INTO log.relay (partition, epoch, position) SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[])
         ON CONFLICT (partition) DO UPDATE SET epoch = excluded.epoch, position = excluded.position, updated_at = now()`,
        [reached.map((at) => at.partition), reached.map((at) => at.epoch), reached.map((at) => at.position)],
      );
    } catch (error) {
      this.options.logger.warn({ log: this.options.log.name, error: message(error) }, 'what the relay has done could not be recorded; it tries again with the next');
    }
  }

  private lease(): LeaseOptions {
    const { log, holder, leaseMs = 6_000 } = this.options;
    return { client: log.database, schema: 'log', group: 'relay', holder, parts: log.partitions, ttlMs: leaseMs };
  }
}

interface Reached {
  readonly partition: number;
  readonly epoch: number;
  readonly position: number;
  readonly count: number;
}

function lastOfEach(rows: readonly EventRow[]): Reached[] {
  const last = new Map<number, Reached>();
  for (const { partition, epoch, position } of rows) {
    last.set(partition, { partition, epoch, position, count: (last.get(partition)?.count ?? 0) + 1 });
  }
  return [...last.values()];
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
