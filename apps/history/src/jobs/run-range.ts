/**
 * Which days a run computes. Pure.
 *
 * Two years before the first snapshot, because that is what providers are asked for: the first sync of an account asks for the
 * transactions of the 24 months before its day (apps/sync/src/run/range.ts). No event says what was asked, so it is derived from when
 * the first snapshot of a sync was captured: a later answer can only reach further. An account whose provider tells no transactions
 * (a manual one) has no past before its first snapshot: playing nothing backwards would claim that nothing happened.
 */
import { dayNumber } from '@tidemark/market';
import type { DayNumber } from '../reconstruction/model.js';

/** Days before the first snapshot that are reconstructed. */
export const REACH_DAYS = 730;
const ASKED_MONTHS = 24;

export interface RangeGiven {
  /** Market day of the first snapshot. */
  readonly firstSnapshotDay: DayNumber;
  /** When a sync captured its first snapshot of the account, RFC 3339 UTC; null where none did. */
  readonly firstSyncAt: string | null;
  readonly tellsTransactions: boolean;
  /** The last day that has closed in the account's market. */
  readonly lastClosed: DayNumber;
}

export interface RunRange {
  readonly from: DayNumber;
  /** Less than `from` where no day has closed yet. */
  readonly to: DayNumber;
  /** From this day on transactions are whole; null where none are told. */
  readonly wholeFrom: DayNumber | null;
}

export function runRange({ firstSnapshotDay, firstSyncAt, tellsTransactions, lastClosed }: RangeGiven): RunRange {
  if (!tellsTransactions || firstSyncAt === null) return { from: firstSnapshotDay, to: lastClosed, wholeFrom: null };
  return { from: firstSnapshotDay - REACH_DAYS, to: lastClosed, wholeFrom: monthsBefore(firstSyncAt.slice(0, 10), ASKED_MONTHS) };
}

/** The same day of the month, else its last one: 24 months before 29 February 2028 is 28 February 2026. */
function monthsBefore(day: string, months: number): DayNumber {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const first = year * 12 + (month - 1) - months;
  const [y, m] = [Math.floor(first / 12), first % 12];
  const last = dayNumber(`${m === 11 ? y + 1 : y}-${String(m === 11 ? 1 : m + 2).padStart(2, '0')}-01`) - 1;
  const start = dayNumber(`${y}-${String(m + 1).padStart(2, '0')}-01`);
  return Math.min(start + date - 1, last);
}
