/**
 * Quotients of amounts that are not rounded while they are computed with: two integers. A return of two years is the product of hundreds
 * of daily quotients; rounded each day it would depend on where the period is cut, as a ratio it does not.
 *
 * Only here a quotient leaves the exact world: `asNumber` gives the nearest double to what takes a logarithm or a root of it.
 */
import { exact, halfEven, powerOfTen, scaled, written } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

export interface Ratio {
  readonly numerator: bigint;
  /** Never 0. */
  readonly denominator: bigint;
}

export const ONE: Ratio = { numerator: 1n, denominator: 1n };

/** More digits than a double holds, so that taking the double is the only rounding that matters. */
const GUARD_DIGITS = 40;

/** a / b. @throws RangeError where b is zero: the caller's to exclude */
export function ratioOf(a: Decimal, b: Decimal): Ratio {
  const [x, y] = [exact(a), exact(b)];
  if (y.digits === 0n) throw new RangeError('a quotient of zero');
  const scale = Math.max(x.scale, y.scale);
  return { numerator: scaled(x, scale), denominator: scaled(y, scale) };
}

export function times(a: Ratio, b: Ratio): Ratio {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** @throws RangeError where `b` is zero */
export function divided(a: Ratio, b: Ratio): Ratio {
  if (b.numerator === 0n) throw new RangeError('a quotient of zero');
  return { numerator: a.numerator * b.denominator, denominator: a.denominator * b.numerator };
}

export function plus(a: Ratio, b: Ratio): Ratio {
  if (a.denominator === b.denominator) return { numerator: a.numerator + b.numerator, denominator: a.denominator };
  return { numerator: a.numerator * b.denominator + b.numerator * a.denominator, denominator: a.denominator * b.denominator };
}

/** How one stands to the other: negative, zero or positive as a is less than, equal to or greater than b. */
export function compareRatios(a: Ratio, b: Ratio): number {
  const sign = a.denominator < 0n === b.denominator < 0n ? 1 : -1;
  const [left, right] = [a.numerator * b.denominator, b.numerator * a.denominator];
  return left === right ? 0 : left < right ? -sign : sign;
}

/** The growth less one: what a rate of return is. */
export function lessOne({ numerator, denominator }: Ratio): Ratio {
  return { numerator: numerator - denominator, denominator };
}

/** Rounded once, half-even, to `digits` after the point. */
export function rounded({ numerator, denominator }: Ratio, digits: number): Decimal {
  return written({ digits: halfEven(numerator * powerOfTen(digits), denominator), scale: digits });
}

/** The nearest double, for logarithms, roots and powers: of a dimensionless quotient, never of an amount. */
export function asNumber(ratio: Ratio): number {
  return Number(rounded(ratio, GUARD_DIGITS));
}
