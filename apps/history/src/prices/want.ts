/**
 * Who needs which prices. What the store has is a hit; the rest becomes a want, joined with everybody else's: however many runs want a
 * symbol, it is fetched once (fetch-series.ts). Wants are rows, so that neither a crash nor a source that is down loses one. A symbol that the
 * source said it does not have is wanted in vain: until it may be asked for again nothing is noted of it.
 */
import { LRUCache } from 'lru-cache';
import type { SqlClient } from '@tidemark/postgres';
import type { PriceKind } from '../price-source/price-kind.js';
import { askable, kindOfSymbol } from './ask.decide.js';
import type { DayRange } from './ask.decide.js';
import type { PriceDeps } from './deps.js';

export interface Want extends DayRange {
  readonly symbol: string;
  readonly kind?: PriceKind;
}

export interface RunWants {
  readonly runId: string;
  readonly wants: readonly Want[];
}

/** Stands for nobody in particular: a daily close, a benchmark, an operator. */
export const NO_RUN = '00000000-0000-0000-0000-000000000000';

type WantDeps = Pick<PriceDeps, 'clock' | 'metrics' | 'source'>;

/** A symbol is of one kind for ever, once the source has answered it as one. */
const kinds = new LRUCache<string, PriceKind>({ max: 50_000 });

interface Asked {
  readonly runId: string;
  readonly symbol: string;
  readonly range: DayRange;
}

/** Notes what is missing, for all of these runs at once. @returns the runs whose prices are still to come */
export async function wantPrices(deps: WantDeps, client: SqlClient, runs: readonly RunWants[], options: { force?: boolean } = {}): Promise<Set<string>> {
  const force = options.force ?? false;
  if (deps.source === null) return new Set();
  const known = await kindsOf(client, runs.flatMap((run) => run.wants));
  const now = deps.clock.now();
  const asked = runs.flatMap(({ runId, wants }) =>
    wants.flatMap((want): Asked[] => {
      const range = askable(want, known.get(want.symbol) ?? 'security', want.symbol, now);
      return range ? [{ runId, symbol: want.symbol, range }] : [];
    }),
  );
  const missing = force ? asked : await notCovered(client, asked);
  // What is fetched ahead for nobody in particular is no lookup of anybody.
  const lookups = (all: readonly Asked[]): number => all.filter(({ runId }) => runId !== NO_RUN).length;
  if (!force) deps.metrics.looked(lookups(asked) - lookups(missing), lookups(missing));
  if (missing.length === 0) return new Set();
  return new Set(await insertWants(client, missing, known, force));
}

async function kindsOf(client: SqlClient, wants: readonly Want[]): Promise<Map<string, PriceKind>> {
  const found = new Map<string, PriceKind>();
  for (const { symbol, kind } of wants) {
    const known = kinds.get(symbol) ?? kind;
    if (known) found.set(symbol, known);
  }
  const unknown = [...new Set(wants.map(({ symbol }) => symbol))].filter((symbol) => !kinds.has(symbol));
  if (unknown.length > 0) {
    const { rows } = await client.query<{ symbol: string; kind: PriceKind; answered: boolean }>(
      `SELECT symbol, kind, covered <> '{}' AS answered, true AS stored FROM price_series WHERE symbol = ANY($1::text[])
       UNION ALL SELECT DISTINCT symbol, kind, false, false FROM asset_symbol WHERE status = 'mapped' AND symbol = ANY($1::text[]) ORDER BY stored`,
      [unknown],
    );
    for (const { symbol, kind } of rows) found.set(symbol, kind);
    for (const { symbol, answered } of rows) if (answered) kinds.set(symbol, found.get(symbol));
  }
  for (const { symbol } of wants) if (!found.has(symbol)) found.set(symbol, kindOfSymbol(symbol));
  return found;
}

