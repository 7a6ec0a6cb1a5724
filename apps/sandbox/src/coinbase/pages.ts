/** Pages by an opaque cursor, as Advanced Trade has them: a cursor of one list means nothing to another. */
import { CoinbaseError } from './coinbase-error.js';

export type CoinbaseQuery = Record<string, string | undefined>;

export function pageSize(query: CoinbaseQuery, preset: number, most: number): number {
  const text = query['limit'];
  if (text === undefined) return preset;
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1 || Number(text) > most) throw new CoinbaseError('argument', `limit must be from 1 to ${most}`);
  return Number(text);
}

/** Where the page begins, and how a cursor is written. */
export function afterCursor(query: CoinbaseQuery, list: string): { from: number; of: (from: number) => string } {
  const of = (from: number): string => Buffer.from(`${list}:${from}`).toString('base64url');
  const cursor = query['cursor'];
  if (cursor === undefined || cursor === '') return { from: 0, of };
  const from = new RegExp(`^${list}:(\\d{1,9})$`).exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (from === undefined) throw new CoinbaseError('argument', 'cursor is none of this list');
  return { from: Number(from), of };
}
