/** The generator's own numbers: whole units of 10^−8 (quantities) or of cents (cash), so that ten thousand histories are played in seconds. */
import { exact, halfEven, scaled, written, type Decimal } from '@tidemark/money';

export const UNIT = 100_000_000n;
const UNIT_DIGITS = 8;

export const unitsText = (units: bigint): Decimal => written({ digits: units, scale: UNIT_DIGITS });
export const centsText = (cents: bigint): Decimal => written({ digits: cents, scale: 2 });

/** A price: digits × 10^−scale. */
export interface Price {
  digits: bigint;
  scale: number;
}

export const priceText = ({ digits, scale }: Price): Decimal => written({ digits, scale });
export const priceOf = (text: Decimal): Price => {
  const { digits, scale } = exact(text);
  return { digits, scale };
};

/** units × price × multiplier in cents, half to even. */
export function worthInCents(units: bigint, { digits, scale }: Price, multiplier = 1n): bigint {
  return halfEven(units * digits * multiplier * 100n, UNIT * 10n ** BigInt(scale));
}

/** A quantity cut to so many digits after the point, towards zero. */
export function cut(units: bigint, digits: number): bigint {
  const step = 10n ** BigInt(UNIT_DIGITS - digits);
  return (units / step) * step;
}

export const centsOf = (text: Decimal): bigint => scaled(exact(text), 2);
