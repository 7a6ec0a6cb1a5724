/**
 * How Postgres values become JavaScript's, without a digit lost: int8 to number (positions and counts stay far below 2^53),
 * numeric to string, timestamptz to an RFC 3339 UTC string. Everything else as `pg` does it.
 */
import pg from 'pg';

const INT8 = 20;
const TIMESTAMPTZ = 1184;

const parsers = new Map<number, (text: string) => unknown>([
  [INT8, (text) => Number(text)],
  [TIMESTAMPTZ, (text) => new Date(text).toISOString()],
]);

export const wireTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    const own = format === 'binary' ? undefined : parsers.get(oid);
    return own ?? (pg.types.getTypeParser as (oid: number, format?: string) => (value: string) => unknown)(oid, format);
  },
};
