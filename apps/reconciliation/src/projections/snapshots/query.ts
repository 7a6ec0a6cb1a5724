/** Reads of snapshots, of accounts whose owner the caller has checked. */
import type { SqlClient } from '@tidemark/postgres';
import type { HeldLine } from './held-line.js';

export interface SnapshotHead {
  readonly snapshotId: string;
  readonly accountId: string;
  readonly capturedAt: string;
  readonly providerAsOf: string | null;
  readonly currency: string;
}

export interface HeldSnapshot extends SnapshotHead {
  readonly lines: readonly HeldLine[];
}

const HEAD = 's.snapshot_id AS "snapshotId", s.account_id AS "accountId", s.captured_at AS "capturedAt", s.provider_as_of AS "providerAsOf", s.currency';
const ORDER = 's.captured_at, s.epoch, s.position';
const NEWEST = 's.captured_at DESC, s.epoch DESC, s.position DESC';
/** By index, one row an account: years of snapshots lie behind it. */
const oneEach = (order: string) => `SELECT o.* FROM unnest($1::uuid[]) AS a(id) CROSS JOIN LATERAL (SELECT ${HEAD}, s.lines FROM captured_snapshot s WHERE s.account_id = a.id ORDER BY ${order} LIMIT 1) o`;

/** The account's first snapshot. */
export async function firstSnapshots(client: SqlClient, accountIds: readonly string[]): Promise<HeldSnapshot[]> {
  const { rows } = await client.query<HeldSnapshot>(oneEach(ORDER), [accountIds]);
  return rows;
}

export async function snapshotsById(client: SqlClient, snapshotIds: readonly string[]): Promise<HeldSnapshot[]> {
  const { rows } = await client.query<HeldSnapshot>(`SELECT ${HEAD}, s.lines FROM captured_snapshot s WHERE s.snapshot_id = ANY($1::uuid[])`, [snapshotIds]);
  return rows;
}

/** The newest one captured at an instant or before, where it was captured after another. */
export async function newestSnapshot(client: SqlClient, accountId: string, after: string, until: string): Promise<HeldSnapshot | null> {
  const { rows } = await client.query<HeldSnapshot>(`SELECT ${HEAD}, s.lines FROM captured_snapshot s WHERE s.account_id = $1 AND s.captured_at > $2 AND s.captured_at <= $3 ORDER BY ${NEWEST} LIMIT 1`, [accountId, after, until]);
  return rows[0] ?? null;
}

/** Oldest first, the newest `limit` of those after an instant until another. */
export async function snapshotsAfter(client: SqlClient, accountId: string, after: string, until: string, limit = 500): Promise<HeldSnapshot[]> {
  const { rows } = await client.query<HeldSnapshot>(`SELECT ${HEAD}, s.lines FROM captured_snapshot s WHERE s.account_id = $1 AND s.captured_at > $2 AND s.captured_at <= $3 ORDER BY ${NEWEST} LIMIT $4`, [accountId, after, until, limit]);
  return rows.reverse();
}

/** The newest one of each account. */
export async function newestSnapshots(client: SqlClient, accountIds: readonly string[]): Promise<HeldSnapshot[]> {
  const { rows } = await client.query<HeldSnapshot>(oneEach(NEWEST), [accountIds]);
  return rows;
}
