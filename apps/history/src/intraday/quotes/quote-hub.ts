/** Between the source of quotes and the positions: follows what is held and trades now, lets through what is believed, counts what is not. */
import { exact } from '@tidemark/money';
import { marketDayNumber } from '@tidemark/market';
import type { Clock } from '@tidemark/kernel';
import type { SymbolPrices } from '../book/symbol-prices.js';
import { priceInUnitsOf } from '../book/symbol-prices.js';
import { quotePrice } from '../load/symbol-registry.js';
import type { SymbolRegistry } from '../load/symbol-registry.js';
import { marketOfSymbol } from '../../prices/ask.decide.js';
import { judgeQuote } from './quote-gate.decide.js';
import type { Drop } from './quote-gate.decide.js';
import type { OpenQuotes, Quote, QuoteSource } from './quote.js';
import { TradingHours } from './symbol-market.js';
import type { QuoteHours } from './symbol-market.js';

export interface QuoteHubOptions {
  readonly open: OpenQuotes | null;
  readonly hours: QuoteHours;
  readonly registry: SymbolRegistry;
  readonly clock: Clock;
  readonly count: (result: 'taken' | Drop) => void;
  /** A symbol has a newer price. */
  readonly moved: (symbol: string) => void;
}

export class QuoteHub {
  private readonly source: QuoteSource | null;
  private followed = new Set<string>();
  private readonly hours: TradingHours;

  constructor(private readonly options: QuoteHubOptions) {
    this.hours = new TradingHours(options.hours);
    this.source = options.open?.({ quote: (quote) => this.take(quote), malformed: () => options.count('malformed') }) ?? null;
  }

  /** Follows what is held and trades; to be called when either may have changed. */
  refresh(): void {
    if (!this.source) return;
    const now = this.options.clock.now();
    const wanted = new Set<string>();
    for (const { symbol, crypto } of this.options.registry.held()) if (this.hours.trades(symbol, crypto, now)) wanted.add(symbol);
    if (wanted.size === this.followed.size && [...wanted].every((symbol) => this.followed.has(symbol))) return;
    this.followed = wanted;
    this.source.follow(wanted);
  }

  async close(): Promise<void> {
    await this.source?.close();
  }

  private take(quote: Quote): void {
    const prices = this.options.registry.pricesOf(quote.symbol);
    const drop = prices ? this.judge(quote, prices) : 'not_followed';
    this.options.count(drop ?? 'taken');
    if (!prices || drop) return;
    // Clocks differ a little; a price is never newer than now.
    const at = Math.min(quote.at, this.options.clock.now());
    prices.quote = quotePrice(prices, quote.price, at, this.dayOf(prices, at));
    this.options.moved(quote.symbol);
  }

  private judge({ price, at }: Quote, prices: SymbolPrices): Drop | null {
    const today = this.dayOf(prices, at);
    const close = prices.close && priceInUnitsOf(today, prices.close, prices.splits);
    return judgeQuote({ price: exact(price), at }, { now: this.options.clock.now(), open: this.hours.trades(prices.symbol, prices.crypto, at), last: prices.quote, close });
  }

  private dayOf(prices: SymbolPrices, at: number): number {
    return marketDayNumber(at, marketOfSymbol(prices.symbol));
  }
}
