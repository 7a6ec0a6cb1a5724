/** The newest closes at or before given days, of assets, of currencies, and of the currencies that the assets are quoted in, in one round trip: a descent of the key for each. */
import type { SqlClient } from '@tidemark/postgres';

export interface KnownClose {
  /** An asset id, or a currency code for its price in dollars. */
  readonly what: string;
  /** The day asked for. */
  readonly asked: string;
  /** The day that the close is of. */
  readonly day: string;
  readonly close: string;
  readonly currency: string;
}

const NEWEST = `
  SELECT k.what, q.day::text AS asked, c.day::text AS day, c.close, k.currency
  FROM (
    SELECT m.asset AS what, m.symbol, m.currency FROM market_symbol m WHERE m.asset = ANY($1::text[])
    UNION ALL SELECT f.code, f.code || 'USD', 'USD'
      FROM (SELECT unnest($2::text[]) UNION SELECT m.currency FROM market_symbol m WHERE m.asset = ANY($1::text[])) AS f(code) WHERE f.code <> 'USD') k
  CROSS JOIN unnest($3::date[]) AS q(day)
  CROSS JOIN LATERAL (SELECT day, close FROM market_close WHERE symbol = k.symbol AND day <= q.day ORDER BY day DESC LIMIT 1) c`;

export async function readNewestCloses(client: SqlClient, assets: readonly string[], currencies: readonly string[], days: readonly string[]): Promise<KnownClose[]> {
  if (days.length === 0 || assets.length + currencies.length === 0) return [];
  const { rows } = await client.query<KnownClose>(NEWEST, [assets, currencies, days]);
  return rows;
}
