/** A table as a document to be written to a file. Both formats have the same columns in the same order. */
import type { historyRpc } from '@tidemark/contracts';
import { csvOf, jsonOf } from './csv.js';
import type { Column } from './csv.js';

export interface Table<Row> {
  readonly of: 'history' | 'activities' | 'gains';
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly from: string | null;
  readonly to: string | null;
  readonly currency: string | null;
  readonly reasons: readonly historyRpc.HistoryReason[];
}

export function documentOf<Row>(format: 'csv' | 'json', table: Table<Row>): historyRpc.Export {
  const { of, columns, rows, from, to, currency, reasons } = table;
  const filename = `${['tidemark', of, ...[from, to].filter((day) => day !== null)].join('-')}.${format}`;
  if (format === 'csv') return { filename, contentType: 'text/csv; charset=utf-8; header=present', body: csvOf(columns, rows) };
  return { filename, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify({ of, from, to, currency, rows: jsonOf(columns, rows), reasons }, null, 2)}\n` };
}
