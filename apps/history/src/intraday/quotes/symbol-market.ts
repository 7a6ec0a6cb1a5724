/** Whether a symbol trades at an instant: crypto always does, everything else in the hours of its exchange. */
import { isOpenAt, marketDayOf, session } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import type { liveRpc } from '@tidemark/contracts';
import { marketOfSymbol } from '../../prices/ask.decide.js';

/** `always`: quotes outside of the hours count too. */
export const QUOTE_HOURS = ['session', 'always'] as const;
export type QuoteHours = (typeof QUOTE_HOURS)[number];

/** @param at RFC 3339 */
export function tradesAt(symbol: string, crypto: boolean, at: string, hours: QuoteHours): boolean {
  return crypto || hours === 'always' || isOpenAt(at, marketOfSymbol(symbol));
}

/** @param at RFC 3339 */
export function marketState(market: Market, at: string): liveRpc.MarketState {
  if (!isOpenAt(at, market)) return 'closed';
  return session(marketDayOf(at, market), market)?.early ? 'closing_early' : 'open';
}
