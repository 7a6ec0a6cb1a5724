/** Which days are stored as rows and which as blocks, and that there is a partition for each. */
import { dayNumber, dayOf, MS_A_DAY } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber } from '../reconstruction/model.js';

/** The 1st of the month of a day. */
export function monthOf(day: DayNumber): DayNumber {
  const date = new Date(day * MS_A_DAY);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / MS_A_DAY;
}

export function nextMonth(month: DayNumber): DayNumber {
  return monthOf(month + 31);
}

/** Advisory lock: writers share it, compaction takes it alone for as long as it moves `open_from`. */
const OPEN_LOCK = `hashtext('tidemark.history.open')`;

/**
 * The first day that is stored as a row. It holds still until the transaction ends.
 * @param newest of the days to be written; where nothing was ever written, its month is the first open one
 */
export async function holdOpenFrom(tx: SqlClient, newest: DayNumber): Promise<DayNumber> {
  await tx.query(`SELECT pg_advisory_xact_lock_shared(${OPEN_LOCK})`);
  const known = await readOpenFrom(tx);
  if (known !== null) return known;
  await tx.query('INSERT INTO history_open (open_from, compacted_to) VALUES ($1, $1) ON CONFLICT DO NOTHING', [dayOf(monthOf(newest))]);
  return (await readOpenFrom(tx)) as DayNumber;
}

export async function readOpenFrom(client: SqlClient): Promise<DayNumber | null> {
  const { rows } = await client.query<{ open_from: string }>('SELECT open_from::text FROM history_open');
  return rows[0] ? dayNumber(rows[0].open_from) : null;
}

/** Days before `to` are written as blocks from now on. Waits for writers that run, and later ones wait for this transaction. */
export async function moveOpenFrom(tx: SqlClient, to: DayNumber): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(${OPEN_LOCK})`);
  await tx.query('UPDATE history_open SET open_from = greatest(open_from, $1::date)', [dayOf(to)]);
}

/** The rows of all days before `to` are gone. */
export async function moveCompactedTo(tx: SqlClient, to: DayNumber): Promise<void> {
  await tx.query('UPDATE history_open SET compacted_to = greatest(compacted_to, $1::date)', [dayOf(to)]);
}

/** Makes the partitions for rows of these days. */
export async function ensureDayPartitions(client: SqlClient, from: DayNumber, to: DayNumber): Promise<void> {
  await client.query('SELECT ensure_day_partitions($1, $2)', [dayOf(from), dayOf(to)]);
}

/** Makes the partitions for blocks of these days. */
export async function ensureMonthPartitions(client: SqlClient, from: DayNumber, to: DayNumber): Promise<void> {
  await client.query('SELECT ensure_month_partitions($1, $2)', [dayOf(from), dayOf(to)]);
}
