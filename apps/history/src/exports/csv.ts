/**
 * Rows as CSV (RFC 4180: commas, CRLF, a header, quotes where they are needed; UTF-8 without a byte order mark), safe to open in a
 * spreadsheet: a text that would be taken for a formula gets an apostrophe before it (OWASP, "CSV Injection"). Names and descriptions come
 * from providers and from people, so any of them may be one. Amounts, days and ids are ours: a negative amount stays a number.
 * What is unknown is an empty cell.
 */
import { isDecimal } from '@tidemark/money';
import { stringify } from 'csv-stringify/sync';

export type Cell = string | boolean | null | undefined;

/** A column: its heading and what stands in it. The order of the list is the order of the file. */
export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => Cell;
}

/** What spreadsheets take for the start of a formula, the full-width forms of the same included. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

export function csvOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return stringify([columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ of }) => cell(of(row))))], { record_delimiter: '\r\n' });
}

/** The same columns as objects, unknown as null. */
export function jsonOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Record<string, string | boolean | null>[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name, of }) => [name, of(row) ?? null])));
}

function cell(value: Cell): string {
  if (value == null) return '';
  const text = String(value);
  const isNumber: boolean = isDecimal(text);
  return FORMULA.test(text) && !isNumber ? `'${text}` : text;
}
