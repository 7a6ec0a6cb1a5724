/** Which markets have accounts, and which of their days are to be closed. */
import { closeMs, dayNumber, lastClosedDay, marketOf, XNYS } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber } from '../reconstruction/model.js';

export interface AccountMarket {
  readonly market: Market;
  /** As accounts name it; '' where they name none. */
  readonly zones: readonly string[];
}

/** From account to account with another zone: as many index look-ups as there are zones, however many accounts. */
const ZONES = `
  WITH RECURSIVE zone AS (
    (SELECT coalesce(time_zone, '') AS z FROM account ORDER BY 1 LIMIT 1)
    UNION ALL SELECT (SELECT coalesce(a.time_zone, '') FROM account a WHERE coalesce(a.time_zone, '') > zone.z ORDER BY 1 LIMIT 1) FROM zone WHERE zone.z IS NOT NULL)
  SELECT z FROM zone WHERE z IS NOT NULL`;

/** New York first, whose accounts are the most. */
export async function accountMarkets(client: SqlClient): Promise<AccountMarket[]> {
  const { rows } = await client.query<{ z: string }>(ZONES);
  const markets = new Map<string, { market: Market; zones: string[] }>();
  for (const { z } of rows) {
    const market = z === '' ? XNYS : marketOf(z);
    const known = markets.get(market.id) ?? { market, zones: [] };
    known.zones.push(z);
    markets.set(market.id, known);
  }
  return [...markets.values()].sort((a, b) => Number(b.market === XNYS) - Number(a.market === XNYS) || (a.market.id < b.market.id ? -1 : 1));
}

/**
 * The days to be closed now, oldest first. Pure.
 * @param closedTo the last closed day; null: this market is new, and its first day is the last one that is over
 */
export function dueDays(market: Market, closedTo: DayNumber | null, nowMs: number, delayMs: number): DayNumber[] {
  const last = dayNumber(lastClosedDay(new Date(nowMs - delayMs).toISOString(), market));
  const first = closedTo === null ? last : closedTo + 1;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

/** Later than on the day itself: the day after is over too. */
export function isCatchUp(market: Market, day: DayNumber, nowMs: number): boolean {
  return closeMs(day + 1, market) <= nowMs;
}

/** By market, the last day of which every earlier one is closed. */
export async function closedTo(client: SqlClient): Promise<Map<string, DayNumber>> {
  const { rows } = await client.query<{ market: string; day: string }>(`SELECT market, max(day)::text AS day FROM market_close WHERE status = 'closed' GROUP BY market`);
  return new Map(rows.map((row) => [row.market, dayNumber(row.day)]));
}

