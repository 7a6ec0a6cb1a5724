/** Rates of exchange by day, for sums that stand in another currency than a rule. */
import { crossRate } from '@tidemark/market';
import { decimal } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';

/** Units of `to` for one unit of `from` on that day; null where none is known. */
export type RateOn = (from: string, to: string, day: string) => Decimal | null;

export interface RateAsked {
  readonly currency: string;
  readonly day: string;
}

/** Over a long weekend the close before it is the day's; an older one is no rate of the day. */
const MOST_DAYS = 7;

/** The newest close at or before each day asked for, in one statement. */
export async function ratesOn(client: SqlClient, asked: readonly RateAsked[]): Promise<RateOn> {
  const wanted = asked.filter(({ currency }) => currency !== 'USD');
  const known = new Map<string, Decimal>();
  if (wanted.length > 0) {
    const { rows } = await client.query<{ currency: string; day: string; close: string }>(
      `SELECT q.currency, q.day::text AS day, c.close FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::date[]) AS u(currency, day)) q
       CROSS JOIN LATERAL (SELECT close FROM fx_close f WHERE f.currency = q.currency AND f.day <= q.day AND f.day >= q.day - $3::int ORDER BY f.day DESC LIMIT 1) c`,
      [wanted.map(({ currency }) => currency), wanted.map(({ day }) => day), MOST_DAYS],
    );
    for (const { currency, day, close } of rows) known.set(`${currency} ${day}`, decimal(close));
  }
  const dollars = (currency: string, day: string) => (currency === 'USD' ? '1' : (known.get(`${currency} ${day}`) ?? null));
  return (from, to, day) => (from === to ? '1' : crossRate(dollars(from, day), dollars(to, day)));
}
