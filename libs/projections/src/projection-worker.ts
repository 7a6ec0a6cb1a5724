/**
 * Applies one projection's events: batch by batch, effects and checkpoint in one transaction. A batch that fails is applied again
 * event by event behind savepoints, so that one bad event is parked and not its neighbours. Passing faults are waited out.
 */
import type { EventEnvelope } from '@tidemark/contracts';
import type { EventLogger } from '@tidemark/event-log';
import { isTransient } from '@tidemark/postgres';
import type { Database, SqlClient } from '@tidemark/postgres';
import { FencedOut, moveCheckpoints } from './checkpoint.js';
import { Feed } from './feed.js';
import type { FeedOptions } from './feed.js';
import { announceMove } from './moved.js';
import { FOLLOWS, park, parkFollowers } from './parking.js';
import { keyOf } from './projection.js';
import type { Projection } from './projection.js';

export const BATCH = 1_000;
const BACKOFF_MS = [50, 100, 250, 500, 1_000, 2_000];

export class ProjectionWorker {
  private readonly feed: Feed;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly projection: Projection,
    private readonly database: Database,
    private readonly logger: EventLogger,
    options: FeedOptions,
  ) {
    this.feed = new Feed(options);
  }

  async start(): Promise<void> {
    await this.feed.start();
    this.running = this.run();
  }

  async close(): Promise<void> {
    await this.feed.close();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let batch = await this.feed.take(BATCH); batch.length > 0; batch = await this.feed.take(BATCH)) {
      await this.applyUntilDone(batch);
    }
  }

  private async applyUntilDone(batch: readonly EventEnvelope[]): Promise<void> {
    for (let attempt = 0; !this.feed.isClosed || attempt === 0; attempt += 1) {
      try {
        await this.applyBatch(batch);
        announceMove(this.database);
        return;
      } catch (error) {
        if (error instanceof FencedOut) {
          this.logger.info({ projection: this.projection.name }, error.message);
          await this.feed.restart(batch);
          return;
        }
        this.logger.warn({ projection: this.projection.name, attempt, error: text(error) }, 'a batch could not be applied; trying again');
        await new Promise((resolve) => setTimeout(resolve, BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length - 1)]));
      }
    }
  }

  private async applyBatch(batch: readonly EventEnvelope[]): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        const free = await this.advance(tx, batch);
        if (free.length > 0) await this.projection.apply(tx, free);
      });
    } catch (error) {
      if (error instanceof FencedOut || isTransient(error)) throw error;
      await this.database.transaction((tx) => this.applyOneByOne(tx, batch));
    }
  }

  private async advance(tx: SqlClient, batch: readonly EventEnvelope[]): Promise<readonly EventEnvelope[]> {
    const parked = await moveCheckpoints(tx, this.projection.name, batch);
    return parked > 0 ? parkFollowers(tx, this.projection, batch) : batch;
  }

  private async applyOneByOne(tx: SqlClient, batch: readonly EventEnvelope[]): Promise<void> {
    const held = new Set<string>();
    for (const event of await this.advance(tx, batch)) {
      const key = keyOf(this.projection, event);
      if (held.has(key)) await park(tx, this.projection.name, key, event, FOLLOWS);
      else if (!(await this.tryOne(tx, event, key))) held.add(key);
    }
  }

  /** @returns false where the event was parked */
  private async tryOne(tx: SqlClient, event: EventEnvelope, key: string): Promise<boolean> {
    await tx.query('SAVEPOINT one');
    try {
      await this.projection.apply(tx, [event]);
      await tx.query('RELEASE SAVEPOINT one');
      return true;
    } catch (error) {
      if (isTransient(error)) throw error;
      await tx.query('ROLLBACK TO SAVEPOINT one');
      await park(tx, this.projection.name, key, event, text(error));
      this.logger.error({ projection: this.projection.name, key, type: event.type, log: event.source, partition: event.partition, position: event.position, error: text(error) }, 'an event was parked');
      return false;
    }
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
