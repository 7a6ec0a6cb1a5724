/** Once a day or so: compacts the oldest open month when every market has closed it, and makes next months' partitions. */
import { dayNumber, lastClosedDay } from '@tidemark/market';
import type { DayNumber } from '../reconstruction/model.js';
import { compactMonth, monthToCompact } from '../storage/compact.js';
import { ensureDayPartitions } from '../storage/partitions.js';
import type { ClosingDeps } from './deps.js';
import { accountMarkets, closedTo } from './markets.js';

/** Days are closed again for up to ten days (closer.ts). */
const GRACE_DAYS = 12;
const AHEAD_DAYS = 62;

/** @returns the month that was compacted, its 1st */
export async function compactDue({ database, clock }: Pick<ClosingDeps, 'database' | 'clock'>): Promise<DayNumber | null> {
  const now = new Date(clock.now()).toISOString();
  const today = dayNumber(lastClosedDay(now));
  await ensureDayPartitions(database, today, today + AHEAD_DAYS);
  const known = await closedTo(database);
  const markets = await accountMarkets(database);
  if (markets.length === 0 || markets.some(({ market }) => !known.has(market.id))) return null;
  const month = await monthToCompact(database, Math.min(...markets.map(({ market }) => known.get(market.id) as DayNumber)), GRACE_DAYS);
  if (month !== null) await compactMonth(database, month);
  return month;
}
