/**
 * Reads a file of prices: CSV with a header line, or JSON with a list of objects. Columns `symbol,date,close,currency` and, where wanted,
 * `split` (`2:1` on the first day of the new units) and `name`. All or nothing: a wrong line is named with its field, and nothing is read.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { refuse, ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { isDay } from '@tidemark/market';
import { isCurrency, isDecimal, isZero, parseDecimal } from '@tidemark/money';
import { parseLossless } from '@tidemark/providers';
import type { SourceClose, SourceSplit } from '../price-source.js';

export interface FileSeries {
  readonly currency: string;
  readonly name: string | null;
  readonly closes: readonly SourceClose[];
  readonly splits: readonly SourceSplit[];
}

type Row = Readonly<Record<string, unknown>>;
const NEEDED = ['symbol', 'date', 'close', 'currency'] as const;
const KNOWN: ReadonlySet<string> = new Set([...NEEDED, 'split', 'name']);
const SYMBOL = /^[A-Z0-9.\-^=/_]{1,60}$/;
const SPLIT = /^(\d+(?:\.\d+)?)[:/](\d+(?:\.\d+)?)$/;
/** A wrong file is usually wrong in every line. */
const MOST_PROBLEMS = 10;

/** @returns series by symbol, or what is wrong, line by line */
export function readPriceFile(text: string, format: 'csv' | 'json'): Result<ReadonlyMap<string, FileSeries>, readonly string[]> {
  const rows = format === 'csv' ? csvRows(text) : jsonRows(text);
  if (!rows.ok) return refuse([rows.error]);
  const problems: string[] = [];
  const series = new Map<string, { currency: string; name: string | null; closes: SourceClose[]; splits: SourceSplit[] }>();
  for (const { row, where } of rows.value) {
    const wrong = problemsOf(row);
    const symbol = String(row['symbol']);
    const known = series.get(symbol);
    if (known && wrong.length === 0 && known.currency !== row['currency']) wrong.push(`currency: ${symbol} is in ${known.currency} further up, and a symbol has one currency`);
    if (wrong.length > 0) {
      problems.push(...wrong.map((problem) => `${where}: ${problem}`));
      if (problems.length >= MOST_PROBLEMS) break;
      continue;
    }
    const one = known ?? { currency: String(row['currency']), name: null, closes: [], splits: [] };
    series.set(symbol, { ...one, name: one.name ?? textOf(row['name']) });
    one.closes.push({ day: String(row['date']), close: parseDecimal(String(row['close'])) as string });
    const split = SPLIT.exec(textOf(row['split']) ?? '');
    if (split) one.splits.push({ day: String(row['date']), numerator: split[1] as string, denominator: split[2] as string });
  }
  return problems.length > 0 ? refuse(problems.slice(0, MOST_PROBLEMS)) : ok(series);
}

function csvRows(text: string): Result<{ row: Row; where: string }[], string> {
  try {
    const lines = parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true, info: true }) as unknown as { record: Row; info: { lines: number } }[];
    return ok(lines.map(({ record, info }) => ({ row: record, where: `line ${info.lines}` })));
  } catch (error) {
    if (error instanceof CsvError) return refuse(`no CSV with a header line: ${error.message}`);
    throw error;
  }
}

function jsonRows(text: string): Result<{ row: Row; where: string }[], string> {
  const parsed = parseLossless(text);
  if (!parsed.ok) return refuse(parsed.error);
  if (!Array.isArray(parsed.value)) return refuse('a list of objects with symbol, date, close and currency is expected');
  return ok(parsed.value.map((row: unknown, index) => ({ row: row !== null && typeof row === 'object' ? (row as Row) : {}, where: `entry ${index + 1}` })));
}

function problemsOf(row: Row): string[] {
  const unknown = Object.keys(row).filter((field) => !KNOWN.has(field)).map((field) => `${field}: no such column; ${[...KNOWN].join(', ')} are`);
  const missing = NEEDED.filter((field) => textOf(row[field]) === null).map((field) => `${field}: is missing`);
  if (missing.length > 0) return [...unknown, ...missing];
  const close = parseDecimal(String(row['close']));
  const split = textOf(row['split']);
  return [
    ...unknown,
    ...(SYMBOL.test(String(row['symbol'])) ? [] : ['symbol: capital letters, digits and .-^=/_ are expected, such as BRK-B']),
    ...(isDay(String(row['date'])) ? [] : ['date: a day such as 2026-11-20 is expected']),
    ...(close !== null && isDecimal(close) ? [] : ['close: a number such as 187.32 is expected']),
    ...(isCurrency(String(row['currency'])) ? [] : ['currency: an ISO 4217 code such as USD is expected']),
    ...(split === null || goodSplit(split) ? [] : ['split: new units to old ones such as 2:1 are expected']),
  ];
}

function goodSplit(text: string): boolean {
  const split = SPLIT.exec(text);
  return split !== null && !isZero(split[1] as string) && !isZero(split[2] as string);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
