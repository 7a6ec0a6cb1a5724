/**
 * Reads of snapshots. `HOLDINGS` and `LATEST` are the hot ones: one round trip, one descent of the index `balance_snapshot_latest`
 * per account however many snapshots are stored; `hot-queries.int.spec.ts` keeps it so.
 */
import type { Account, BalanceLine, SnapshotSource } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { HeldSnapshot } from '../../valuation/value-account.js';
import { ACCOUNT_COLUMNS, accountOf } from '../accounts/row.js';
import type { AccountRow } from '../accounts/row.js';

/** The order of snapshots of one account, the latest first. */
const NEWEST_FIRST = 'ORDER BY s.captured_at DESC, s.epoch DESC, s.position DESC';
const WHOLE = `s.snapshot_id, s.account_id, s.user_id, s.connection_id, s.provider, s.source, s.currency, s.captured_at, s.recorded_at, s.provider_as_of,
  s.total_balance, s.total_available, s.total_holdings, s.total_cash, s.balances, s.provider_metadata, s.epoch, s.position`;

const latestOf = (columns: string, until: string) => `(
    SELECT ${columns} FROM balance_snapshot s WHERE s.account_id = a.account_id AND s.captured_at <= ${until} ${NEWEST_FIRST} LIMIT 1)`;
const WORTH = 's.snapshot_id, s.captured_at, s.currency, s.total_balance, s.balances';

/** Every account of a user ($1) with its latest snapshot until $2 and, where that is another, the one until $3. */
export const HOLDINGS = `
  SELECT u.base_currency, ${ACCOUNT_COLUMNS},
    s.snapshot_id, s.captured_at, s.currency, s.total_balance, s.balances,
    p.snapshot_id AS p_snapshot_id, p.captured_at AS p_captured_at, p.currency AS p_currency, p.total_balance AS p_total_balance,
    CASE WHEN p.snapshot_id <> s.snapshot_id THEN p.balances END AS p_balances
  FROM (SELECT $1::text AS user_id) me
  LEFT JOIN user_settings u ON u.user_id = me.user_id
  LEFT JOIN account a ON a.user_id = me.user_id
  LEFT JOIN LATERAL ${latestOf(WORTH, '$2::timestamptz')} s ON true
  LEFT JOIN LATERAL ${latestOf(WORTH, '$3::timestamptz')} p ON true
  ORDER BY a.account_id`;

/**
 * An account's snapshots are all one user's. The user is compared outside: beside the account, the planner would take the two for
 * independent, expect almost no row, and read every snapshot of the account to sort them.
 */
const ofUser = (rows: string) => `SELECT s.* FROM (${rows}) s WHERE s.user_id = $2 ${NEWEST_FIRST}`;

/** The latest snapshot of one account ($1) of a user ($2) until $3. */
export const LATEST = ofUser(`SELECT ${WHOLE} FROM balance_snapshot s WHERE s.account_id = $1 AND s.captured_at <= $3::timestamptz ${NEWEST_FIRST} LIMIT 1`);

const BALANCES = `
  SELECT l.*, ${ACCOUNT_COLUMNS}
  FROM account a LEFT JOIN LATERAL ${latestOf(WHOLE, '$2::timestamptz')} l ON true WHERE a.user_id = $1 ORDER BY a.account_id`;

/** A page of an account's ($1) snapshots of a user ($2). */
export const PAGE = ofUser(`
  SELECT ${WHOLE} FROM balance_snapshot s
  WHERE s.account_id = $1 AND s.captured_at > $3::timestamptz AND s.captured_at <= $4::timestamptz
    AND ($5::text IS NULL OR s.source = $5) AND (s.captured_at, s.epoch, s.position) < ($6::timestamptz, $7::int, $8::bigint)
  ${NEWEST_FIRST} LIMIT $9`);

/** No instant is later. */
export const LATEST_OF_ALL = 'infinity';

