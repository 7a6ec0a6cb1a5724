/**
 * Prices asked for by an operator: of everything, of a connection or of an account. Without `force` what is missing is fetched; with it, what
 * is stored is asked for again and corrected. A dry run says what would be asked and what that costs, and spends nothing. The work is the
 * worker's; the answer waits for it a little and says what is still to come.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { problem } from '@tidemark/contracts';
import type { historyRpc, Problem, RequestOf, ResponseOf } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayNumber, dayOf, isDay, MS_A_DAY } from '@tidemark/market';
import { multiply } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import type { PriceKind } from '../price-source/price-kind.js';
import type { PriceSource } from '../price-source/price-source.js';
import { askable, callsFor, FIRST_ASK_DAYS, lastAskable } from './ask.decide.js';
import type { DayRange } from './ask.decide.js';
import { multirange } from './day-sets.js';
import type { PriceDeps } from './deps.js';
import { pricesSettled, wantPrices } from './want.js';

type Request = RequestOf<typeof historyRpc.refreshPrices>;
type Refreshed = ResponseOf<typeof historyRpc.refreshPrices>;

interface Concerned {
  readonly symbol: string;
  readonly kind: PriceKind;
  readonly currency: string | null;
  readonly known: boolean;
  readonly splitsKnown: boolean;
}

interface Planned extends Concerned {
  readonly asked: readonly DayRange[];
  readonly calls: number;
}

const LISTED = 5_000;
/** Requests over the bus time out after ten seconds. */
const WAIT_MS = 6_000;
const LOOK_MS = 100;

export async function refreshPrices(deps: PriceDeps, request: Request, wake: () => void): Promise<Result<Refreshed, Problem>> {
  const { source, clock, database, settings } = deps;
  if (source === null) return refuse(problem('unavailable', 'There is no price source: PRICE_SOURCE is none.'));
  const to = request.to ?? dayOf(Math.floor(clock.now() / MS_A_DAY));
  const from = request.from ?? dayOf(dayNumber(isDay(to) ? to : '1970-01-01') - FIRST_ASK_DAYS);
  const wrong = await wrongIn(database, request, from, to);
  if (wrong) return refuse(wrong);
  const planned = await plan(database, source, await concerned(database, request), { range: { from: dayNumber(from), to: dayNumber(to) }, force: request.force ?? false, now: clock.now() });
  const calls = planned.reduce((sum, one) => sum + one.calls, 0);
  const answer = {
    symbols: planned.length, calls,
    estimatedCost: { amount: multiply(settings.costACall, String(calls)), currency: 'USD' },
    ranges: planned.flatMap(({ symbol, asked }) => asked.map((range) => ({ symbol, from: dayOf(range.from), to: dayOf(range.to) }))).slice(0, LISTED),
  };
  if (request.dryRun) return ok({ dryRun: true, ...answer, stored: 0, corrected: 0, failed: [] });
  return ok({ dryRun: false, ...answer, ...(await fetched(deps, planned, request.force ?? false, wake)) });
}

async function wrongIn(client: SqlClient, { account, connection }: Request, from: string, to: string): Promise<Problem | null> {
  for (const [field, day] of [['from', from], ['to', to]] as const) {
    if (!isDay(day)) return problem('validation_failed', `${field}: ${day} is no day of the calendar`, { errors: [{ field, message: 'must be a day such as 2026-11-20' }] });
  }
  if (from > to) return problem('validation_failed', 'from: is after to', { errors: [{ field: 'from', message: 'must be on or before to' }] });
  if (account === undefined && connection === undefined) return null;
  const { rowCount } = await client.query('SELECT 1 FROM account WHERE ($1::uuid IS NULL OR account_id = $1) AND ($2::uuid IS NULL OR connection_id = $2) LIMIT 1', [account ?? null, connection ?? null]);
  return rowCount === 0 ? problem('not_found', account === undefined ? 'There is no such connection with an account.' : 'There is no such account.') : null;
}

