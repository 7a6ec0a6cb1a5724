/**
 * The row of one closing: who works on it, and how far it has come. Whoever takes it locks it for a while; each batch moves the row in its
 * own transaction, fenced by (worker, fence), so that a worker that was only asleep commits nothing, and one that follows goes on where
 * the last batch ended.
 */
import { dayNumber, dayOf } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber } from '../reconstruction/model.js';
import { CloseLost } from './deps.js';

export interface MarketClose {
  readonly market: string;
  readonly day: DayNumber;
  readonly status: 'open' | 'closed';
  readonly afterAccount: string | null;
  readonly accounts: number;
  readonly incomplete: number;
  readonly changed: number;
  readonly late: number;
  readonly catchUp: boolean;
  readonly again: number;
  readonly fence: number;
}

interface Row extends Omit<MarketClose, 'day'> {
  readonly day: string;
}

const COLUMNS = 'market, day::text, status, after_account AS "afterAccount", accounts, incomplete, changed, late, catch_up AS "catchUp", again, fence';
const closeOf = (row: Row): MarketClose => ({ ...row, day: dayNumber(row.day) });

export async function openClose(client: SqlClient, market: string, day: DayNumber, dueAtMs: number, catchUp: boolean): Promise<void> {
  await client.query('INSERT INTO market_close (market, day, due_at, catch_up) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [market, dayOf(day), new Date(dueAtMs).toISOString(), catchUp]);
}

/** @returns null where another worker has it, or it is closed and not asked for again */
export async function claimClose(client: SqlClient, worker: string, market: string, day: DayNumber, lockMs: number, again = false): Promise<MarketClose | null> {
  const { rows } = await client.query<Row>(
    `UPDATE market_close SET locked_by = $3, locked_until = now() + $4::interval, fence = fence + 1,
       after_account = CASE WHEN status = 'closed' THEN NULL ELSE after_account END, again = again + (status = 'closed')::int
     WHERE market = $1 AND day = $2 AND (status = 'open' OR $5) AND (locked_until IS NULL OR locked_until <= now()) RETURNING ${COLUMNS}`,
    [market, dayOf(day), worker, `${lockMs} milliseconds`, again],
  );
  return rows[0] ? closeOf(rows[0]) : null;
}

export interface Progress {
  readonly afterAccount: string | null;
  readonly accounts: number;
  readonly incomplete: number;
  readonly changed: number;
}

/** @throws CloseLost where another worker has it */
export async function moveClose(tx: SqlClient, worker: string, { market, day, fence }: MarketClose, progress: Progress, lockMs: number): Promise<void> {
  const { rowCount } = await tx.query(
    `UPDATE market_close SET after_account = $5, accounts = $6, incomplete = $7, changed = $8, locked_until = now() + $9::interval WHERE market = $1 AND day = $2 AND locked_by = $3 AND fence = $4`,
    [market, dayOf(day), worker, fence, progress.afterAccount, progress.accounts, progress.incomplete, progress.changed, `${lockMs} milliseconds`],
  );
  if (rowCount === 0) throw new CloseLost(market, dayOf(day));
}

/** @throws CloseLost where another worker has it */
export async function endClose(tx: SqlClient, worker: string, { market, day, fence }: MarketClose, late: number, closedAt: string): Promise<void> {
  const { rowCount } = await tx.query(
    `UPDATE market_close SET status = 'closed', closed_at = coalesce(closed_at, $5), late = $6, locked_by = NULL, locked_until = NULL WHERE market = $1 AND day = $2 AND locked_by = $3 AND fence = $4`,
    [market, dayOf(day), worker, fence, closedAt, late],
  );
  if (rowCount === 0) throw new CloseLost(market, dayOf(day));
}

/** Lets go of it as it stands. */
export async function leaveClose(client: SqlClient, worker: string, { market, day, fence }: MarketClose): Promise<void> {
  await client.query('UPDATE market_close SET locked_by = NULL, locked_until = NULL WHERE market = $1 AND day = $2 AND locked_by = $3 AND fence = $4', [market, dayOf(day), worker, fence]);
}

/** Closed days of the last week that lack prices. */
export async function lateCloses(client: SqlClient, since: DayNumber): Promise<MarketClose[]> {
  const { rows } = await client.query<Row>(`SELECT ${COLUMNS} FROM market_close WHERE late > 0 AND status = 'closed' AND day >= $1 ORDER BY market, day`, [dayOf(since)]);
  return rows.map(closeOf);
}
