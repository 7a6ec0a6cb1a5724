/**
 * Account days as they are known at a revision, wherever they are stored. A block holds its whole month at its revision, a row one day:
 * for each day what has the greatest revision counts, and where a block and rows have the same revision (while a month is being
 * compacted) they say the same.
 */
import { dayNumber, dayOf } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { AccountDay, DayNumber } from '../reconstruction/model.js';
import { daysOf } from './day-columns.js';
import type { DayRow } from './day-rows.js';
import { dayOfRows } from './day-rows.js';
import { decodeMonth } from './month-block.js';
import { monthOf } from './partitions.js';

export const NEWEST = 2 ** 31 - 1;

export interface BlockRow {
  readonly account_id: string;
  readonly month: string;
  readonly revision: number;
  readonly block: Buffer;
}

/** Days of several accounts, each at the newest revision or, where one is named, as they were known at it. `reasons` are ids, for `readReasons`. */
export async function readAccountDays(client: SqlClient, accountIds: readonly string[], from: DayNumber, to: DayNumber, revision: number = NEWEST): Promise<Map<string, AccountDay[]>> {
  const stored = await readStoredDays(client, accountIds, from, to, revision);
  return new Map([...stored].map(([accountId, days]) => [accountId, [...days.values()].flatMap(({ day }) => (day ? [day] : [])).sort((a, b) => a.day - b.day)]));
}

/** What stands of a day, and since which revision; `day` is null where it was taken out of the history. */
export interface StoredDay {
  readonly revision: number;
  readonly day: AccountDay | null;
}

/** By account, then by day. Every account asked for is in the answer. */
export async function readStoredDays(client: SqlClient, accountIds: readonly string[], from: DayNumber, to: DayNumber, revision: number = NEWEST): Promise<Map<string, Map<DayNumber, StoredDay>>> {
  const blocks = await readBlocks(client, accountIds, from, to, revision);
  const rows = await readRows(client, accountIds, from, to, revision);
  const byAccount = new Map(accountIds.map((accountId) => [accountId, new Map<DayNumber, StoredDay>()]));
  for (const block of blocks) {
    const days = byAccount.get(block.account_id);
    for (const day of daysOf(decodeMonth(dayNumber(block.month), block.block))) if (day.day >= from && day.day <= to) days?.set(day.day, { revision: block.revision, day });
  }
  for (const [accountId, parts] of Map.groupBy(rows, (row) => row.account_id)) {
    const days = byAccount.get(accountId);
    for (const [day, ofDay] of Map.groupBy(parts, (row) => row.day)) {
      const at = (ofDay[0] as DayRow).revision;
      if (at >= (days?.get(day)?.revision ?? 0)) days?.set(day, { revision: at, day: dayOfRows(ofDay) });
    }
  }
  return byAccount;
}

/** The newest block of every month that the days touch, at most of `revision`. */
export async function readBlocks(client: SqlClient, accountIds: readonly string[], from: DayNumber, to: DayNumber, revision: number): Promise<BlockRow[]> {
  const { rows } = await client.query<BlockRow>(
    `SELECT DISTINCT ON (account_id, month) account_id, month::text, revision, block FROM account_month
     WHERE account_id = ANY($1::uuid[]) AND month BETWEEN $2 AND $3 AND revision <= $4
     ORDER BY account_id, month, revision DESC`,
    [accountIds, dayOf(monthOf(from)), dayOf(to), revision],
  );
  return rows;
}

/** As `DayRow` has them: days as whole numbers. */
export const DAY_COLUMNS = `account_id, day - date '1970-01-01' AS day, revision, securities, quality, origin, complete, cost_known, inflow_known, outflow_known, currency, value, cash, cost_basis, inflow, outflow, reasons`;

/** The rows of the newest revision of every day, at most of `revision`. */
export async function readRows(client: SqlClient, accountIds: readonly string[], from: DayNumber, to: DayNumber, revision: number): Promise<DayRow[]> {
  const { rows } = await client.query<DayRow>(
    `SELECT ${DAY_COLUMNS}
     FROM (SELECT d.*, max(revision) OVER (PARTITION BY account_id, day) AS newest FROM account_day d WHERE account_id = ANY($1::uuid[]) AND day BETWEEN $2 AND $3 AND revision <= $4) d
     WHERE revision = newest ORDER BY account_id, day, currency`,
    [accountIds, dayOf(from), dayOf(to), revision],
  );
  return rows;
}
