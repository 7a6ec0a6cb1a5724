/**
 * What the market says at the instants of one answer. A position is worth its newest price at that instant: the market's close, dated
 * at the close of its day, or the price that the snapshot carried; at the same instant the market's. A carried price never leaves its
 * account. A line that states its currency takes closes of that currency alone: another would be another listing. One that states none
 * takes the close's currency; what was paid for it stays in the currency that it was stated in.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { closeOf, crossRate, isSameListing, lastClosedDay, newestPrice } from '@tidemark/market';
import { isCash } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { KnownClose } from '../projections/market/query.js';
import type { RateOf } from './rate.js';

/** A line with the price that it has. */
export interface PricedLine extends BalanceLine {
  /** What `costBasis` is in, where that is another currency than the price's. */
  readonly costCurrency?: string | null;
}

interface Candidate {
  readonly origin: 'market' | 'account';
  readonly at: string;
  readonly price: Decimal;
}

export class MarketView {
  private readonly closes: ReadonlyMap<string, KnownClose>;

  constructor(known: readonly KnownClose[]) {
    this.closes = new Map(known.map((close) => [`${close.what} ${close.asked}`, close]));
  }

  readonly rate: RateOf = (currency, base, at) => {
    const day = lastClosedDay(at);
    const dollars = (code: string): Decimal | null => (code === 'USD' ? '1' : (this.closes.get(`${code} ${day}`)?.close ?? null));
    return crossRate(dollars(currency), dollars(base));
  };

  /** The lines of a snapshot, each with the price that it has at `at`. */
  priced(snapshot: { readonly capturedAt: string; readonly currency: string; readonly balances: readonly BalanceLine[] }, at: string): PricedLine[] {
    const day = lastClosedDay(at);
    return snapshot.balances.map((line): PricedLine => {
      const close = isCash(line.asset) || line.countedAsCash ? undefined : this.closes.get(`${line.asset} ${day}`);
      if (!close || !isSameListing(line.asset, line.currency, close.currency)) return line;
      const candidates: Candidate[] = [{ origin: 'market', at: closeOf(close.day), price: close.close }];
      if (line.price != null) candidates.push({ origin: 'account', at: line.priceAsOf ?? snapshot.capturedAt, price: line.price });
      const newest = newestPrice(candidates, at);
      if (newest?.origin !== 'market') return line;
      const stated = line.currency === undefined ? snapshot.currency : line.currency;
      return { ...line, price: newest.price, priceAsOf: newest.at, ...(close.currency === stated ? {} : { currency: close.currency, costCurrency: stated }) };
    });
  }
}
