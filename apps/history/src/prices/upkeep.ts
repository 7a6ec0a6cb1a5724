/** What the worker of prices does beside fetching: asks again for days whose answer was not believed, and lets go of what a month could not answer. */
import type { SqlClient } from '@tidemark/postgres';
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

const GIVEN_UP = '30 days';

export async function dropOldWants(client: SqlClient): Promise<void> {
  await client.query('DELETE FROM price_want WHERE wanted_at < now() - $1::interval', [GIVEN_UP]);
  await client.query(`DELETE FROM benchmark_introduced WHERE at < now() - interval '1 day'`);
  await client.query(`DELETE FROM price_refresh WHERE asked_at < now() - interval '1 day'`);
}
