/**
 * The relay publishes what is committed, in order, once. One is active per (log, partition), by lease. It is woken by its own
 * process's commits and by the bus, and looks by itself every second. Events go out pipelined; the position moves on when the
 * stream has acknowledged them all. After taking a partition over, or after a failure, it first asks the stream what it holds:
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

export class Relay {
  /** Last position known to be in the stream; absent where it has to be asked for. */
  private readonly published = new Map<number, number>();
  private readonly dirty = new Set<number>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly stops: (() => void)[] = [];
  private readonly client: JetStreamClient;
  private manager: JetStreamManager | null = null;
  private held = new Set<number>();
  private pumping: Promise<void> | null = null;
  private closed = false;

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
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    for (const stop of this.stops) stop();
    await this.pumping;
    await releaseLeases(this.lease());
  }

  private wake(partitions: readonly number[]): void {
    for (const partition of partitions) if (this.held.has(partition)) this.dirty.add(partition);
    if (this.dirty.size > 0 && !this.pumping && !this.closed) {
      this.pumping = this.pump().finally(() => {
        this.pumping = null;
        if (this.dirty.size > 0) this.wake([]);
      });
    }
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
    while (this.dirty.size > 0 && !this.closed) {
      const partitions = [...this.dirty].filter((partition) => this.held.has(partition));
      this.dirty.clear();
      if (partitions.length === 0) return;
      try {
        await this.learnPositions(partitions);
        await this.publishBatch(partitions);
      } catch (error) {
        this.options.logger.warn({ log: this.options.log.name, error: message(error) }, 'relay could not publish; it asks the stream again and goes on');
        for (const partition of partitions) this.published.delete(partition);
        await new Promise((resolve) => setTimeout(resolve, 250));
        for (const partition of partitions) this.dirty.add(partition);
      }
    }
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

  private async publishBatch(partitions: readonly number[]): Promise<void> {
    const { log } = this.options;
    const rows = await log.readStored(partitions.map((partition) => ({ partition, position: this.published.get(partition) ?? 0 })), BATCH_EACH);
    if (rows.length === 0) return;
    await Promise.all(rows.map((row) => this.client.publish(eventSubject(row.partition, log.name, row.type), wireText(log, row), { msgID: row.id })));
    const reached = lastOfEach(rows);
    for (const { partition, position, count } of reached) {
      this.published.set(partition, position);
      if (count >= BATCH_EACH) this.dirty.add(partition);
    }
    await log.database.query(
      `INSERT INTO log.relay (partition, epoch, position) SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[])
       ON CONFLICT (partition) DO UPDATE SET epoch = excluded.epoch, position = excluded.position, updated_at = now()`,
      [reached.map((at) => at.partition), reached.map((at) => at.epoch), reached.map((at) => at.position)],
    );
  }

  private lease(): LeaseOptions {
    const { log, holder, leaseMs = 6_000 } = this.options;
    return { client: log.database, schema: 'log', group: 'relay', holder, parts: log.partitions, ttlMs: leaseMs };
  }
}

function lastOfEach(rows: readonly EventRow[]): { partition: number; epoch: number; position: number; count: number }[] {
  const last = new Map<number, { partition: number; epoch: number; position: number; count: number }>();
  for (const { partition, epoch, position } of rows) {
    last.set(partition, { partition, epoch, position, count: (last.get(partition)?.count ?? 0) + 1 });
  }
  return [...last.values()];
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
