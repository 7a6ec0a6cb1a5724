/** Shares of 100 % that sum to exactly 100, by largest remainder: each share is rounded down, the rest goes to the largest remainders. */
import type { Decimal } from './decimal.js';
import { exact, powerOfTen, scaled, written } from './exact.js';

/**
 * @param parts amounts of one sign or mixed; @param digits digits after the point of a percentage
 * @returns a percentage for each part, in order; all null where the parts sum to zero or less (a share of it means nothing)
 */
export function percentages(parts: readonly Decimal[], digits = 2): (Decimal | null)[] {
  const values = parts.map(exact);
  const scale = values.reduce((most, value) => Math.max(most, value.scale), 0);
  const units = values.map((value) => scaled(value, scale));
  const total = units.reduce((held, unit) => held + unit, 0n);
  if (total <= 0n) return parts.map(() => null);
  const whole = 100n * powerOfTen(digits);
  const shares = units.map((unit) => floorOf(unit * whole, total));
  const missing = Number(whole - shares.reduce((held, share) => held + share, 0n));
  const byRemainder = units
    .map((unit, index) => ({ index, remainder: unit * whole - (shares[index] ?? 0n) * total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1));
  for (const { index } of byRemainder.slice(0, missing)) shares[index] = (shares[index] ?? 0n) + 1n;
  return shares.map((share) => written({ digits: share, scale: digits }));
}

/** The quotient rounded towards minus infinity, so that every remainder is ≥ 0. `divisor` is positive. */
function floorOf(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}
