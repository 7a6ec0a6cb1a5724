/** Adds blocks and rows, any number in one statement. */
import { dayOf } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber } from '../reconstruction/model.js';
import type { DayRow } from './day-rows.js';

export interface NewBlock {
  readonly accountId: string;
  readonly month: DayNumber;
  readonly revision: number;
  readonly block: Uint8Array;
}

export async function insertBlocks(tx: SqlClient, blocks: readonly NewBlock[]): Promise<number> {
  if (blocks.length === 0) return 0;
  const { rowCount } = await tx.query(
    `INSERT INTO account_month (account_id, month, revision, block) SELECT account_id, month, revision, decode(block, 'hex')
     FROM unnest($1::uuid[], $2::date[], $3::int[], $4::text[]) AS g(account_id, month, revision, block) ON CONFLICT DO NOTHING`,
    [blocks.map((one) => one.accountId), blocks.map((one) => dayOf(one.month)), blocks.map((one) => one.revision), blocks.map((one) => Buffer.from(one.block).toString('hex'))],
  );
  return rowCount;
}

const COLUMNS = ['account_id', 'day', 'revision', 'securities', 'quality', 'origin', 'complete', 'cost_known', 'inflow_known', 'outflow_known', 'currency', 'value', 'cash', 'cost_basis', 'inflow', 'outflow', 'reasons'] as const;
const TYPES = ['uuid', 'date', 'int', 'int', 'smallint', 'smallint', 'boolean', 'boolean', 'boolean', 'boolean', 'text', 'numeric', 'numeric', 'numeric', 'numeric', 'numeric', 'text'];
const INSERT_DAYS = `INSERT INTO account_day (${COLUMNS.join(', ')}) SELECT ${COLUMNS.map((column) => (column === 'reasons' ? 'reasons::int[]' : column)).join(', ')}
  FROM unnest(${TYPES.map((type, at) => `$${at + 1}::${type}[]`).join(', ')}) AS g(${COLUMNS.join(', ')})`;

export async function insertDays(tx: SqlClient, rows: readonly DayRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = COLUMNS.map((column) => {
    if (column === 'day') return rows.map((row) => dayOf(row.day));
    // A list of lists would have to be rectangular.
    if (column === 'reasons') return rows.map((row) => row.reasons && `{${row.reasons.join(',')}}`);
    return rows.map((row) => row[column]);
  });
  await tx.query(INSERT_DAYS, values);
}
