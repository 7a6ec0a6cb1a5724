/** Accounts as they are answered: the list joined with the time of their newest snapshot and whether anything of theirs is parked. */
import type { connectionsRpc } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { parkedKeys } from '@tidemark/projections';
import { connectionStream, MANUAL, manualAccountStream } from '../../connection/connection.js';
import { pageAfter } from '../page.js';
import type { Page } from '../page.js';
import type { AccountRow } from './project.js';

type Joined = AccountRow & { readonly as_of: string | null } & Twin;

/** The account that one is a duplicate of, as far as it is gone. */
export interface Twin {
  readonly twin_gone_at: string | null;
}

const COLUMNS = `a.*, h.as_of, CASE WHEN t.status <> 'active' THEN coalesce(t.gone_at, t.discovered_at) END AS twin_gone_at
  FROM account_list a LEFT JOIN account_holdings h ON h.account_id = a.account_id LEFT JOIN account_list t ON t.account_id = a.duplicate_of AND t.user_id = a.user_id`;
const FOLDED = ['account-list', 'account-holdings'];

export async function findAccount(client: SqlClient, userId: string, accountId: string): Promise<connectionsRpc.Account | null> {
  const { rows } = await client.query<Joined>(`SELECT ${COLUMNS} WHERE a.user_id = $1 AND a.account_id = $2`, [userId, accountId]);
  return (await views(client, rows))[0] ?? null;
}

/** Which connection an account belongs to; for a manual account its own id. Null for other users' accounts. */
export async function findAccountRow(client: SqlClient, userId: string, accountId: string): Promise<AccountRow | null> {
  const { rows } = await client.query<AccountRow>('SELECT * FROM account_list WHERE user_id = $1 AND account_id = $2', [userId, accountId]);
  return rows[0] ?? null;
}

export async function pageOfAccounts(client: SqlClient, userId: string, page: Page): Promise<{ items: connectionsRpc.Account[]; nextCursor: string | null }> {
  const [seenAt = null, id = null] = page.after ?? [];
  const { rows } = await client.query<Joined>(
    `SELECT ${COLUMNS} WHERE a.user_id = $1 AND ($2::timestamptz IS NULL OR (a.first_seen_at, a.account_id) > ($2::timestamptz, $3::uuid)) ORDER BY a.first_seen_at, a.account_id LIMIT $4`,
    [userId, seenAt, id, page.limit + 1],
  );
  const { items, nextCursor } = pageAfter(rows, 'accounts', page.limit, (row) => [row.first_seen_at, row.account_id]);
  return { items: await views(client, items), nextCursor };
}

async function views(client: SqlClient, rows: readonly Joined[]): Promise<connectionsRpc.Account[]> {
  if (rows.length === 0) return [];
  const parked = await parkedKeys(client, FOLDED, [...new Set(rows.flatMap((row) => [streamOf(row), manualAccountStream(row.account_id)]))]);
  return rows.map((row) => accountView(row, row.as_of, parked.has(streamOf(row)) || parked.has(manualAccountStream(row.account_id))));
}

export function streamOf(row: Pick<AccountRow, 'provider' | 'account_id' | 'connection_id'>): string {
  return row.provider === MANUAL ? manualAccountStream(row.account_id) : connectionStream(row.connection_id);
}

/** Since when each of these accounts is gone; those that are there or that nobody knows are absent. */
export async function goneSince(client: SqlClient, userId: string, accountIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = accountIds.length === 0 ? { rows: [] } : await client.query<{ account_id: string; gone: string }>(`SELECT account_id, coalesce(gone_at, discovered_at) AS gone FROM account_list WHERE user_id = $1 AND account_id = ANY($2::uuid[]) AND status <> 'active'`, [userId, accountIds]);
  return new Map(rows.map((row) => [row.account_id, row.gone]));
}

export function accountView(row: Omit<AccountRow, 'user_id' | 'discovered_at' | 'first_seen_at' | 'duplicate_by' | 'gone_at'> & Twin, asOf: string | null, parked = false): connectionsRpc.Account {
  const manual = row.provider === MANUAL;
  return {
    id: row.account_id,
    connectionId: manual ? null : row.connection_id,
    institution: manual ? null : { id: row.institution_id, name: row.institution_name },
    provider: row.provider,
    type: row.details.type,
    subtype: row.details.subtype,
    name: row.display_name ?? row.details.name,
    mask: row.details.mask,
    currency: row.details.currency,
    capabilities: row.capabilities,
    duplicateOf: row.duplicate_of,
    countsFrom: row.twin_gone_at,
    countInTotals: row.count_in_totals,
    timeZone: row.time_zone,
    asOf,
    status: parked ? 'parked' : row.status,
  };
}
