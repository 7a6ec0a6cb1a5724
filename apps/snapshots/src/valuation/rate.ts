/**
 * Exchange rates are given to the valuation, never looked up by it. What converts a currency into itself is exact; everything else
 * needs a rate, and a rate that is not there makes the amount unknown: never 1, never 0.
 */
import { multiply } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

/** Units of `base` for one unit of `currency` at an instant (RFC 3339 UTC), or null where no rate is known. */
export type RateOf = (currency: string, base: string, at: string) => Decimal | null;

/** Where nothing is to be converted. */
export const noRates: RateOf = () => null;

export interface Conversion {
  readonly base: string;
  readonly at: string;
  readonly rate: RateOf;
}

/** @returns null where the amount, its currency or the rate is unknown */
export function convert(amount: Decimal | null, currency: string | null, to: Conversion): Decimal | null {
  if (amount === null || currency === null) return null;
  if (currency === to.base) return amount;
  const rate = to.rate(currency, to.base, to.at);
  return rate === null ? null : multiply(amount, rate);
}
