/** The day that every period ends with: the last one that is over in the market of each account of the user. Pure. */
import type { Account } from '@tidemark/contracts';
import { dayNumber, lastClosedDay, marketOf, XNYS } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import type { DayNumber } from '../reconstruction/model.js';

type Zoned = Account & { readonly timeZone?: string | null };

export const marketOfAccount = (account: Zoned): Market => marketOf(account.timeZone ?? XNYS.timeZone);

/** @param accounts all of the user's, whichever are asked about: otherwise their periods would not end together */
export function lastClosedOf(accounts: readonly Zoned[], now: string): DayNumber {
  const markets = new Set(accounts.map(marketOfAccount));
  return Math.min(...[...(markets.size > 0 ? markets : [XNYS])].map((market) => dayNumber(lastClosedDay(now, market))));
}
