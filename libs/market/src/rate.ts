/** Rates of exchange from the price of each currency in dollars. Every pair goes through the dollar, so that rates of one day never contradict each other. */
import { divide, isNegative, isZero } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

/**
 * What one unit of A is worth in B: usd(A) / usd(B), half-even at 18 digits after the point. usd(USD) is `1`.
 * @returns null where either is unknown or not above zero: an unknown rate is never 1.
 */
export function crossRate(usdA: Decimal | null, usdB: Decimal | null): Decimal | null {
  if (usdA === null || usdB === null || !positive(usdA) || !positive(usdB)) return null;
  return usdA === usdB ? '1' : divide(usdA, usdB);
}

function positive(amount: Decimal): boolean {
  return !isZero(amount) && !isNegative(amount);
}
