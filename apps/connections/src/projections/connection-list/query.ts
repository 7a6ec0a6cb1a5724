/** Connections as they are answered: the list joined with how their syncs go. */
import type { connectionsRpc } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { ConnectionSyncRow } from '../connection-sync/project.js';
import { pageAfter } from '../page.js';
import type { Page } from '../page.js';
import type { ConnectionRow } from './project.js';

type Joined = ConnectionRow & Pick<ConnectionSyncRow, 'last_sync_at' | 'last_error'> & { readonly refreshes: ConnectionSyncRow['refreshes'] | null };

const COLUMNS = 'c.*, s.last_sync_at, s.last_error, s.refreshes FROM connection_list c LEFT JOIN connection_sync s ON s.connection_id = c.connection_id';
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Providers where a refresh is free again some time after the newest one; others bill each and never refuse. */
const FREE_AGAIN_AFTER_MS: Readonly<Record<string, number>> = { plaid: DAY_MS };

export async function findConnection(client: SqlClient, userId: string, connectionId: string, now: number): Promise<connectionsRpc.Connection | null> {
  const { rows } = await client.query<Joined>(`SELECT ${COLUMNS} WHERE c.user_id = $1 AND c.connection_id = $2`, [userId, connectionId]);
  return rows[0] ? connectionView(rows[0], now) : null;
}

export async function pageOfConnections(client: SqlClient, userId: string, page: Page, now: number): Promise<{ items: connectionsRpc.Connection[]; nextCursor: string | null }> {
  const [createdAt = null, id = null] = page.after ?? [];
  const { rows } = await client.query<Joined>(
    `SELECT ${COLUMNS} WHERE c.user_id = $1 AND ($2::timestamptz IS NULL OR (c.created_at, c.connection_id) > ($2::timestamptz, $3::uuid)) ORDER BY c.created_at, c.connection_id LIMIT $4`,
    [userId, createdAt, id, page.limit + 1],
  );
  const { items, nextCursor } = pageAfter(rows, 'connections', page.limit, (row) => [row.created_at, row.connection_id]);
  return { items: items.map((row) => connectionView(row, now)), nextCursor };
}

/** @param now milliseconds since the epoch */
export function connectionView(row: Joined, now: number): connectionsRpc.Connection {
  const newest = row.refreshes?.at(-1);
  const window = FREE_AGAIN_AFTER_MS[row.provider];
  const free = newest === undefined || window === undefined ? null : Date.parse(newest.at) + window;
  return {
    id: row.connection_id,
    institutionId: row.institution_id,
    institutionName: row.institution_name,
    provider: row.provider,
    status: row.status,
    routing: { reason: row.routing.reason, alternatives: [...row.routing.alternatives] },
    createdAt: row.created_at,
    lastSyncAt: row.last_sync_at,
    lastError: row.last_error ? { ...row.last_error } : null,
    nextFreeRefreshAt: free !== null && free > now ? new Date(free).toISOString() : null,
    staleness: row.last_sync_at === null ? null : Math.max(0, Math.floor((now - Date.parse(row.last_sync_at)) / 1_000)),
  };
}