/** The symbols of what these accounts hold or traded, and the currencies that it is in; of all: whatever is mapped or was ever wanted. */
async function concerned(client: SqlClient, { account, connection }: Request): Promise<Concerned[]> {
  const ofAll = `SELECT symbol, kind, currency FROM asset_symbol WHERE status = 'mapped' UNION SELECT symbol, kind, currency FROM price_series WHERE absent_until IS NULL OR covered <> '{}'`;
  const ofSome = `WITH mine AS (SELECT account_id FROM account WHERE ($1::uuid IS NULL OR account_id = $1) AND ($2::uuid IS NULL OR connection_id = $2)),
    held AS (SELECT h.asset, h.currency FROM holding h JOIN mine USING (account_id) UNION SELECT t.asset, t.currency FROM account_transaction t JOIN mine USING (account_id) WHERE NOT t.withdrawn)
    SELECT a.symbol, a.kind, a.currency FROM held JOIN asset_symbol a ON a.asset = held.asset AND a.status = 'mapped'
    UNION SELECT held.currency || 'USD', 'fx', 'USD' FROM held WHERE held.currency <> 'USD'`;
  const some = account !== undefined || connection !== undefined;
  const { rows } = await client.query<Concerned>(
    `SELECT DISTINCT ON (c.symbol) c.symbol, c.kind, coalesce(s.currency, c.currency) AS currency, coalesce(s.covered <> '{}', false) AS known, coalesce(s.splits_at > now() - interval '7 days', false) AS "splitsKnown"
     FROM (${some ? ofSome : ofAll}) c LEFT JOIN price_series s USING (symbol) ORDER BY c.symbol`,
    some ? [account ?? null, connection ?? null] : [],
  );
  return rows;
}

async function plan(client: SqlClient, source: PriceSource, symbols: readonly Concerned[], how: { range: DayRange; force: boolean; now: number }): Promise<Planned[]> {
  const wanted = symbols.flatMap((one) => {
    const range = askable(how.range, one.kind, one.symbol, how.now);
    return range ? [{ ...one, range }] : [];
  });
  const missing = how.force ? new Map(wanted.map(({ symbol, range }) => [symbol, [range]])) : await lacking(client, wanted);
  return wanted.flatMap((one) => {
    const asked = missing.get(one.symbol) ?? [];
    if (asked.length === 0) return [];
    const closes = callsFor(asked, one.known, lastAskable(one.kind, one.symbol, how.now), source.daysACall).length;
    const splits = one.kind === 'security' && (how.force || !one.splitsKnown) ? 1 : 0;
    const profile = one.kind === 'security' && (one.currency === null || one.symbol.includes('.')) ? 1 : 0;
    return [{ ...one, asked, calls: closes + splits + profile }];
  });
}

async function lacking(client: SqlClient, wanted: readonly { symbol: string; range: DayRange }[]): Promise<Map<string, DayRange[]>> {
  const { rows } = await client.query<{ symbol: string } & DayRange>(
    `SELECT w.symbol, lower(r) AS from, upper(r) - 1 AS to FROM unnest($1::text[], $2::text[]) AS w(symbol, days) LEFT JOIN price_series s USING (symbol), unnest(w.days::int4multirange - coalesce(s.covered, '{}')) AS r`,
    [wanted.map(({ symbol }) => symbol), wanted.map(({ range }) => multirange([range]))],
  );
  return Map.groupBy(rows, ({ symbol }) => symbol);
}

async function fetched(deps: PriceDeps, planned: readonly Planned[], force: boolean, wake: () => void): Promise<Pick<Refreshed, 'stored' | 'corrected' | 'failed'>> {
  const runId = deps.newId();
  const { database } = deps;
  await database.query('INSERT INTO price_refresh (run_id) VALUES ($1)', [runId]);
  await wantPrices(deps, database, [{ runId, wants: planned.flatMap(({ symbol, kind, asked }) => asked.map((range) => ({ symbol, kind, ...range }))) }], { force });
  // An operator who asks again does not wait for the pause after the last failure.
  await database.query('UPDATE price_series s SET next_attempt_at = now(), final = false FROM price_want w WHERE w.run_id = $1 AND w.symbol = s.symbol AND s.locked_by IS NULL', [runId]);
  wake();
  const until = performance.now() + WAIT_MS;
  let settled = await pricesSettled(database, runId);
  while (!settled.settled && performance.now() < until) {
    await sleep(LOOK_MS);
    settled = await pricesSettled(database, runId);
  }
  const { rows } = await database.query<{ stored: number; corrected: number }>('SELECT stored, corrected FROM price_refresh WHERE run_id = $1', [runId]);
  const waiting = settled.waiting.map(({ symbol, reason }) => ({ symbol, reason: reason ?? 'not fetched yet; it goes on in the background' }));
  const { rows: absent } = await database.query<{ symbol: string; reason: string }>('SELECT symbol, failure AS reason FROM price_series WHERE symbol = ANY($1::text[]) AND absent_until > now() ORDER BY symbol', [planned.map(({ symbol }) => symbol)]);
  return { stored: rows[0]?.stored ?? 0, corrected: rows[0]?.corrected ?? 0, failed: [...settled.failed, ...absent, ...waiting] };
}
