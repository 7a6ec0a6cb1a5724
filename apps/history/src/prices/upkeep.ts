/** What the worker of prices does beside fetching: asks again for days whose answer was not believed, and lets go of what a month could not answer. */
import type { SqlClient } from '@tidemark/postgres';
import { lastAskable } from './ask.decide.js';
import type { PriceDeps } from './deps.js';
import { NO_RUN, wantPrices } from './want.js';

const AT_ONCE = 500;

/** A better answer puts the close into the store and takes the day out of quarantine; a bad one waits longer. */
export async function wantQuarantined(deps: Pick<PriceDeps, 'database' | 'clock' | 'metrics' | 'source'>): Promise<number> {
  const { rows } = await deps.database.query<{ symbol: string; from: number; to: number }>(
    `UPDATE price_quarantine q SET again_at = now() + interval '1 hour' FROM (SELECT symbol, day FROM price_quarantine WHERE again_at <= now() ORDER BY again_at LIMIT $1 FOR UPDATE SKIP LOCKED) d
     WHERE q.symbol = d.symbol AND q.day = d.day RETURNING q.symbol, q.day AS from, q.day AS to`,
    [AT_ONCE],
  );
  if (rows.length > 0) await wantPrices(deps, deps.database, [{ runId: NO_RUN, wants: rows }], { force: true });
  return rows.length;
}

/** Rates that anybody ever looked through are kept fresh: no account need be in that currency, so nobody else wants their new days. */
export async function wantRates(deps: Pick<PriceDeps, 'database' | 'clock' | 'metrics' | 'source'>): Promise<void> {
  const day = lastAskable('fx', '', deps.clock.now());
  const { rows } = await deps.database.query<{ symbol: string }>(
    `SELECT s.symbol FROM price_series s WHERE s.kind = 'fx' AND s.covered <> '{}' AND NOT s.covered @> $1::int AND NOT EXISTS (SELECT 1 FROM price_want w WHERE w.symbol = s.symbol AND w.run_id = $2)`,
    [day, NO_RUN],
  );
  if (rows.length > 0) await wantPrices(deps, deps.database, [{ runId: NO_RUN, wants: rows.map(({ symbol }) => ({ symbol, kind: 'fx' as const, from: day - RATE_DAYS, to: day })) }]);
}

/** What a few days without this service left out. */
const RATE_DAYS = 6;

const GIVEN_UP = '30 days';

export async function dropOldWants(client: SqlClient): Promise<void> {
  await client.query('DELETE FROM price_want WHERE wanted_at < now() - $1::interval', [GIVEN_UP]);
  await client.query(`DELETE FROM benchmark_introduced WHERE at < now() - interval '1 day'`);
  await client.query(`DELETE FROM price_refresh WHERE asked_at < now() - interval '1 day'`);
}
