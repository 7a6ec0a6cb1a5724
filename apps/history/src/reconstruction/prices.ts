/**
 * The price of an asset at a close: the newest at or before it, of the market's closes and of what this account's own snapshots said;
 * on the same day the market's. Never a later one, and nothing between two. A price is of a unit of its day, so one from before a split
 * is carried across it by the split's ratio.
 */
import type { AssetId, Exact } from '@tidemark/money';
import { utcDayOf } from './days.js';
import type { DayNumber, PreparedCloses, ReconstructionInput } from './model.js';
import type { Read } from './reading.js';

/** What a snapshot said. */
export interface Supplied {
  /** The first close that may use it. */
  readonly day: DayNumber;
  readonly at: number;
  /** The calendar day it was quoted on, at the latest. */
  readonly quoted: DayNumber;
  readonly price: Exact;
  readonly currency: string;
}

export function suppliedPrices({ snapshots, marketDayOf }: ReconstructionInput, read: Read): Map<AssetId, Supplied[]> {
  const prices = new Map<AssetId, Supplied[]>();
  for (const snapshot of snapshots) {
    const at = Date.parse(snapshot.capturedAt);
    const captured = { day: snapshot.day, at, quoted: snapshot.calendarDay ?? snapshot.day };
    for (const line of snapshot.lines) {
      if (line.price == null || line.asset.startsWith('currency:') || line.countedAsCash === true) continue;
      const currency = line.currency === undefined ? snapshot.currency : line.currency;
      if (currency === null) continue;
      const { day, at: when, quoted } = line.priceAsOf == null ? captured : dated(captured, line.priceAsOf, marketDayOf);
      const supplied = { day, at: when, quoted, price: read(line.price), currency };
      const list = prices.get(line.asset);
      if (list) list.push(supplied);
      else prices.set(line.asset, [supplied]);
    }
  }
  for (const list of prices.values()) list.sort((a, b) => a.day - b.day || a.at - b.at);
  return prices;
}

type Dated = Pick<Supplied, 'day' | 'at' | 'quoted'>;

/** What is dated after its snapshot was known at the snapshot. */
function dated(captured: Dated, priceAsOf: string, marketDayOf: ReconstructionInput['marketDayOf']): Dated {
  const at = Date.parse(priceAsOf);
  if (!(at < captured.at)) return captured;
  const day = Math.min(captured.day, marketDayOf?.(priceAsOf) ?? utcDayOf(priceAsOf) + 1);
  return { day, at, quoted: Math.min(day, captured.quoted) };
}

/** A price at a close. */
export interface Quote {
  /** digits × 10^−scale */
  digits: bigint;
  scale: number;
  currency: string;
  /** Days since the market's day of it. */
  age: number;
  /** The day it is a price of a unit of. */
  quoted: DayNumber;
  supplied: boolean;
}

/** Walks the prices of one asset from day to day; asked in ascending order. */
export class PriceWalk {
  #next = 0;
  #own = 0;

  constructor(
    readonly closes: PreparedCloses | null,
    readonly supplied: readonly Supplied[],
  ) {}

  /** The first day from `day` on at whose close the account's own price is the newest; Infinity where there is none. */
  ownFrom(day: DayNumber): DayNumber {
    const { closes, supplied } = this;
    while (this.#own < supplied.length && (supplied[this.#own] as Supplied).day <= day) this.#own += 1;
    for (let index = Math.max(this.#own - 1, 0); index < supplied.length; index += 1) {
      const from = Math.max((supplied[index] as Supplied).day, day);
      if (closes === null || marketsNewest(closes, from) < (supplied[index] as Supplied).day) return from;
    }
    return Infinity;
  }

  /** Writes into `quote` and returns true; false where there is no price. */
  at(day: DayNumber, quote: Quote): boolean {
    const { closes, supplied } = this;
    while (this.#next < supplied.length && (supplied[this.#next] as Supplied).day <= day) this.#next += 1;
    const own = this.#next > 0 ? (supplied[this.#next - 1] as Supplied) : null;
    if (closes !== null && closes.newest.length > 0) {
      const last = closes.newest.length - 1;
      const index = Math.min(day - closes.firstDay, last);
      const digits = index < 0 ? null : (closes.newest[index] as bigint | null);
      if (digits !== null) {
        const age = (closes.age[index] as number) + day - closes.firstDay - index;
        if (own === null || day - own.day >= age) {
          quote.digits = digits;
          quote.scale = closes.scale;
          quote.currency = closes.currency;
          quote.age = age;
          quote.quoted = day - age;
          quote.supplied = false;
          return true;
        }
      }
    }
    if (own === null) return false;
    quote.digits = own.price.digits;
    quote.scale = own.price.scale;
    quote.currency = own.currency;
    quote.age = day - own.day;
    quote.quoted = own.quoted;
    quote.supplied = true;
    return true;
  }
}

/** The day of the market's newest close at or before a day. */
function marketsNewest({ newest, age, firstDay }: PreparedCloses, day: DayNumber): DayNumber {
  const index = Math.min(day - firstDay, newest.length - 1);
  return index < 0 || newest[index] === null ? -Infinity : firstDay + index - (age[index] as number);
}

export function newQuote(): Quote {
  return { digits: 0n, scale: 0, currency: '', age: 0, quoted: 0, supplied: false };
}
