/**
 * Taking symbols to fetch. A worker that takes one locks it for a while and renews the lock while it works, so that two replicas never pay
 * for the same; what it writes is fenced, so that one that was only asleep writes nothing. Times are the database's.
 */
import type { SqlClient } from '@tidemark/postgres';
import type { PriceKind } from '../price-source/price-kind.js';
import type { DayRange } from './ask.decide.js';
import type { DayNumber } from '../reconstruction/model.js';

export interface Series {
  readonly symbol: string;
  readonly kind: PriceKind;
  /** Null until it is known, from the mapping or the source. */
  readonly currency: string | null;
  /** Nothing was ever answered of it. */
  readonly unknown: boolean;
  readonly splitsKnown: boolean;
  readonly attempts: number;
  readonly fence: number;
  /** Wants that came later are not answered by this work. */
  readonly claimedAt: string;
}

const SERIES = `s.symbol, s.kind, coalesce(s.currency, (SELECT a.currency FROM asset_symbol a WHERE a.status = 'mapped' AND a.symbol = s.symbol LIMIT 1)) AS currency, s.covered = '{}' AS unknown,
  coalesce(s.splits_at > now() - interval '7 days', false) AS "splitsKnown", s.attempts, s.fence, clock_timestamp()::text AS "claimedAt"`;
const FREE = `s.next_attempt_at <= now() AND (s.locked_until IS NULL OR s.locked_until <= now())`;

/** American securities that are known up to the day before and lack this day ($DAY) alone. */
const LACKING = (day: string) => `
  SELECT w.symbol FROM price_want w JOIN price_series s USING (symbol)
  WHERE s.kind = 'security' AND s.currency IS NOT NULL AND s.symbol !~ '\\.[A-Z]{1,2}$' AND s.splits_at > now() - interval '7 days' AND s.bulk_missed IS DISTINCT FROM ${day} AND NOT s.covered @> ${day} AND s.covered <> '{}' AND ${FREE}
  GROUP BY w.symbol, s.covered HAVING NOT bool_or(w.force) AND range_agg(int4range(w.first_day, w.last_day, '[]')) - s.covered = int4multirange(int4range(${day}, ${day}, '[]'))`;

/** One call answers a day of many symbols: from so many on they are left to it. */
export interface DayCall {
  readonly day: DayNumber;
  readonly least: number;
}

/** @param together null where the source has no such call */
export async function claimSeries(client: SqlClient, worker: string, options: { limit: number; lockMs: number; together: DayCall | null }): Promise<Series[]> {
  const { limit, lockMs, together } = options;
  const { rows } = await client.query<Series>(
    `WITH lacking AS (${together ? LACKING('$4::int') : 'SELECT $4::text AS symbol WHERE false'})
     UPDATE price_series s SET locked_by = $1, locked_until = now() + $3::interval, attempts = attempts + 1, fence = fence + 1
     WHERE s.symbol IN (
       SELECT s.symbol FROM price_series s WHERE ${FREE} AND EXISTS (SELECT 1 FROM price_want w WHERE w.symbol = s.symbol)
         AND ((SELECT count(*) FROM lacking) < $5 OR NOT EXISTS (SELECT 1 FROM lacking l WHERE l.symbol = s.symbol))
       ORDER BY s.next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING ${SERIES}`,
    [worker, limit, `${lockMs} milliseconds`, together?.day ?? null, together?.least ?? 0],
  );
  return rows;
}

export async function claimForDay(client: SqlClient, worker: string, { day, least }: DayCall, lockMs: number): Promise<Series[]> {
  const { rows } = await client.query<Series>(
    `WITH lacking AS (${LACKING('$2::int')})
     UPDATE price_series s SET locked_by = $1, locked_until = now() + $4::interval, attempts = attempts + 1, fence = fence + 1
     WHERE (SELECT count(*) FROM lacking) >= $3 AND s.symbol IN (SELECT s.symbol FROM price_series s JOIN lacking USING (symbol) WHERE ${FREE} ORDER BY s.symbol LIMIT 20000 FOR UPDATE OF s SKIP LOCKED)
     RETURNING ${SERIES}`,
    [worker, day, least, `${lockMs} milliseconds`],
  );
  return rows;
}