export interface SnapshotRow {
  readonly snapshot_id: string;
  readonly account_id: string;
  readonly connection_id: string | null;
  readonly provider: string;
  readonly source: SnapshotSource;
  readonly currency: string;
  readonly captured_at: string;
  readonly recorded_at: string;
  readonly provider_as_of: string | null;
  readonly total_balance: string | null;
  readonly total_available: string | null;
  readonly total_holdings: string | null;
  readonly total_cash: string | null;
  readonly balances: BalanceLine[];
  readonly provider_metadata: Record<string, unknown>;
  readonly epoch: number;
  readonly position: number;
}

type HoldingRow = { [K in keyof AccountRow]: AccountRow[K] | null } & {
  readonly base_currency: string | null;
  readonly snapshot_id: string | null; readonly captured_at: string; readonly currency: string; readonly total_balance: string | null; readonly balances: BalanceLine[];
  readonly p_snapshot_id: string | null; readonly p_captured_at: string; readonly p_currency: string; readonly p_total_balance: string | null; readonly p_balances: BalanceLine[] | null;
};

export interface StoredHoldings {
  /** As the user set it; null where they did not. */
  readonly baseCurrency: string | null;
  readonly accounts: readonly { readonly account: Account; readonly snapshot: HeldSnapshot | null; readonly previous: HeldSnapshot | null }[];
}

export async function readHoldings(client: SqlClient, userId: string, until: string, previousClose: string): Promise<StoredHoldings> {
  const { rows } = await client.query<HoldingRow>(HOLDINGS, [userId, until, previousClose]);
  return {
    baseCurrency: rows[0]?.base_currency ?? null,
    accounts: rows.filter((row) => row.account_id !== null).map((row) => ({ account: accountOf(row as unknown as AccountRow), snapshot: snapshotOf(row), previous: previousOf(row) })),
  };
}

function snapshotOf(row: HoldingRow): HeldSnapshot | null {
  if (row.snapshot_id === null) return null;
  return { snapshotId: row.snapshot_id, capturedAt: row.captured_at, currency: row.currency, balance: row.total_balance, balances: row.balances };
}

function previousOf(row: HoldingRow): HeldSnapshot | null {
  if (row.p_snapshot_id === null) return null;
  return { snapshotId: row.p_snapshot_id, capturedAt: row.p_captured_at, currency: row.p_currency, balance: row.p_total_balance, balances: row.p_balances ?? row.balances };
}

export async function readLatest(client: SqlClient, accountId: string, userId: string, until: string): Promise<SnapshotRow | null> {
  const { rows } = await client.query<SnapshotRow>(LATEST, [accountId, userId, until]);
  return rows[0] ?? null;
}

export async function readBalances(client: SqlClient, userId: string, until: string): Promise<{ account: Account; snapshot: SnapshotRow | null }[]> {
  const { rows } = await client.query<AccountRow & SnapshotRow>(BALANCES, [userId, until]);
  return rows.map((row) => ({ account: accountOf(row), snapshot: (row.snapshot_id as string | null) === null ? null : row }));
}

/** As the user set it; null where they did not. */
export async function readBaseCurrency(client: SqlClient, userId: string): Promise<string | null> {
  const { rows } = await client.query<{ base_currency: string }>('SELECT base_currency FROM user_settings WHERE user_id = $1', [userId]);
  return rows[0]?.base_currency ?? null;
}

export interface PageRequest {
  readonly accountId: string;
  readonly userId: string;
  readonly after: string;
  readonly until: string;
  readonly source: string | null;
  /** The last one of the page before. */
  readonly cursor: { readonly capturedAt: string; readonly epoch: number; readonly position: number } | null;
  readonly limit: number;
}

/** Newest first; one more than `limit` where there are more. */
export async function readPage(client: SqlClient, request: PageRequest): Promise<SnapshotRow[]> {
  const { cursor } = request;
  const from = [cursor?.capturedAt ?? LATEST_OF_ALL, cursor?.epoch ?? 0, cursor?.position ?? 0];
  const { rows } = await client.query<SnapshotRow>(PAGE, [request.accountId, request.userId, request.after, request.until, request.source, ...from, request.limit + 1]);
  return rows;
}
