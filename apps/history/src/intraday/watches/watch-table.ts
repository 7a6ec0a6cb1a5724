/** Who is watched, in a table: a request reaches any replica, the one that computes the user reads it here, and so does the next one after a death. */
import type { liveRpc } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

export interface StoredWatch {
  readonly watchId: string;
  readonly userId: string;
  readonly partition: number;
  readonly account: string | null;
  readonly source: liveRpc.LiveValue['source'];
  /** Null: the user's base currency, whatever it comes to be. */
  readonly currency: string | null;
}

interface WatchRow {
  readonly watch_id: string;
  readonly user_id: string;
  readonly partition: number;
  readonly account_id: string | null;
  readonly source: liveRpc.LiveValue['source'];
  readonly currency: string | null;
}

const COLUMNS = 'watch_id, user_id, partition, account_id, source, currency';
const watchOf = (row: WatchRow): StoredWatch => ({ watchId: row.watch_id, userId: row.user_id, partition: row.partition, account: row.account_id, source: row.source, currency: row.currency });

/** @returns false where the id is another user's */
export async function storeWatch(client: SqlClient, watch: StoredWatch, leaseMs: number): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO intraday_watch AS held (${COLUMNS}, expires_at) VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval)
     ON CONFLICT (watch_id) DO UPDATE SET account_id = excluded.account_id, source = excluded.source, currency = excluded.currency, expires_at = excluded.expires_at WHERE held.user_id = excluded.user_id`,
    [watch.watchId, watch.userId, watch.partition, watch.account, watch.source, watch.currency, `${leaseMs} milliseconds`],
  );
  return rowCount === 1;
}

/** @returns the ids that had ended already */
export async function keepWatches(client: SqlClient, keep: readonly string[], end: readonly string[], leaseMs: number): Promise<string[]> {
  if (end.length > 0) await client.query('DELETE FROM intraday_watch WHERE watch_id = ANY($1::uuid[])', [end]);
  if (keep.length === 0) return [];
  const { rows } = await client.query<{ watch_id: string }>('UPDATE intraday_watch SET expires_at = now() + $2::interval WHERE watch_id = ANY($1::uuid[]) AND expires_at > now() RETURNING watch_id', [keep, `${leaseMs} milliseconds`]);
  const kept = new Set(rows.map((row) => row.watch_id));
  return keep.filter((watchId) => !kept.has(watchId));
}

export async function watchesOf(client: SqlClient, partitions: readonly number[]): Promise<StoredWatch[]> {
  const { rows } = await client.query<WatchRow>(`SELECT ${COLUMNS} FROM intraday_watch WHERE partition = ANY($1::int[]) AND expires_at > now()`, [partitions]);
  return rows.map(watchOf);
}

export async function watchesById(client: SqlClient, watchIds: readonly string[]): Promise<StoredWatch[]> {
  const { rows } = await client.query<WatchRow>(`SELECT ${COLUMNS} FROM intraday_watch WHERE watch_id = ANY($1::uuid[]) AND expires_at > now()`, [watchIds]);
  return rows.map(watchOf);
}
