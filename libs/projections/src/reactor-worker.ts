/**
 * Runs one reactor: each event at least once, in order per key. What fails a few times in a row is parked, with what follows under
 * the same key, and tried again by itself, later and later: a service that is down for an hour costs an hour, not an event.
 */
import type { EventEnvelope } from '@tidemark/contracts';
import type { EventLogger } from '@tidemark/event-log';
import type { Database } from '@tidemark/postgres';
import { FencedOut, moveCheckpoints } from './checkpoint.js';
import { Feed } from './feed.js';
import type { FeedOptions } from './feed.js';
import { announceMove } from './moved.js';
import { FOLLOWS, park, parkedKeys } from './parking.js';
import type { Parked } from './parking.js';
import { keyOf } from './projection.js';
import type { Reactor } from './projection.js';

const BATCH = 100;
const QUICK_TRIES_MS = [0, 100, 400];
const RETRY_EVERY_MS = 2_000;

export class ReactorWorker {
  private readonly feed: Feed;
  private running: Promise<void> = Promise.resolve();
  private retrying: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly reactor: Reactor,
    private readonly database: Database,
    private readonly logger: EventLogger,
    options: FeedOptions,
  ) {
    this.feed = new Feed(options);
  }

  async start(): Promise<void> {
    await this.feed.start();
    this.running = this.run();
    this.timer = setInterval(() => { this.retrying = this.retrying.then(() => this.retryParked()); }, RETRY_EVERY_MS);
  }

  async close(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.feed.close();
    await this.running;
    await this.retrying;
  }

  private async run(): Promise<void> {
    for (let batch = await this.feed.take(BATCH); batch.length > 0; batch = await this.feed.take(BATCH)) {
      try {
        await this.handle(batch);
        announceMove(this.database);
      } catch (error) {
        this.logger.warn({ reactor: this.reactor.name, error: text(error) }, error instanceof FencedOut ? error.message : 'a batch could not be finished; trying again');
        await new Promise((resolve) => setTimeout(resolve, 250));
        if (!this.feed.isClosed) await this.feed.restart(batch);
      }
    }
  }

  private async handle(batch: readonly EventEnvelope[]): Promise<void> {
    const { name, types } = this.reactor;
    const mine = types ? batch.filter((event) => types.includes(event.type)) : batch;
    const blocked = mine.length > 0 ? await parkedKeys(this.database, [name], [...new Set(mine.map((event) => keyOf(this.reactor, event)))]) : new Set<string>();
    const toPark: { key: string; event: EventEnvelope; error: string }[] = [];
    for (const event of mine) {
      const key = keyOf(this.reactor, event);
      const failed = blocked.has(key) ? FOLLOWS : await this.tryQuickly(event);
      if (failed === null) continue;
      blocked.add(key);
      toPark.push({ key, event, error: failed });
    }
    await this.database.transaction(async (tx) => {
      await moveCheckpoints(tx, name, batch);
      for (const { key, event, error } of toPark) await park(tx, name, key, event, error);
    });
  }

  /** @returns why it failed, or null where it did not */
  private async tryQuickly(event: EventEnvelope): Promise<string | null> {
    let failed = 'not tried';
    for (const wait of QUICK_TRIES_MS) {
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      try {
        await this.reactor.react(event);
        return null;
      } catch (error) {
        failed = text(error);
      }
    }
    this.logger.error({ reactor: this.reactor.name, type: event.type, log: event.source, partition: event.partition, position: event.position, error: failed }, 'a reaction failed; it will be tried again');
    return failed;
  }

  /** The first parked event of each key whose time has come; a success lets the next of its key follow at once. */
  private async retryParked(): Promise<void> {
    try {
      const { rows } = await this.database.query<Parked>(
        `SELECT * FROM (
           SELECT DISTINCT ON (key) * FROM projection.parked WHERE projection = $1 ORDER BY key, log, epoch, partition, position) first
         WHERE next_attempt_at <= now() LIMIT 100`,
        [this.reactor.name],
      );
      for (const row of rows) await this.retryOne(row);
    } catch (error) {
      this.logger.warn({ reactor: this.reactor.name, error: text(error) }, 'parked reactions could not be looked at');
    }
  }

  private async retryOne(row: Parked): Promise<void> {
    const where = [row.projection, row.log, row.epoch, row.partition, row.position];
    const identity = 'projection = $1 AND log = $2 AND epoch = $3 AND partition = $4 AND position = $5';
    try {
      await this.reactor.react(row.event);
      await this.database.query(`DELETE FROM projection.parked WHERE ${identity}`, where);
    } catch (error) {
      await this.database.query(
        `UPDATE projection.parked SET attempts = attempts + 1, error = $6, next_attempt_at = now() + least(3600, 2 ^ least(attempts, 12)) * interval '1 second' WHERE ${identity}`,
        [...where, text(error)],
      );
    }
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