async function notCovered(client: SqlClient, asked: readonly Asked[]): Promise<readonly Asked[]> {
  // Many runs ask for the same: each question is asked once.
  const questions = new Map(asked.map(({ symbol, range }) => [key(symbol, range), { symbol, range }]));
  const all = [...questions.values()];
  const { rows } = await client.query<{ n: number }>(
    `SELECT w.n FROM unnest($1::text[], $2::int[], $3::int[]) WITH ORDINALITY AS w(symbol, first_day, last_day, n)
     JOIN price_series s USING (symbol) WHERE s.covered @> int4range(w.first_day, w.last_day, '[]')`,
    [all.map(({ symbol }) => symbol), all.map(({ range }) => range.from), all.map(({ range }) => range.to)],
  );
  const covered = new Set(rows.map(({ n }) => n - 1));
  const open = new Set(all.filter((_, index) => !covered.has(index)).map(({ symbol, range }) => key(symbol, range)));
  return asked.filter(({ symbol, range }) => open.has(key(symbol, range)));
}

function key(symbol: string, { from, to }: DayRange): string {
  return `${symbol} ${from} ${to}`;
}

async function insertWants(client: SqlClient, missing: readonly Asked[], known: ReadonlyMap<string, PriceKind>, force: boolean): Promise<string[]> {
  const symbols = [...new Set(missing.map(({ symbol }) => symbol))].sort();
  await client.query('INSERT INTO price_series (symbol, kind) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING', [symbols, symbols.map((symbol) => known.get(symbol))]);
  const merged = new Map<string, Asked>();
  for (const one of missing) {
    const same = merged.get(`${one.symbol} ${one.runId}`);
    merged.set(`${one.symbol} ${one.runId}`, same ? { ...one, range: { from: Math.min(same.range.from, one.range.from), to: Math.max(same.range.to, one.range.to) } } : one);
  }
  const all = [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  const { rows } = await client.query<{ runId: string }>(
    `WITH wanted AS (
       INSERT INTO price_want (symbol, run_id, first_day, last_day, force) SELECT w.symbol, w.run_id, w.first_day, w.last_day, $5 FROM unnest($1::text[], $2::uuid[], $3::int[], $4::int[]) AS w(symbol, run_id, first_day, last_day)
       WHERE NOT EXISTS (SELECT 1 FROM price_series s WHERE s.symbol = w.symbol AND s.absent_until > now())
       ON CONFLICT (symbol, run_id, force) DO UPDATE SET first_day = least(price_want.first_day, excluded.first_day), last_day = greatest(price_want.last_day, excluded.last_day), wanted_at = clock_timestamp()
       RETURNING symbol, run_id)
     SELECT DISTINCT w.run_id AS "runId" FROM wanted w LEFT JOIN price_series s USING (symbol) WHERE NOT coalesce(s.final, false)`,
    [all.map(({ symbol }) => symbol), all.map(({ runId }) => runId), all.map(({ range }) => range.from), all.map(({ range }) => range.to), force],
  );
  return rows.map(({ runId }) => runId).filter((runId) => runId !== NO_RUN);
}

export interface Settled {
  /** Nothing is to come any more, or what is missing will not come by itself. */
  readonly settled: boolean;
  readonly waiting: readonly { readonly symbol: string; readonly reason: string | null }[];
  readonly failed: readonly { readonly symbol: string; readonly reason: string }[];
}

/** What a run still waits for, and why. */
export async function pricesSettled(client: SqlClient, runId: string): Promise<Settled> {
  const { rows } = await client.query<{ symbol: string; failure: string | null; final: boolean }>(
    `SELECT s.symbol, s.failure, s.final FROM price_want w JOIN price_series s USING (symbol) WHERE w.run_id = $1 ORDER BY s.symbol`,
    [runId],
  );
  const waiting = rows.filter(({ final }) => !final).map(({ symbol, failure }) => ({ symbol, reason: failure }));
  return { settled: waiting.length === 0, waiting, failed: rows.filter(({ final }) => final).map(({ symbol, failure }) => ({ symbol, reason: failure ?? 'the price source does not have it' })) };
}

/** Which of these runs wait for no price any more. */
export async function settledRuns(client: SqlClient, runIds: readonly string[]): Promise<string[]> {
  const asked = [...new Set(runIds)].filter((runId) => runId !== NO_RUN);
  if (asked.length === 0) return [];
  const { rows } = await client.query<{ id: string }>(
    `SELECT r.id FROM unnest($1::uuid[]) AS r(id) WHERE NOT EXISTS (SELECT 1 FROM price_want w JOIN price_series s USING (symbol) WHERE w.run_id = r.id AND NOT s.final)`,
    [asked],
  );
  return rows.map(({ id }) => id);
}
