/**
 * Several reads as one statement. A chart needs blocks, rows, flows and ranges of the same accounts, and going to Postgres costs more than
 * what any of them reads: each part is a query of one text, and all of them are answered in one row, at one instant.
 */
import type { SqlClient } from '@tidemark/postgres';

export interface ReadPart<T> {
  /** A query that gives one row of one text or null. @param parameter takes a value and names it, as `$3` */
  readonly sql: (parameter: (value: unknown) => string) => string;
  readonly of: (text: string | null) => T;
}

export type PartsRead<P extends readonly ReadPart<unknown>[]> = { [K in keyof P]: P[K] extends ReadPart<infer T> ? T : never };

/** @returns what each part gives, in their order */
export async function readTogether<const P extends readonly ReadPart<unknown>[]>(client: SqlClient, parts: P): Promise<PartsRead<P>> {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const columns = parts.flatMap((part, at) => (part === NOTHING ? [] : `(${part.sql(parameter)}) AS part_${at}`));
  const { rows } = columns.length === 0 ? { rows: [] } : await client.query<Record<string, string | null>>(`SELECT ${columns.join(', ')}`, values);
  return parts.map((part, at) => part.of(rows[0]?.[`part_${at}`] ?? null)) as PartsRead<P>;
}

const NOTHING: ReadPart<unknown> = { sql: () => 'NULL', of: () => [] };

/** Reads nothing: gives an empty list, without going to Postgres. */
export function nothing<T>(): ReadPart<T[]> {
  return NOTHING as ReadPart<T[]>;
}

/** A part that is a query of several columns: each of its rows as an array in JSON. Decimals are to be cast to text, or digits are lost. */
export function jsonRows<R extends readonly unknown[], T>(columns: readonly string[], from: (parameter: (value: unknown) => string) => string, order: string, rowOf: (row: R) => T): ReadPart<T[]> {
  return {
    sql: (parameter) => `SELECT json_agg(json_build_array(${columns.join(', ')}) ORDER BY ${order})::text FROM ${from(parameter)}`,
    of: (text) => (text === null ? [] : (JSON.parse(text) as R[]).map(rowOf)),
  };
}
