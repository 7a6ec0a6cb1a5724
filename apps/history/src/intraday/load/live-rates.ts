/** The day's rates, at hand without waiting: read for the currencies that are in use, again every minute. */
import { exact } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import type { PriceReads, RateTable } from '../../reads/read-context.js';
import type { DayNumber } from '../../reconstruction/model.js';

const DAYS = 30;
const FRESH_MS = 60_000;

export class LiveRates {
  private readonly currencies = new Set<string>();
  private table: RateTable | null = null;
  private readAt = 0;
  private known = new Map<string, Exact | null>();

  constructor(private readonly prices: PriceReads) {}

  /** @returns whether rates may be other than before */
  async want(currencies: Iterable<string>, now: number): Promise<boolean> {
    const before = this.currencies.size;
    for (const currency of currencies) this.currencies.add(currency);
    if (this.currencies.size < 2 || (this.currencies.size === before && this.table && now - this.readAt < FRESH_MS)) return false;
    const today = Math.floor(now / 86_400_000) + 1;
    this.table = await this.prices.ratesFor([...this.currencies], today - DAYS, today);
    this.readAt = now;
    this.known = new Map();
    return true;
  }

  readonly on = (currency: string, base: string, day: DayNumber): Exact | null => {
    const key = `${currency}${base}${day}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const rate = this.table?.rate(currency, base, day) ?? null;
    const made = rate === null ? null : exact(rate);
    this.known.set(key, made);
    return made;
  };
}
