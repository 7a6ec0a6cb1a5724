/**
 * What is known of one symbol: its last close, its last quote, the splits of its issuer. Prices are as they were quoted on their day and units
 * as they were counted on theirs; between two days a split stands in the ratio, never in the price (docs/adr: prices are stored unadjusted).
 */
import { exact, halfEven, powerOfTen, scaled, STORED_DIGITS } from '@tidemark/money';
import type { Decimal, Exact } from '@tidemark/money';
import type { DayNumber } from '../../reconstruction/model.js';

/** A price with its instant (milliseconds since 1970) and the market day whose units it is for. */
export interface DatedPrice {
  readonly price: Exact;
  readonly at: number;
  readonly day: DayNumber;
  /** Null: that of the line that it prices. */
  readonly currency: string | null;
}

export interface Split {
  readonly day: DayNumber;
  readonly numerator: Decimal;
  readonly denominator: Decimal;
}

export interface SymbolPrices {
  readonly symbol: string;
  readonly crypto: boolean;
  close: DatedPrice | null;
  quote: DatedPrice | null;
  splits: readonly Split[];
}

/** The newest price at or before `now`: a quote, a close, or what the account itself was told. At the same instant the market's goes first. */
export function newestOf(symbol: SymbolPrices | null, own: DatedPrice | null, now: number): DatedPrice | null {
  let best: DatedPrice | null = null;
  for (const price of [symbol?.close, symbol?.quote, own]) if (price && price.at <= now && (best === null || price.at > best.at)) best = price;
  return best;
}

/**
 * Units counted on one day × a price of another one. A 3:1 split between them makes three units of one; where a ratio does not terminate the
 * product is stored at 18 digits, half-even.
 */
export function worth(units: Exact, unitsDay: DayNumber, { price, day }: DatedPrice, splits: readonly Split[]): Exact {
  const product = { digits: units.digits * price.digits, scale: units.scale + price.scale };
  if (splits.length === 0 || unitsDay === day) return product;
  let [numerator, denominator] = [1n, 1n];
  for (const split of splits) {
    if (split.day <= Math.min(unitsDay, day) || split.day > Math.max(unitsDay, day)) continue;
    const [more, fewer] = wholes(split);
    const forward = unitsDay < day;
    numerator *= forward ? more : fewer;
    denominator *= forward ? fewer : more;
  }
  if (numerator === denominator) return product;
  const digits = product.digits * numerator;
  if (digits % denominator === 0n) return { digits: digits / denominator, scale: product.scale };
  const scale = Math.max(product.scale, STORED_DIGITS);
  return { digits: halfEven(digits * powerOfTen(scale - product.scale), denominator), scale };
}

/** What a price of an earlier day is in units of `day`, to measure a quote by. */
export function priceInUnitsOf(day: DayNumber, price: DatedPrice, splits: readonly Split[]): Exact {
  return worth({ digits: 1n, scale: 0 }, day, price, splits);
}

function wholes({ numerator, denominator }: Split): [bigint, bigint] {
  const [a, b] = [exact(numerator), exact(denominator)];
  const scale = Math.max(a.scale, b.scale);
  return [scaled(a, scale), scaled(b, scale)];
}
