/** Everything that a user's live value is made of, for many users at once. */
import type { SqlClient } from '@tidemark/postgres';
import { decimal } from '@tidemark/money';
import type { HeldLine } from '../book/live-account.js';
import { ACCOUNT_COLUMNS, accountOf } from '../../projections/accounts/row.js';
import type { AccountRow, HistoryAccount } from '../../projections/accounts/row.js';
import { DEFAULT_SETTINGS } from '../../projections/settings/query.js';

export interface HeldSnapshot {
  readonly accountId: string;
  readonly currency: string;
  readonly capturedAt: string;
  readonly lines: readonly HeldLine[];
}

export interface ReadUser {
  readonly userId: string;
  readonly baseCurrency: string;
  readonly accounts: readonly HistoryAccount[];
  readonly held: ReadonlyMap<string, HeldSnapshot>;
  readonly fingerprint: string;
}

const FINGERPRINTS = `
  SELECT u.user_id, md5(concat_ws('|',
    (SELECT string_agg(concat_ws(':', a.account_id, a.currency, a.time_zone, a.changes), ',' ORDER BY a.account_id) FROM account a WHERE a.user_id = u.user_id),
    (SELECT string_agg(concat_ws(':', h.account_id, h.snapshot_id), ',' ORDER BY h.account_id) FROM held_snapshot h WHERE h.user_id = u.user_id),
    (SELECT string_agg(concat_ws(':', r.account_id, r.revision, r.last_day), ',' ORDER BY r.account_id) FROM history_head r WHERE r.user_id = u.user_id),
    (SELECT s.base_currency FROM user_settings s WHERE s.user_id = u.user_id))) AS fingerprint
  FROM unnest($1::text[]) AS u(user_id)`;

/** What would be read, in one word: a snapshot, a change of what counts, a revised or closed day, another base currency changes it. */
export async function readFingerprints(client: SqlClient, userIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ user_id: string; fingerprint: string }>(FINGERPRINTS, [userIds]);
  return new Map(rows.map((row) => [row.user_id, row.fingerprint]));
}

interface LineRow {
  readonly account_id: string;
  readonly user_id: string;
  readonly account_currency: string;
  readonly captured_at: string;
  readonly asset: string | null;
  readonly quantity: string;
  readonly multiplier: string;
  readonly currency: string;
  readonly stated: string | null;
  readonly price: string | null;
  readonly price_at: string | null;
  readonly counted_as_cash: boolean;
}

/** A row of `holding` has the account's currency where its line states none, as lines of manual accounts may: which it is, their snapshot says. */
const LINES = `
  SELECT s.account_id, s.user_id, s.currency AS account_currency, s.captured_at, h.asset, h.quantity, h.multiplier, h.currency, h.price, h.price_at, h.counted_as_cash,
    CASE WHEN a.provider = 'manual' THEN (SELECT c.lines -> h.line ->> 'currency' FROM captured_snapshot c WHERE c.snapshot_id = s.snapshot_id) ELSE h.currency END AS stated
  FROM held_snapshot s LEFT JOIN account a ON a.account_id = s.account_id LEFT JOIN holding h ON h.account_id = s.account_id WHERE s.user_id = ANY($1::text[]) ORDER BY s.account_id, h.line`;

export async function readUsers(client: SqlClient, userIds: readonly string[]): Promise<ReadUser[]> {
  // First, so that what changes meanwhile is seen by the next comparison.
  const fingerprints = await readFingerprints(client, userIds);
  const accounts = await client.query<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.user_id = ANY($1::text[]) ORDER BY a.account_id`, [userIds]);
  const settings = await client.query<{ user_id: string; base_currency: string }>('SELECT user_id, base_currency FROM user_settings WHERE user_id = ANY($1::text[])', [userIds]);
  const lines = await client.query<LineRow>(LINES, [userIds]);
  const byUser = Map.groupBy(accounts.rows.map(accountOf), (account) => account.userId);
  const base = new Map(settings.rows.map((row) => [row.user_id, row.base_currency]));
  const held = Map.groupBy(lines.rows, (row) => row.user_id);
  return userIds.map((userId) => ({
    userId,
    baseCurrency: base.get(userId) ?? DEFAULT_SETTINGS.baseCurrency,
    accounts: byUser.get(userId) ?? [],
    held: new Map([...Map.groupBy(held.get(userId) ?? [], (row) => row.account_id)].map(([accountId, rows]) => [accountId, snapshotOf(rows)])),
    fingerprint: fingerprints.get(userId) ?? '',
  }));
}

function snapshotOf(rows: readonly LineRow[]): HeldSnapshot {
  const first = rows[0] as LineRow;
  return { accountId: first.account_id, currency: first.account_currency, capturedAt: first.captured_at, lines: rows.flatMap((row) => (row.asset === null ? [] : [lineOf(row, row.asset)])) };
}

function lineOf(row: LineRow, asset: string): HeldLine {
  return {
    asset,
    quantity: decimal(row.quantity),
    multiplier: decimal(row.multiplier),
    currency: row.currency,
    stated: row.stated,
    price: row.price === null ? null : decimal(row.price),
    priceAt: row.price_at === null ? null : Date.parse(row.price_at),
    countedAsCash: row.counted_as_cash,
  };
}
