/**
 * Folds a batch of events into the rows of one table: reads the rows that the batch touches, folds in memory, writes them back, all
 * set-based. Three statements a batch, however many events and users it holds.
 */
import type { SqlClient } from '@tidemark/postgres';

export interface RowTable {
  readonly name: string;
  readonly key: string;
  /** Every column but the key. */
  readonly columns: readonly string[];
}

/** The rows as they stand; fold sets a row, or null to remove it. */
export async function foldRows<Row extends object>(tx: SqlClient, table: RowTable, keys: Iterable<string>, fold: (rows: Map<string, Row | null>) => void): Promise<void> {
  const wanted = [...new Set(keys)];
  if (wanted.length === 0) return;
  const { rows } = await tx.query<Row>(`SELECT * FROM ${table.name} WHERE ${table.key} = ANY($1::uuid[])`, [wanted]);
  const known = new Map<string, Row | null>(rows.map((row) => [String((row as Record<string, unknown>)[table.key]), row]));
  fold(known);
  const kept = [...known.values()].filter((row) => row !== null);
  const gone = [...known].filter(([, row]) => row === null).map(([key]) => key);
  if (kept.length > 0) await tx.query(upsert(table), [JSON.stringify(kept)]);
  if (gone.length > 0) await tx.query(`DELETE FROM ${table.name} WHERE ${table.key} = ANY($1::uuid[])`, [gone]);
}

function upsert({ name, key, columns }: RowTable): string {
  return `INSERT INTO ${name} (${[key, ...columns].join(', ')}) SELECT ${[key, ...columns].join(', ')} FROM jsonb_populate_recordset(null::${name}, $1::jsonb)
    ON CONFLICT (${key}) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`;
}
