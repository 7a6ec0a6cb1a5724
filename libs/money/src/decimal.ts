/**
 * Exact amounts as decimal strings. Sums, differences and products are exact (integers of any size underneath);
 * only a quotient is rounded, half-even at 18 digits after the point, and only where it must be stored.
 */
import { exact, halfEven, powerOfTen, scaled, written } from './exact.js';

/** A plain decimal such as `-1373.6865`: no exponent, no leading plus, no trailing zeros after the point. */
export type Decimal = string;

/** Digits after the point at which a quotient is stored. */
export const STORED_DIGITS = 18;

const PLAIN = /^-?\d+(\.\d+)?$/;
const WIRE = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/;
const SIGNIFICANT = /[1-9]/;

export function isDecimal(text: unknown): text is Decimal {
  return typeof text === 'string' && PLAIN.test(text);
}

/**
 * The shortest form of a decimal as a provider or a person may write it (`1e-8`, `+5`, `100.50`).
 * @returns null where the text is no number; the caller decides what that means.
 */
export function parseDecimal(text: string): Decimal | null {
  return WIRE.test(text) ? written(exact(text)) : null;
}

/** @throws where `text` is no decimal: a broken invariant inside, check input with `parseDecimal`. */
export function decimal(text: string): Decimal {
  return written(exact(text));
}

export function add(a: Decimal, b: Decimal): Decimal {
  return sum([a, b]);
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  const [x, y] = [exact(a), exact(b)];
  const scale = Math.max(x.scale, y.scale);
  return written({ digits: scaled(x, scale) - scaled(y, scale), scale });
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  const [x, y] = [exact(a), exact(b)];
  return written({ digits: x.digits * y.digits, scale: x.scale + y.scale });
}

export function negate(a: Decimal): Decimal {
  const { digits, scale } = exact(a);
  return written({ digits: -digits, scale });
}

export function absolute(a: Decimal): Decimal {
  const { digits, scale } = exact(a);
  return written({ digits: digits < 0n ? -digits : digits, scale });
}

export function sum(amounts: Iterable<Decimal>): Decimal {
  let digits = 0n;
  let scale = 0;
  for (const amount of amounts) {
    const next = exact(amount);
    if (next.scale > scale) {
      digits *= powerOfTen(next.scale - scale);
      scale = next.scale;
    }
    digits += scaled(next, scale);
  }
  return written({ digits, scale });
}

/** Rounded half-even to `digits` after the point. A zero divisor is the caller's to exclude: it throws. */
export function divide(a: Decimal, b: Decimal, digits: number = STORED_DIGITS): Decimal {
  const [x, y] = [exact(a), exact(b)];
  const numerator = x.digits * powerOfTen(y.scale + digits);
  return written({ digits: halfEven(numerator, y.digits * powerOfTen(x.scale)), scale: digits });
}

export function round(a: Decimal, digits: number): Decimal {
  const { digits: held, scale } = exact(a);
  return scale <= digits ? written({ digits: held, scale }) : written({ digits: halfEven(held, powerOfTen(scale - digits)), scale: digits });
}

/** Negative, zero or positive as a is less than, equal to or greater than b. */
export function compare(a: Decimal, b: Decimal): number {
  const [x, y] = [exact(a), exact(b)];
  const scale = Math.max(x.scale, y.scale);
  const [left, right] = [scaled(x, scale), scaled(y, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function isZero(a: Decimal): boolean {
  return !SIGNIFICANT.test(a);
}

export function isNegative(a: Decimal): boolean {
  return a.startsWith('-') && !isZero(a);
}
