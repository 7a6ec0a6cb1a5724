/** Which positions hold which symbol, over everybody who is watched, and what is known of its price. */
import { closeMs, lastClosedDay, dayNumber } from '@tidemark/market';
import { exact } from '@tidemark/money';
import type { AssetId, Exact } from '@tidemark/money';
import type { PriceReads } from '../../reads/read-context.js';
import type { PreparedCloses } from '../../reconstruction/model.js';
import type { LiveAccount, LivePosition } from '../book/live-account.js';
import type { UserAccount } from '../book/live-user.js';
import type { DatedPrice, SymbolPrices } from '../book/symbol-prices.js';
import { marketOfSymbol } from '../../prices/ask.decide.js';

export interface Holder {
  readonly userId: string;
  readonly owner: UserAccount;
  readonly live: LiveAccount;
  readonly position: LivePosition;
}

/** Closes carried for longer are old news anyway. */
const LOOK_BACK_DAYS = 30;

export class SymbolRegistry {
  private readonly symbols = new Map<string, SymbolPrices>();
  private readonly holders = new Map<string, Set<Holder>>();
  private readonly ofAccount = new Map<LiveAccount, Holder[]>();

  constructor(private readonly prices: PriceReads) {}

  /** Reads what is stored of the assets' symbols. @returns the symbol of each asset, and the symbols whose close is another than before */
  async load(assets: readonly AssetId[], now: number): Promise<{ symbolOf: (asset: AssetId) => SymbolPrices | null; moved: string[] }> {
    const mapped = await this.prices.symbolsFor([...new Set(assets)]);
    const names = [...new Set([...mapped.values()].filter((symbol) => symbol !== null))];
    const today = Math.floor(now / 86_400_000) + 1;
    const closes = names.length === 0 ? new Map<string, PreparedCloses>() : await this.prices.closes(names, today - LOOK_BACK_DAYS, today);
    const crypto = new Set([...mapped].filter(([asset]) => asset.startsWith('crypto:')).map(([, symbol]) => symbol));
    const moved = names.filter((symbol) => this.set(symbol, crypto.has(symbol), closes.get(symbol), now));
    return { symbolOf: (asset) => this.symbols.get(mapped.get(asset) ?? '') ?? null, moved };
  }

  hold(userId: string, owner: UserAccount): void {
    const { live } = owner;
    if (!live) return;
    const made = live.positions.filter((position) => position.symbol !== null).map((position) => ({ userId, owner, live, position }));
    this.ofAccount.set(live, made);
    for (const holder of made) {
      const prices = holder.position.symbol as SymbolPrices;
      const { symbol } = prices;
      // Whoever held it last may have let it go while this account was being read.
      if (!this.symbols.has(symbol)) this.symbols.set(symbol, prices);
      const known = this.holders.get(symbol);
      if (known) known.add(holder);
      else this.holders.set(symbol, new Set([holder]));
    }
  }

  release(live: LiveAccount | null): void {
    for (const holder of (live && this.ofAccount.get(live)) ?? []) {
      const symbol = (holder.position.symbol as SymbolPrices).symbol;
      const left = this.holders.get(symbol);
      left?.delete(holder);
      if (left?.size === 0) {
        this.holders.delete(symbol);
        this.symbols.delete(symbol);
      }
    }
    if (live) this.ofAccount.delete(live);
  }

  /** Symbols that somebody who is watched holds. */
  *held(): Iterable<SymbolPrices> {
    for (const symbol of this.holders.keys()) {
      const prices = this.symbols.get(symbol);
      if (prices) yield prices;
    }
  }

  pricesOf(symbol: string): SymbolPrices | null {
    return this.holders.has(symbol) ? (this.symbols.get(symbol) ?? null) : null;
  }

  /** Brings what the symbol's positions are worth to its newest price. @returns the accounts whose value moved */
  reprice(symbol: string, now: number): Holder[] {
    return [...(this.holders.get(symbol) ?? [])].filter(({ live, position }) => live.reprice(position, now));
  }

  private set(symbol: string, crypto: boolean, closes: PreparedCloses | undefined, now: number): boolean {
    const known = this.symbols.get(symbol) ?? { symbol, crypto, close: null, quote: null, splits: [] };
    this.symbols.set(symbol, known);
    const close = closes ? lastClose(closes, now) : null;
    const same = known.close?.at === close?.at && sameNumber(known.close?.price, close?.price) && known.splits.length === (closes?.splits.length ?? 0);
    known.close = close;
    known.splits = closes?.splits ?? [];
    return !same;
  }
}

function sameNumber(a: Exact | undefined, b: Exact | undefined): boolean {
  return a?.digits === b?.digits && a?.scale === b?.scale;
}

/** The newest close of a day that is over, dated at that day's close. */
function lastClose(closes: PreparedCloses, now: number): DatedPrice | null {
  const market = marketOfSymbol(closes.symbol);
  const last = Math.min(dayNumber(lastClosedDay(new Date(now).toISOString(), market)) - closes.firstDay, closes.newest.length - 1);
  const digits = last < 0 ? null : (closes.newest[last] ?? null);
  if (digits === null) return null;
  const day = closes.firstDay + last - (closes.age[last] ?? 0);
  return { price: { digits, scale: closes.scale }, at: closeMs(day, market), day, currency: closes.currency };
}

/** The quote as a price of a symbol: in the currency of its closes, for units of today. */
export function quotePrice(prices: SymbolPrices, price: string, at: number, today: number): DatedPrice {
  return { price: exact(price), at, day: today, currency: prices.close?.currency ?? null };
}
