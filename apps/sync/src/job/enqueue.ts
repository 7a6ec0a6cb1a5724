/**
 * Puts a sync into the queue, or joins the one that the connection has open already. The unique partial index decides, so that two
 * replicas that are asked at once agree; whoever loses waits for the winner's commit and finds its sync.
 */
import type { SqlClient } from '@tidemark/postgres';
import type { SyncReason } from '../snapshot/build-snapshot.js';

export interface SyncRequest {
  readonly syncId: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly provider: string;
  readonly reason: SyncReason;
  readonly requestedAt: string;
  /** Present where a paid call was reserved for it in the same transaction. */
  readonly refreshCost?: { readonly amount: string; readonly currency: string };
}

export interface Enqueued {
  readonly syncId: string;
  readonly joined: boolean;
}

const TRIES = 5;

export async function enqueue(tx: SqlClient, request: SyncRequest): Promise<Enqueued> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const { rowCount } = await tx.query(
      `INSERT INTO sync_job (sync_id, connection_id, user_id, provider, reason, requested_at, refresh_state, refresh_cost)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [request.syncId, request.connectionId, request.userId, request.provider, request.reason, request.requestedAt, request.refreshCost ? 'reserved' : null, request.refreshCost ? JSON.stringify(request.refreshCost) : null],
    );
    if (rowCount > 0) return { syncId: request.syncId, joined: false };
    const joined = await join(tx, request);
    if (joined) return joined;
  }
  throw new Error(`connection ${request.connectionId} has an open sync that cannot be found`);
}

/** The newest of what is open for a connection. */
export async function openSync(client: SqlClient, connectionId: string): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(`SELECT sync_id AS id FROM sync_job WHERE connection_id = $1 AND status IN ('queued', 'running')`, [connectionId]);
  return rows[0]?.id ?? null;
}

/**
 * The next sync reads the whole range of transactions. Where one runs already, which may have asked for less, another follows it.
 * @returns whether a sync is open that will see to it
 */
export async function wantWhole(tx: SqlClient, { connectionId, userId }: Pick<SyncRequest, 'connectionId' | 'userId'>): Promise<boolean> {
  await tx.query('INSERT INTO connection_sync (connection_id, user_id, whole_wanted) VALUES ($1, $2, true) ON CONFLICT (connection_id) DO UPDATE SET whole_wanted = true', [connectionId, userId]);
  const { rowCount } = await tx.query(`UPDATE sync_job SET again = CASE WHEN status = 'running' THEN coalesce(again, 'on_demand') ELSE again END WHERE connection_id = $1 AND status IN ('queued', 'running')`, [connectionId]);
  return rowCount > 0;
}

async function join(tx: SqlClient, request: SyncRequest): Promise<Enqueued | null> {
  const { rows: same } = await tx.query(
    'SELECT 1 FROM sync_job WHERE sync_id = $1 UNION ALL SELECT 1 FROM sync_alias WHERE sync_id = $1', [request.syncId],
  );
  if (same.length > 0) return { syncId: request.syncId, joined: false };
  const { rows } = await tx.query<{ id: string }>(
    `UPDATE sync_job SET
       again = CASE WHEN status = 'running' AND $2 IN ('webhook', 'initial', 'reconnect') THEN $2 ELSE again END,
       -- A new permission ends the wait of a sync that failed with the old one.
       next_attempt_at = CASE WHEN status = 'queued' AND $2 IN ('initial', 'reconnect') THEN now() ELSE next_attempt_at END,
       attempt = CASE WHEN status = 'queued' AND $2 IN ('initial', 'reconnect') THEN 0 ELSE attempt END
     WHERE connection_id = $1 AND status IN ('queued', 'running') RETURNING sync_id AS id`,
    [request.connectionId, request.reason],
  );
  const open = rows[0]?.id;
  if (!open) return null;
  // The id was promised: whoever asks for it is shown the sync that it joined.
  if (request.reason === 'initial' || request.reason === 'reconnect') await tx.query('INSERT INTO sync_alias (sync_id, job_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [request.syncId, open]);
  return { syncId: open, joined: true };
}