export interface MissingRange extends DayRange {
  /** Known already, and asked for again. */
  readonly force: boolean;
}

/** What the wants of a symbol lack, oldest first. */
export async function missingOf(client: SqlClient, symbol: string): Promise<MissingRange[]> {
  const { rows } = await client.query<MissingRange>(
    `SELECT lower(r) AS from, upper(r) - 1 AS to, q.force FROM (
       SELECT w.force, CASE WHEN w.force THEN range_agg(int4range(w.first_day, w.last_day, '[]')) ELSE range_agg(int4range(w.first_day, w.last_day, '[]')) - s.covered END AS ranges
       FROM price_want w JOIN price_series s USING (symbol) WHERE w.symbol = $1 GROUP BY w.force, s.covered) q, unnest(q.ranges) AS r ORDER BY 1`,
    [symbol],
  );
  return rows;
}

export async function renewSeries(client: SqlClient, worker: string, symbols: readonly string[], lockMs: number): Promise<void> {
  await client.query('UPDATE price_series SET locked_until = now() + $3::interval WHERE locked_by = $1 AND symbol = ANY($2::text[])', [worker, symbols, `${lockMs} milliseconds`]);
}

/** Puts symbols back: to be asked for again after a while, with why. @returns the runs that wait for one that will not come by itself */
export async function putBackSeries(client: SqlClient, worker: string, series: readonly Pick<Series, 'symbol' | 'fence'>[], why: { failure: string | null; final: boolean; waitMs: number; bulkMissed?: DayNumber; counts?: boolean }): Promise<string[]> {
  const { rows } = await client.query<{ runId: string }>(
    `WITH back AS (
       UPDATE price_series s SET locked_by = NULL, locked_until = NULL, failure = $4, final = $5, next_attempt_at = now() + $6::interval, bulk_missed = coalesce($7, bulk_missed), attempts = CASE WHEN $8 THEN attempts ELSE 0 END
       FROM unnest($2::text[], $3::int[]) AS h(symbol, fence) WHERE s.symbol = h.symbol AND s.fence = h.fence AND s.locked_by = $1 RETURNING s.symbol)
     SELECT DISTINCT w.run_id AS "runId" FROM back JOIN price_want w USING (symbol) WHERE $5`,
    [worker, series.map(({ symbol }) => symbol), series.map(({ fence }) => fence), why.failure?.slice(0, 500) ?? null, why.final, `${Math.round(why.waitMs)} milliseconds`, why.bulkMissed ?? null, why.counts ?? true],
  );
  return rows.map(({ runId }) => runId);
}

/** The source has no such symbol: nobody waits for it any more, and nobody asks for it for a while. @returns the runs that waited */
export async function markAbsent(client: SqlClient, worker: string, { symbol, fence }: Pick<Series, 'symbol' | 'fence'>, detail: string, retryMs: number): Promise<string[]> {
  const { rows } = await client.query<{ runId: string }>(
    `WITH absent AS (
       UPDATE price_series SET absent_until = now() + $5::interval, next_attempt_at = now() + $5::interval, failure = $4, final = false, attempts = 0, locked_by = NULL, locked_until = NULL
       WHERE symbol = $2 AND fence = $3 AND locked_by = $1 RETURNING symbol)
     DELETE FROM price_want w USING absent WHERE w.symbol = absent.symbol RETURNING w.run_id AS "runId"`,
    [worker, symbol, fence, detail.slice(0, 500), `${Math.round(retryMs)} milliseconds`],
  );
  return [...new Set(rows.map(({ runId }) => runId))];
}

/** It turned out to be of another kind than its name had it: it is fetched as that, at once. */
export async function changeKind(client: SqlClient, worker: string, { symbol, fence }: Pick<Series, 'symbol' | 'fence'>, kind: PriceKind): Promise<void> {
  await client.query(`UPDATE price_series SET kind = $4, next_attempt_at = now(), attempts = 0, locked_by = NULL, locked_until = NULL WHERE symbol = $2 AND fence = $3 AND locked_by = $1 AND covered = '{}'`, [worker, symbol, fence, kind]);
}
