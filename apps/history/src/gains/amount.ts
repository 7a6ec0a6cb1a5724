/** Arithmetic of gains: ratios of integers in lowest terms, so that an average or a part of a lot is never rounded before it is written. */
import { exact, halfEven, powerOfTen, STORED_DIGITS, written } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { NOTHING, plus as unreducedSum, ratioOf, reduced } from '../reconstruction/ratio.js';
import type { Ratio } from '../reconstruction/ratio.js';

/** What an answer can hold; what ends within it is written as it is. */
const MOST_DIGITS = 40;

export function ratio(amount: Decimal): Ratio {
  return reduced(ratioOf(exact(amount)));
}

export function plus(a: Ratio, b: Ratio): Ratio {
  return reduced(unreducedSum(a, b));
}

export function negated({ n, d }: Ratio): Ratio {
  return { n: -n, d };
}

export function minus(a: Ratio, b: Ratio): Ratio {
  return plus(a, negated(b));
}

export function times(a: Ratio, b: Ratio): Ratio {
  return reduced({ n: a.n * b.n, d: a.d * b.d });
}

/** @throws RangeError where b is zero: the caller's to exclude */
export function over(a: Ratio, b: Ratio): Ratio {
  if (b.n === 0n) throw new RangeError('a quotient of zero');
  return reduced(b.n < 0n ? { n: -a.n * b.d, d: a.d * -b.n } : { n: a.n * b.d, d: a.d * b.n });
}

/** Negative, zero or positive, as a number: of a, or of a − b. */
export function sign({ n }: Ratio): number {
  return n < 0n ? -1 : n > 0n ? 1 : 0;
}

export function compared(a: Ratio, b: Ratio): number {
  return sign(minus(a, b));
}

export function least(a: Ratio, b: Ratio): Ratio {
  return compared(a, b) <= 0 ? a : b;
}

export function total(amounts: Iterable<Ratio>): Ratio {
  let sum = NOTHING;
  for (const amount of amounts) sum = plus(sum, amount);
  return sum;
}

/** Null where one of them is. */
export function totalKnown(amounts: Iterable<Ratio | null>): Ratio | null {
  let sum = NOTHING;
  for (const amount of amounts) {
    if (amount === null) return null;
    sum = plus(sum, amount);
  }
  return sum;
}

/**
 * a × b and a + b that are not brought to lowest terms. An average carried through hundreds of sales has a denominator of a thousand
 * digits that nothing cancels: looking for common factors each time would cost a thousand times the arithmetic itself.
 */
export function timesAsIs(a: Ratio, b: Ratio): Ratio {
  return { n: a.n * b.n, d: a.d * b.d };
}

export function plusAsIs(a: Ratio, b: Ratio): Ratio {
  if (a.n === 0n) return b;
  if (b.n === 0n) return a;
  if (a.d % b.d === 0n) return { n: a.n + b.n * (a.d / b.d), d: a.d };
  return { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
}

/** Exactly where the digits end, else at 18 after the point, half to even. */
export function stored({ n, d }: Ratio): Decimal {
  const shifted = n * powerOfTen(MOST_DIGITS);
  if (shifted % d === 0n) return written({ digits: shifted / d, scale: MOST_DIGITS });
  return written({ digits: halfEven(n * powerOfTen(STORED_DIGITS), d), scale: STORED_DIGITS });
}

export function write(amount: Ratio | null): Decimal | null {
  return amount === null ? null : stored(amount);
}
