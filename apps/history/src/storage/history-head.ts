/** The newest revision of every account's history and the days that it reaches over. Whoever writes days of an account locks its head first. */
import { dayNumber, dayOf } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber } from '../reconstruction/model.js';

export interface HistoryHead {
  readonly accountId: string;
  readonly userId: string;
  /** 0: nothing is written yet. */
  readonly revision: number;
  readonly firstDay: DayNumber | null;
  readonly lastDay: DayNumber | null;
}

interface HeadRow {
  readonly account_id: string;
  readonly user_id: string;
  readonly revision: number;
  readonly first_day: string | null;
  readonly last_day: string | null;
}

const COLUMNS = 'account_id, user_id, revision, first_day::text, last_day::text';

function headOf(row: HeadRow): HistoryHead {
  return { accountId: row.account_id, userId: row.user_id, revision: row.revision, firstDay: row.first_day === null ? null : dayNumber(row.first_day), lastDay: row.last_day === null ? null : dayNumber(row.last_day) };
}

/** Locks the heads in one order, so that two writers wait for each other and never in a circle; makes those that are missing. */
export async function lockHeads(tx: SqlClient, accounts: readonly { readonly accountId: string; readonly userId: string }[]): Promise<Map<string, HistoryHead>> {
  const ids = accounts.map((one) => one.accountId);
  await tx.query('INSERT INTO history_head (account_id, user_id) SELECT * FROM unnest($1::uuid[], $2::text[]) AS g(account_id, user_id) ORDER BY account_id ON CONFLICT DO NOTHING', [ids, accounts.map((one) => one.userId)]);
  const { rows } = await tx.query<HeadRow>(`SELECT ${COLUMNS} FROM history_head WHERE account_id = ANY($1::uuid[]) ORDER BY account_id FOR UPDATE`, [ids]);
  return new Map(rows.map((row) => [row.account_id, headOf(row)]));
}

export async function readHeads(client: SqlClient, accountIds: readonly string[]): Promise<Map<string, HistoryHead>> {
  const { rows } = await client.query<HeadRow>(`SELECT ${COLUMNS} FROM history_head WHERE account_id = ANY($1::uuid[])`, [accountIds]);
  return new Map(rows.map((row) => [row.account_id, headOf(row)]));
}

export interface HeadMove {
  readonly accountId: string;
  readonly revision: number;
  readonly firstDay: DayNumber | null;
  readonly lastDay: DayNumber | null;
  readonly runId: string | null;
}

export async function moveHeads(tx: SqlClient, moves: readonly HeadMove[]): Promise<void> {
  const day = (one: DayNumber | null) => (one === null ? null : dayOf(one));
  await tx.query(
    `UPDATE history_head h SET revision = g.revision, first_day = g.first_day, last_day = g.last_day, run_id = coalesce(g.run_id, h.run_id)
     FROM unnest($1::uuid[], $2::int[], $3::date[], $4::date[], $5::uuid[]) AS g(account_id, revision, first_day, last_day, run_id) WHERE h.account_id = g.account_id`,
    [moves.map((one) => one.accountId), moves.map((one) => one.revision), moves.map((one) => day(one.firstDay)), moves.map((one) => day(one.lastDay)), moves.map((one) => one.runId)],
  );
}
