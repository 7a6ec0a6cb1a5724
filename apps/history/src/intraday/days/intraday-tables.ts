/** Reads and writes of the live days and bars: set-based, and joined with what stands there, so that two replicas that overlap for a moment harm nothing. */
import { dayNumber, dayOf } from '@tidemark/market';
import { decimal } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import type { DayRecord } from '../book/day-track.js';

/** `series`: an account's id, or a scope of a user's accounts. */
export interface StoredIntraday extends DayRecord {
  readonly series: string;
  readonly userId: string;
  readonly accountId: string | null;
  readonly currency: string;
  readonly previousClose: string | null;
  /** The market's day is over: what stands there is its last value. */
  readonly closed: boolean;
}

const WRITE_DAYS = `
  INSERT INTO intraday_day AS held (series, day, currency, user_id, account_id, open, high, low, last, open_at, last_at, previous_close, closed)
  SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::uuid[], $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[], $10::timestamptz[], $11::timestamptz[], $12::numeric[], $13::boolean[])
  ON CONFLICT (series, day, currency) DO UPDATE SET
    open = CASE WHEN excluded.open_at < held.open_at THEN excluded.open ELSE held.open END,
    open_at = least(held.open_at, excluded.open_at),
    high = greatest(held.high, excluded.high), low = least(held.low, excluded.low),
    last = CASE WHEN excluded.last_at >= held.last_at THEN excluded.last ELSE held.last END,
    last_at = greatest(held.last_at, excluded.last_at),
    previous_close = coalesce(excluded.previous_close, held.previous_close),
    closed = held.closed OR excluded.closed`;

export async function writeDays(client: SqlClient, rows: readonly StoredIntraday[]): Promise<void> {
  if (rows.length === 0) return;
  const of = <T>(pick: (row: StoredIntraday) => T) => rows.map(pick);
  await client.query(WRITE_DAYS, [
    of((row) => row.series), of((row) => dayOf(row.day)), of((row) => row.currency), of((row) => row.userId), of((row) => row.accountId), of((row) => row.open), of((row) => row.high),
    of((row) => row.low), of((row) => row.last), of((row) => row.openAt), of((row) => row.lastAt), of((row) => row.previousClose), of((row) => row.closed),
  ]);
}

interface DayRow {
  readonly series: string;
  readonly day: string;
  readonly currency: string;
  readonly user_id: string;
  readonly account_id: string | null;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly last: string;
  readonly open_at: string;
  readonly last_at: string;
  readonly previous_close: string | null;
  readonly closed: boolean;
}

/** Live days of users from `from` on. */
export async function readDays(client: SqlClient, userIds: readonly string[], from: number): Promise<StoredIntraday[]> {
  const { rows } = await client.query<DayRow>('SELECT series, day::text, currency, user_id, account_id, open, high, low, last, open_at, last_at, previous_close, closed FROM intraday_day WHERE user_id = ANY($1::text[]) AND day >= $2', [userIds, dayOf(from)]);
  return rows.map((row) => ({
    series: row.series, day: dayNumber(row.day), currency: row.currency, userId: row.user_id, accountId: row.account_id,
    open: decimal(row.open), high: decimal(row.high), low: decimal(row.low), last: decimal(row.last), openAt: row.open_at, lastAt: row.last_at,
    previousClose: row.previous_close === null ? null : decimal(row.previous_close), closed: row.closed,
  }));
}

/** Five minutes of one account's value, in the account's currency. `at`: when they begin. */
export interface Bar {
  readonly accountId: string;
  readonly userId: string;
  readonly at: string;
  readonly currency: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly quality: number;
}

export const BAR_MS = 300_000;

const WRITE_BARS = `
  INSERT INTO intraday_bar AS held (account_id, at, currency, user_id, open, high, low, close, quality)
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[], $9::smallint[])
  ON CONFLICT (account_id, at, currency) DO UPDATE SET
    high = greatest(held.high, excluded.high), low = least(held.low, excluded.low), close = excluded.close, quality = least(held.quality, excluded.quality)`;

export async function writeBars(client: SqlClient, bars: readonly Bar[]): Promise<void> {
  if (bars.length === 0) return;
  const of = <T>(pick: (bar: Bar) => T) => bars.map(pick);
  await client.query(WRITE_BARS, [
    of((bar) => bar.accountId), of((bar) => bar.at), of((bar) => bar.currency), of((bar) => bar.userId), of((bar) => bar.open), of((bar) => bar.high), of((bar) => bar.low), of((bar) => bar.close), of((bar) => bar.quality),
  ]);
}

/** Bars of accounts between two instants, both included, oldest first: for the chart of the day. */
export async function readBars(client: SqlClient, accountIds: readonly string[], from: string, to: string): Promise<Bar[]> {
  const { rows } = await client.query<Record<'account_id' | 'user_id' | 'at' | 'currency' | 'open' | 'high' | 'low' | 'close', string> & { quality: number }>(
    'SELECT account_id, user_id, at, currency, open, high, low, close, quality FROM intraday_bar WHERE account_id = ANY($1::uuid[]) AND at BETWEEN $2 AND $3 ORDER BY at, account_id',
    [accountIds, from, to],
  );
  return rows.map((row) => ({ accountId: row.account_id, userId: row.user_id, at: row.at, currency: row.currency, open: decimal(row.open), high: decimal(row.high), low: decimal(row.low), close: decimal(row.close), quality: row.quality }));
}

/** Live data serve the day and the next one; what was erased goes at once. */
export async function sweepIntraday(client: SqlClient, before: string): Promise<void> {
  await client.query('DELETE FROM intraday_bar WHERE at < $1', [before]);
  await client.query('DELETE FROM intraday_watch WHERE expires_at < now() - interval \'1 minute\'');
  for (const table of ['intraday_bar', 'intraday_day', 'intraday_watch']) {
    await client.query(`DELETE FROM ${table} t USING erasure e WHERE e.user_id = t.user_id AND (e.kind = 'user' OR (e.kind = 'account' AND t.account_id::text = e.id))`);
  }
}
