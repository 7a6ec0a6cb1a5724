/**
 * One batch of accounts in one transaction: their heads locked, their day appended, the closing moved on, and those that need the engine
 * asked for. A batch that fails leaves nothing; one that is done is never done again.
 *
 * Consistency with reconstructions. The head row of an account lets a run and a batch follow one another. The end of day appends a day
 * that nobody knew under the revision in force; where a run has written the day already it appends nothing. What is in no position to be
 * appended (a snapshot captured after the close, a transaction since the snapshot) is asked of the engine, whose run writes the day. A
 * run that computed before the batch committed has a range that ends earlier and leaves the appended day as it is; what such a run
 * was caused by (a backdated transaction) moves no unit held at the newest snapshot, on which the appended day rests. A snapshot that
 * comes after the batch, for a time before the close, causes a run, which revises the day.
 */
import { NAMESPACE, uuidV5 } from '@tidemark/kernel';
import { calendarDayNumber, closeMs, dayOf } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import { requestRuns } from '../jobs/request.js';
import type { DayNumber } from '../reconstruction/model.js';
import type { AccountMarket } from './markets.js';
import { CLOSE_BATCH, withHashedJoins } from './value-batch.js';

export interface BatchAccount {
  readonly accountId: string;
  readonly userId: string;
  readonly connectionId: string | null;
  readonly currency: string;
  readonly revision: number;
  /** Its history has the day already. */
  readonly has: boolean;
  /** Milliseconds. */
  readonly capturedAt: number;
  /** Closed or disconnected before the close. */
  readonly gone: boolean;
}

const STANDING = (kind: string) => `coalesce((SELECT c ->> 'value' FROM json_array_elements(a.changes) WITH ORDINALITY AS e(c, place) WHERE c ->> 'kind' = '${kind}' AND (c ->> 'effectiveAt')::timestamptz <= $5 ORDER BY place DESC LIMIT 1) = 'true', false)`;

/** The next accounts of a market that have a history and a snapshot, their heads locked. */
export async function nextAccounts(tx: SqlClient, of: AccountMarket, day: DayNumber, after: string | null, limit: number, holding: readonly string[] | null = null): Promise<BatchAccount[]> {
  const { rows } = await tx.query<BatchAccount>(
    `SELECT a.account_id AS "accountId", a.user_id AS "userId", a.connection_id AS "connectionId", coalesce(a.currency, s.currency) AS currency, h.revision, h.last_day >= $4::date AS has, (extract(epoch FROM s.captured_at) * 1000)::bigint AS "capturedAt",
       CASE WHEN a.changes::text = '[]' THEN false ELSE ${STANDING('closed')} OR ${STANDING('disconnected')} END AS gone
     FROM account a JOIN history_head h ON h.account_id = a.account_id AND h.revision > 0 JOIN held_snapshot s ON s.account_id = a.account_id
     WHERE coalesce(a.time_zone, '') = ANY($1::text[]) AND a.account_id > $2 ${holding ? 'AND EXISTS (SELECT 1 FROM holding x WHERE x.account_id = a.account_id AND x.asset = ANY($6::text[]))' : ''}
     ORDER BY a.account_id LIMIT $3 FOR UPDATE OF h`,
    [of.zones, after ?? '00000000-0000-0000-0000-000000000000', limit, dayOf(day), new Date(closeMs(day, of.market)).toISOString(), ...(holding ? [holding] : [])],
  );
  return rows;
}

export interface BatchClosed {
  readonly accounts: number;
  /** With something unpriced, or left to the engine. */
  readonly incomplete: number;
}

export async function closeBatch(tx: SqlClient, of: AccountMarket, day: DayNumber, batch: readonly BatchAccount[], carriedReason: number): Promise<BatchClosed> {
  const open = batch.filter((one) => !one.has && !one.gone);
  const close = closeMs(day, of.market);
  const fit = open.filter((one) => one.capturedAt <= close);
  const { rows } = fit.length === 0 ? { rows: [] } : await withHashedJoins(tx, () => tx.query<{ accountId: string; complete: boolean }>(CLOSE_BATCH, valuesOf(fit, of.market, day, carriedReason)));
  const done = new Set(rows.map((row) => row.accountId));
  await tx.query(`UPDATE history_head SET last_day = greatest(last_day, $2::date) WHERE account_id = ANY($1::uuid[])`, [[...done], dayOf(day)]);
  const left = open.filter((one) => !done.has(one.accountId));
  await leaveToEngine(tx, left, of.market, day);
  return { accounts: batch.filter((one) => !one.gone).length, incomplete: rows.filter((row) => !row.complete).length + left.length };
}

/** A run of the engine for each, the same however often the day is closed. */
export async function leaveToEngine(tx: SqlClient, accounts: readonly BatchAccount[], market: Market, day: DayNumber, again = 0): Promise<void> {
  await requestRuns(tx, accounts.map(({ accountId, userId, connectionId }) => ({ accountId, userId, connectionId, runId: uuidV5(NAMESPACE.reaction, `close/${market.id}/${dayOf(day)}/${again}/${accountId}`), cause: 'prices' })));
}

/** How many days back the price that a snapshot carries is dated by the market's closes; older is as old. */
const DATED_DAYS = 400;

export function valuesOf(accounts: readonly BatchAccount[], market: Market, day: DayNumber, carriedReason: number): unknown[] {
  const first = day - DATED_DAYS;
  const closes = Array.from({ length: DATED_DAYS + 1 }, (_, at) => closeMs(first + at, market));
  return [
    accounts.map((one) => one.accountId), accounts.map((one) => one.revision), accounts.map((one) => one.currency),
    accounts.map((one) => dayAt(one.capturedAt, closes, first)), day, market.id, closes, first, carriedReason,
    accounts.map((one) => calendarDayNumber(one.capturedAt, market)), accounts.map((one) => one.capturedAt),
  ];
}

/** The market day of an instant: the first whose close is not before it. */
function dayAt(ms: number, closes: readonly number[], first: DayNumber): DayNumber {
  let [low, high] = [0, closes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((closes[middle] as number) < ms) low = middle + 1;
    else high = middle;
  }
  return first + low;
}
