/**
 * What cannot be applied is set aside with its cause, and so is what follows under the same key, so that the order within the key
 * holds while everybody else goes on. An operator retries or discards; a discard is remembered, so that a rebuild honours it.
 */
import type { EventEnvelope } from '@tidemark/contracts';
import type { Database, SqlClient } from '@tidemark/postgres';
import { keyOf } from './projection.js';
import type { Projection } from './projection.js';

export interface Parked {
  readonly projection: string;
  readonly key: string;
  readonly log: string;
  readonly epoch: number;
  readonly partition: number;
  readonly position: number;
  readonly event: EventEnvelope;
  readonly error: string;
  readonly attempts: number;
  readonly parked_at: string;
}

export const FOLLOWS = 'follows a parked event of the same key';

export async function park(client: SqlClient, projection: string, key: string, event: EventEnvelope, error: string): Promise<void> {
  await client.query(
    `INSERT INTO projection.parked (projection, key, log, epoch, partition, position, event, error)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    [projection, key, event.source, event.epoch, event.partition, event.position, JSON.stringify(event), error.slice(0, 4_000)],
  );
}

/** Which of these keys have something parked, in any of the projections. */
export async function parkedKeys(client: SqlClient, projections: readonly string[], keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ key: string }>('SELECT DISTINCT key FROM projection.parked WHERE projection = ANY($1::text[]) AND key = ANY($2::text[])', [projections, keys]);
  return new Set(rows.map((row) => row.key));
}

/** Parks what follows a parked event of the same key. @returns the events that may be applied */
export async function parkFollowers(client: SqlClient, projection: Pick<Projection, 'name' | 'parkingKey'>, events: readonly EventEnvelope[]): Promise<EventEnvelope[]> {
  const parked = await parkedKeys(client, [projection.name], [...new Set(events.map((event) => keyOf(projection, event)))]);
  const free: EventEnvelope[] = [];
  for (const event of events) {
    if (parked.has(keyOf(projection, event))) await park(client, projection.name, keyOf(projection, event), event, FOLLOWS);
    else free.push(event);
  }
  return free;
}

export async function listParked(client: SqlClient, projection?: string): Promise<Parked[]> {
  const { rows } = await client.query<Parked>(
    `SELECT projection, key, log, epoch, partition, position, event, error, attempts, parked_at FROM projection.parked
     WHERE $1::text IS NULL OR projection = $1 ORDER BY projection, key, log, partition, position LIMIT 1000`,
    [projection ?? null],
  );
  return rows;
}

/** Applies what is parked under a key, in order, all or nothing. @returns how many events were applied */
export async function retryParked(database: Database, projection: Projection, key: string): Promise<number> {
  return database.transaction(async (tx) => {
    const { rows } = await tx.query<Parked>('SELECT * FROM projection.parked WHERE projection = $1 AND key = $2 ORDER BY log, epoch, partition, position FOR UPDATE', [projection.name, key]);
    for (const row of rows) await projection.apply(tx, [row.event]);
    await tx.query('DELETE FROM projection.parked WHERE projection = $1 AND key = $2', [projection.name, key]);
    return rows.length;
  });
}

/** Gives up the first parked event of a key for good; what followed it stays parked until it is retried. */
export async function discardParked(database: Database, projection: string, key: string, reason: string): Promise<boolean> {
  return database.transaction(async (tx) => {
    const { rowCount } = await tx.query(
      `WITH first AS (
         DELETE FROM projection.parked p USING (SELECT ctid FROM projection.parked WHERE projection = $1 AND key = $2 ORDER BY log, epoch, partition, position LIMIT 1 FOR UPDATE) f
         WHERE p.ctid = f.ctid RETURNING p.*)
       INSERT INTO projection.discarded (projection, key, log, epoch, partition, position, event, error, reason)
       SELECT projection, key, log, epoch, partition, position, event, error, $3 FROM first`,
      [projection, key, reason],
    );
    return rowCount > 0;
  });
}
