/** Whether one quantity is a small ratio of another, as splits make them. Exact. */
import { exact, scaled } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

type Pair = readonly [after: number, before: number];

/** What issuers do often enough that the ratio alone speaks for it: 2:1, and 1:10 in reverse. Half of it sold looks like 1:2, which hardly any issuer does. */
const USUAL: readonly Pair[] = [
  [2, 1], [3, 1], [4, 1], [5, 1], [6, 1], [7, 1], [8, 1], [10, 1], [15, 1], [20, 1], [25, 1], [50, 1], [3, 2],
  [1, 4], [1, 5], [1, 6], [1, 7], [1, 8], [1, 10], [1, 12], [1, 15], [1, 20], [1, 25], [1, 30], [1, 40], [1, 50], [1, 100],
];

/** With a report of a split, and fractions paid out. */
const REPORTED: readonly Pair[] = [...USUAL, [5, 2], [4, 3], [5, 3], [5, 4], [6, 5], [11, 10], [21, 20], [1, 2], [1, 3], [2, 3]];

/** Of a reported split one side is small, as 21:20 and 1:250 have it. */
const SMALL = 20n;

/** after : before in lowest terms. @returns null where either is zero or their signs differ */
export function ratioOf(after: Decimal, before: Decimal): Ratio | null {
  const [x, y] = [exact(after), exact(before)];
  const scale = Math.max(x.scale, y.scale);
  const [a, b] = [scaled(x, scale), scaled(y, scale)];
  if (a === 0n || b === 0n || a < 0n !== b < 0n) return null;
  const divisor = gcd(a < 0n ? -a : a, b < 0n ? -b : b);
  return { numerator: (a < 0n ? -a : a) / divisor, denominator: (b < 0n ? -b : b) / divisor };
}

export function isUsualSplit({ numerator, denominator }: Ratio): boolean {
  return USUAL.some(([after, before]) => numerator === BigInt(after) && denominator === BigInt(before));
}

/** Any ratio that a reported split may have. */
export function isSplit({ numerator, denominator }: Ratio): boolean {
  return numerator !== denominator && (numerator < denominator ? numerator : denominator) <= SMALL;
}

/**
 * The split that makes `after` of `before` once fractions are paid out in cash: less than a unit is missing, of a whole number.
 * @returns null where none does
 */
export function splitInLieu(after: Decimal, before: Decimal): Ratio | null {
  const [x, y] = [exact(after), exact(before)];
  if (x.scale > 0 && scaled(x, x.scale) % 10n ** BigInt(x.scale) !== 0n) return null;
  const scale = Math.max(x.scale, y.scale);
  const [a, b] = [scaled(x, scale), scaled(y, scale)];
  if (a === 0n || b === 0n || a < 0n !== b < 0n) return null;
  const one = 10n ** BigInt(scale);
  for (const [n, d] of REPORTED.map(([p, q]) => [BigInt(p), BigInt(q)] as const)) {
    const missing = b * n - a * d;
    if ((a > 0n ? missing > 0n : missing < 0n) && (missing < 0n ? -missing : missing) < one * d) return { numerator: n, denominator: d };
  }
  return null;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
