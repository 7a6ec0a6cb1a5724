/**
 * Runs one reactor: each event at least once, in order per key. What fails a few times in a row is parked, with what follows under
 * the same key, and tried again by itself, later and later: a service that is down for an hour costs an hour, not an event.
 * A reactor that takes a batch at once does so in the transaction of the checkpoint; where the batch fails, its events go one by one.
 */
import type { EventEnvelope } from '@tidemark/contracts';
import type { EventLogger } from '@tidemark/event-log';
import { isTransient } from '@tidemark/postgres';
import type { Database, SqlClient } from '@tidemark/postgres';
import { FencedOut, moveCheckpoints } from './checkpoint.js';
import { Feed } from './feed.js';
import type { FeedOptions } from './feed.js';
import { announceMove } from './moved.js';
import { FOLLOWS, park, parkedKeys, parkFollowers } from './parking.js';
import type { Parked } from './parking.js';
import { keyOf } from './projection.js';
import type { Reactor } from './projection.js';

const BATCH = 100;
const BATCH_AT_ONCE = 1_000;
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
    const most = this.reactor.reactAll ? BATCH_AT_ONCE : BATCH;
    for (let batch = await this.feed.take(most); batch.length > 0; batch = await this.feed.take(most)) {
      try {
        if (!(await this.handleAtOnce(batch))) await this.handle(batch);
        announceMove(this.database);
      } catch (error) {
        this.logger.warn({ reactor: this.reactor.name, error: text(error) }, error instanceof FencedOut ? error.message : 'a batch could not be finished; trying again');
        await new Promise((resolve) => setTimeout(resolve, 250));
        if (!this.feed.isClosed) await this.feed.restart(batch);
      }
    }
  }

  /** @returns false where that cannot be done, and nothing was */
  private async handleAtOnce(batch: readonly EventEnvelope[]): Promise<boolean> {
    const { reactor, database, logger } = this;
    if (!reactor.reactAll) return false;
    const work = async (tx: SqlClient): Promise<void> => {
      const parked = await moveCheckpoints(tx, reactor.name, batch);
      const mine = this.mine(batch);
      const free = parked > 0 ? await parkFollowers(tx, reactor, mine) : mine;
      if (free.length > 0) await reactor.reactAll?.(tx, free);
    };
    try {
      await (reactor.transaction ? reactor.transaction(work) : database.transaction(work));
      return true;
    } catch (error) {
      if (error instanceof FencedOut || isTransient(error)) throw error;
      logger.warn({ reactor: reactor.name, events: batch.length, error: text(error) }, 'a batch failed as a whole; its events are taken one by one');
      return false;
    }
  }

  private mine(batch: readonly EventEnvelope[]): readonly EventEnvelope[] {
    const { types } = this.reactor;
    return types ? batch.filter((event) => types.includes(event.type)) : batch;
  }

  private async handle(batch: readonly EventEnvelope[]): Promise<void> {
    const { name } = this.reactor;
    const mine = this.mine(batch);
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
