/**
 * Numbers that do not terminate (a 1:3 split, an average) stay ratios of integers as long as they are computed with. They are written
 * once, at the end: exactly where the digits end, else at 18 digits after the point, half to even.
 */
import { halfEven, powerOfTen, STORED_DIGITS, written } from '@tidemark/money';
import type { Decimal, Exact } from '@tidemark/money';

/** numerator / denominator, the denominator above zero; not necessarily in lowest terms. */
export interface Ratio {
  readonly n: bigint;
  readonly d: bigint;
}

export const NOTHING: Ratio = { n: 0n, d: 1n };
/** Events keep 40 digits after the point; what terminates beyond them is rounded like what never does. */
const MOST_DIGITS = 40;

export function ratioOf({ digits, scale }: Exact): Ratio {
  return { n: digits, d: powerOfTen(scale) };
}

export function plus(a: Ratio, b: Ratio): Ratio {
  return a.d === b.d ? { n: a.n + b.n, d: a.d } : { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
}

export function reduced({ n, d }: Ratio): Ratio {
  if (n === 0n) return NOTHING;
  const divisor = gcd(n < 0n ? -n : n, d);
  return divisor === 1n ? { n, d } : { n: n / divisor, d: d / divisor };
}

/** The digits after the point that a denominator in lowest terms needs; null where they never end. */
export function digitsOf(denominator: bigint): number | null {
  let [rest, twos, fives] = [denominator, 0, 0];
  for (; rest % 10n === 0n; rest /= 10n) [twos, fives] = [twos + 1, fives + 1];
  for (; rest % 2n === 0n; rest /= 2n) twos += 1;
  for (; rest % 5n === 0n; rest /= 5n) fives += 1;
  return rest === 1n ? Math.max(twos, fives) : null;
}

/** As an exact decimal, or null where the digits do not end. */
export function terminating(ratio: Ratio): Exact | null {
  const { n, d } = reduced(ratio);
  const scale = digitsOf(d);
  return scale === null ? null : { digits: (n * powerOfTen(scale)) / d, scale };
}

/** As it is stored. */
export function stored(ratio: Ratio): Decimal {
  const exact = terminating(ratio);
  if (exact !== null && exact.scale <= MOST_DIGITS) return written(exact);
  return written({ digits: halfEven(ratio.n * powerOfTen(STORED_DIGITS), ratio.d), scale: STORED_DIGITS });
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
