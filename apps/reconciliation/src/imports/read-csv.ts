/**
 * A CSV file of positions: a header with `asset` and `quantity`, in either order, and a line for each position. A file with other columns
 * is refused and not guessed at. A header alone is an account that holds nothing.
 */
import type { FieldError } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { CsvError, parse } from 'csv-parse/sync';
import type { StatedLine } from './stated-positions.decide.js';

const WANTED = ['asset', 'quantity'] as const;
/** As many positions as a request may name. */
const MAX_LINES = 5_000;

interface Row {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

export function readCsv(text: string): Result<StatedLine[], FieldError[]> {
  const parsed = recordsOf(text);
  if (!parsed.ok) return parsed;
  const [header, ...records] = parsed.value;
  const found = header?.record.map((name) => name.toLowerCase()) ?? [];
  if (found.length !== WANTED.length || WANTED.some((name) => !found.includes(name))) return refuse([{ field: 'csv', message: `the header must name the columns asset and quantity, separated by a comma, and no others; ${foundText(header)}` }]);
  if (records.length > MAX_LINES) return refuse([{ field: 'csv', message: `has ${records.length} positions; ${MAX_LINES} are accepted at the most` }]);
  const [asset, quantity] = WANTED.map((name) => found.indexOf(name)) as [number, number];
  const ragged = records.filter(({ record }) => record.length !== WANTED.length);
  if (ragged.length > 0) return refuse(ragged.map(({ record, info: { lines } }) => ({ field: `csv/${lines}`, message: `line ${lines}: has ${record.length === 1 ? 'one field' : `${record.length} fields`}; an asset and a quantity are wanted, and a field with a comma in it needs quotes` })));
  return ok(records.map(({ record, info: { lines } }) => ({ asset: record[asset] ?? '', quantity: record[quantity] ?? '', field: `csv/${lines}`, where: `line ${lines}: ` })));
}

function recordsOf(text: string): Result<Row[], FieldError[]> {
  try {
    return ok(parse(text, { bom: true, columns: false, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }) as unknown as Row[]);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as unknown as { lines?: number };
    return refuse([{ field: lines === undefined ? 'csv' : `csv/${lines}`, message: `${lines === undefined ? '' : `line ${lines}: `}cannot be read as CSV: ${REASONS[error.code] ?? 'a quote is not closed, or stands inside a field without being doubled'}` }]);
  }
}

const REASONS: Readonly<Record<string, string>> = { CSV_MAX_RECORD_SIZE: 'a line is too long' };

function foundText(header: Row | undefined): string {
  if (!header) return 'the file is empty';
  return `found ${header.record.slice(0, 20).map((name) => `"${name.slice(0, 40)}"`).join(', ')}`;
}
