/**
 * Turns a closed month's rows into blocks. Three steps, each safe to repeat and to be interrupted in:
 *
 * 1. `open_from` moves past the month: whoever writes a day of it from now on writes a block, under a new revision. No row comes any more.
 * 2. Of every account, for each revision that rows have, the whole month as it was known at it becomes a block. Rows and blocks stand side
 *    by side meanwhile and say the same, and readers take either.
 * 3. When every row stands in a block the partition is dropped, whole, and `compacted_to` follows.
 */
import { dayNumber, dayOf } from '@tidemark/market';
import type { Database, SqlClient } from '@tidemark/postgres';
import type { AccountDay, DayNumber } from '../reconstruction/model.js';
import { columnsOf, daysOf } from './day-columns.js';
import { dayOfRows } from './day-rows.js';
import type { DayRow } from './day-rows.js';
import { insertBlocks } from './insert-days.js';
import type { NewBlock } from './insert-days.js';
import { decodeMonth, encodeMonth } from './month-block.js';
import { ensureMonthPartitions, moveCompactedTo, moveOpenFrom, nextMonth } from './partitions.js';
import { DAY_COLUMNS } from './read-days.js';

const BATCH = 1_000;

/** @param month its 1st; all earlier ones are compacted, and no day of it will be closed any more @returns how many blocks were written */
export async function compactMonth(database: Database, month: DayNumber, batch: number = BATCH): Promise<number> {
  const after = nextMonth(month);
  await ensureMonthPartitions(database, month, after - 1);
  await database.transaction((tx) => moveOpenFrom(tx, after));
  let written = 0;
  for (let last: string | null = null; ; ) {
    const ids = await nextIds(database, month, last, batch);
    if (ids.length === 0) break;
    written += await database.transaction((tx) => compactAccounts(tx, month, ids));
    last = ids.at(-1) as string;
  }
  await database.query('SELECT drop_day_partition($1)', [dayOf(month)]);
  await database.transaction((tx) => moveCompactedTo(tx, after));
  return written;
}

async function nextIds(client: SqlClient, month: DayNumber, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT account_id AS id FROM account_day WHERE day >= $1 AND day < $2 AND account_id > $3 GROUP BY account_id ORDER BY account_id LIMIT $4',
    [dayOf(month), dayOf(nextMonth(month)), after ?? '00000000-0000-0000-0000-000000000000', limit],
  );
  return rows.map((row) => row.id);
}

async function compactAccounts(tx: SqlClient, month: DayNumber, ids: readonly string[]): Promise<number> {
  const { rows } = await tx.query<DayRow>(`SELECT ${DAY_COLUMNS} FROM account_day WHERE account_id = ANY($1::uuid[]) AND day >= $2 AND day < $3 ORDER BY account_id, revision, day, currency`, [ids, dayOf(month), dayOf(nextMonth(month))]);
  const { rows: stored } = await tx.query<{ account_id: string; revision: number; block: Buffer }>('SELECT account_id, revision, block FROM account_month WHERE account_id = ANY($1::uuid[]) AND month = $2', [ids, dayOf(month)]);
  const blocks = Map.groupBy(stored, (one) => one.account_id);
  const fresh = [...Map.groupBy(rows, (row) => row.account_id)].flatMap(([accountId, own]) =>
    statesOf(own, (blocks.get(accountId) ?? []).map(({ revision, block }) => ({ revision, days: daysOf(decodeMonth(month, block)) })))
      .map(({ revision, days }): NewBlock => ({ accountId, month, revision, block: encodeMonth(month, columnsOf(days)) })),
  );
  return insertBlocks(tx, fresh);
}

interface State {
  readonly revision: number;
  readonly days: readonly AccountDay[];
}

/** Pure. The month as it was known at each revision that rows have. A block says everything at its revision; rows of later ones are laid over it. */
export function statesOf(rows: readonly DayRow[], blocks: readonly State[]): State[] {
  const byDay = [...Map.groupBy(rows, (row) => `${row.revision} ${row.day}`).values()].map((parts) => ({ revision: (parts[0] as DayRow).revision, number: (parts[0] as DayRow).day, day: dayOfRows(parts) }));
  const revisions = [...new Set(byDay.map((one) => one.revision))].sort((a, b) => a - b);
  return revisions.map((revision) => {
    const base = blocks.filter((block) => block.revision <= revision).sort((a, b) => b.revision - a.revision)[0];
    const days = new Map((base?.days ?? []).map((day): [DayNumber, AccountDay | null] => [day.day, day]));
    const over = byDay.filter((one) => one.revision <= revision && one.revision >= (base?.revision ?? 0)).sort((a, b) => a.revision - b.revision);
    for (const { number, day } of over) days.set(number, day);
    return { revision, days: [...days.values()].filter((day) => day !== null).sort((a, b) => a.day - b.day) };
  });
}

/** The first open month, where all of it is over for so long that nothing of it is closed or closed again. */
export async function monthToCompact(client: SqlClient, closedToAll: DayNumber, graceDays: number): Promise<DayNumber | null> {
  const { rows } = await client.query<{ compacted_to: string }>('SELECT compacted_to::text FROM history_open');
  const month = rows[0] ? dayNumber(rows[0].compacted_to) : null;
  return month !== null && closedToAll - graceDays >= nextMonth(month) - 1 ? month : null;
}
