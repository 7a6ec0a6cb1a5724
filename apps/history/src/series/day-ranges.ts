/** Open, high, low and last of the days on which a scope was watched live. Only what somebody watched is stored. */
import { dayOf } from '@tidemark/market';
import { decimal } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import { scopeSeries } from '../intraday/days/recorder.js';
import type { DayNumber } from '../reconstruction/model.js';
import type { DayRangeOfValue } from './point.js';
import type { ScopeAsked } from './scope-accounts.js';

/** By day, `YYYY-MM-DD`. */
export async function readDayRanges(client: SqlClient, asked: ScopeAsked, { base, from, to }: { readonly base: string; readonly from: DayNumber; readonly to: DayNumber }): Promise<Map<string, DayRangeOfValue>> {
  const { rows } = await client.query<{ day: string; open: string; high: string; low: string; last: string }>(
    'SELECT day::text, open, high, low, last FROM intraday_day WHERE series = $1 AND currency = $2 AND day BETWEEN $3 AND $4 AND user_id = $5',
    [scopeSeries(asked.userId, { account: asked.account ?? null, source: asked.source ?? 'all' }), base, dayOf(from), dayOf(to), asked.userId],
  );
  return new Map(rows.map(({ day, open, high, low, last }) => [day, { open: decimal(open), high: decimal(high), low: decimal(low), close: decimal(last) }]));
}
