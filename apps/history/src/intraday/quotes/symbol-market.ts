/** When a symbol trades: crypto always does, everything else in the hours of its exchange. */
import { isOpenAt, marketDayOf, session } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import type { liveRpc } from '@tidemark/contracts';
import { marketOfSymbol } from '../../prices/ask.decide.js';

/** `always`: quotes outside of the hours count too. */
export const QUOTE_HOURS = ['session', 'always'] as const;
export type QuoteHours = (typeof QUOTE_HOURS)[number];

/** Markets open and close on the minute, so what holds at an instant holds for its second: asked for every quote, worked out once. */
export class TradingHours {
  private readonly known = new Map<Market, { readonly second: number; readonly open: boolean }>();

  constructor(private readonly hours: QuoteHours) {}

  /** @param at milliseconds since 1970 */
  trades(symbol: string, crypto: boolean, at: number): boolean {
    if (crypto || this.hours === 'always') return true;
    const market = marketOfSymbol(symbol);
    const second = Math.floor(at / 1_000);
    const known = this.known.get(market);
    if (known?.second === second) return known.open;
    const open = isOpenAt(new Date(at).toISOString(), market);
    this.known.set(market, { second, open });
    return open;
  }
}

/** @param at RFC 3339 */
export function marketState(market: Market, at: string): liveRpc.MarketState {
  if (!isOpenAt(at, market)) return 'closed';
  return session(marketDayOf(at, market), market)?.early ? 'closing_early' : 'open';
}
