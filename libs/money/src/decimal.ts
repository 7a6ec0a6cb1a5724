/**
 * Exact amounts as decimal strings. Sums, differences and products are exact (big.js keeps every digit of them);
 * only a quotient is rounded, half-even at 18 digits after the point, and only where it must be stored.
 */
import { Big } from 'big.js';

/** A plain decimal such as `-1373.6865`: no exponent, no leading plus, no trailing zeros after the point. */
export type Decimal = string;

/** Digits after the point at which a quotient is stored. */
export const STORED_DIGITS = 18;

const HALF_EVEN = 2;
const PLAIN = /^-?\d+(\.\d+)?$/;
const WIRE = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/;

const Exact = Big();
Exact.DP = STORED_DIGITS;
Exact.RM = HALF_EVEN;
Exact.PE = 1_000_000;
Exact.NE = -1_000_000;

export function isDecimal(text: unknown): text is Decimal {
  return typeof text === 'string' && PLAIN.test(text);
}

/**
 * The shortest form of a decimal as a provider or a person may write it (`1e-8`, `+5`, `100.50`).
 * @returns null where the text is no number; the caller decides what that means.
 */
export function parseDecimal(text: string): Decimal | null {
  return WIRE.test(text) ? shortest(new Exact(text.replace(/^\+/, ''))) : null;
}

/** @throws where `text` is no decimal: a broken invariant inside, check input with `parseDecimal`. */
export function decimal(text: string): Decimal {
  return shortest(new Exact(text));
}

export function add(a: Decimal, b: Decimal): Decimal {
  return shortest(new Exact(a).plus(b));
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return shortest(new Exact(a).minus(b));
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return shortest(new Exact(a).times(b));
}

export function negate(a: Decimal): Decimal {
  return shortest(new Exact(a).times(-1));
}

export function absolute(a: Decimal): Decimal {
  return shortest(new Exact(a).abs());
}

export function sum(amounts: Iterable<Decimal>): Decimal {
  let total = new Exact(0);
  for (const amount of amounts) total = total.plus(amount);
  return shortest(total);
}

/** One constructor for each number of digits: a new one for each division would make every operation on a Big slow to dispatch. */
const quotients = new Map<number, ReturnType<typeof Big>>();

function quotientOf(digits: number): ReturnType<typeof Big> {
  const known = quotients.get(digits);
  if (known) return known;
  const Quotient = Big();
  Quotient.DP = digits;
  Quotient.RM = HALF_EVEN;
  Quotient.PE = Exact.PE;
  Quotient.NE = Exact.NE;
  quotients.set(digits, Quotient);
  return Quotient;
}

/** Rounded half-even to `digits` after the point. A zero divisor is the caller's to exclude: it throws. */
export function divide(a: Decimal, b: Decimal, digits: number = STORED_DIGITS): Decimal {
  const Quotient = quotientOf(digits);
  return shortest(new Quotient(a).div(b));
}

export function round(a: Decimal, digits: number): Decimal {
  return shortest(new Exact(a).round(digits, HALF_EVEN));
}

/** Negative, zero or positive as a is less than, equal to or greater than b. */
export function compare(a: Decimal, b: Decimal): number {
  return new Exact(a).cmp(b);
}

export function isZero(a: Decimal): boolean {
  return !/[1-9]/.test(a);
}

export function isNegative(a: Decimal): boolean {
  return new Exact(a).lt(0);
}

function shortest(value: Big): Decimal {
  const text = value.toFixed();
  return text === '-0' ? '0' : text;
}
