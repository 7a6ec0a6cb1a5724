import { describe, expect, it } from '@jest/globals';
import { XNYS } from '@tidemark/market';
import { marketState, TradingHours } from './symbol-market.js';

const hours = new TradingHours('session');
const trades = (symbol: string, at: string, crypto = false) => hours.trades(symbol, crypto, Date.parse(at));

describe('the hours of a symbol', () => {
  it('are those of its exchange, from the opening until just before the close', () => {
    expect(['2026-11-20T14:29:59.999Z', '2026-11-20T14:30:00Z', '2026-11-20T20:59:59.999Z', '2026-11-20T21:00:00Z'].map((at) => trades('AAPL', at))).toEqual([false, true, true, false]);
    expect([trades('SAP.DE', '2026-11-20T09:00:00Z'), trades('AAPL', '2026-11-20T09:00:00Z'), trades('AAPL', '2026-11-26T15:00:00Z'), trades('AAPL', '2026-11-21T15:00:00Z')]).toEqual([true, false, false, false]);
  });

  it('of crypto never end, and an operator may count every hour', () => {
    expect(trades('BTCUSD', '2026-11-21T03:00:00Z', true)).toBe(true);
    expect(new TradingHours('always').trades('AAPL', false, Date.parse('2026-11-21T03:00:00Z'))).toBe(true);
  });
});

describe('the state of a market', () => {
  it('says that it closes early on a half day', () => {
    expect(['2026-11-20T15:00:00Z', '2026-11-27T15:00:00Z', '2026-11-27T18:00:00Z', '2026-11-26T15:00:00Z'].map((at) => marketState(XNYS, at))).toEqual(['open', 'closing_early', 'closed', 'closed']);
  });
});
