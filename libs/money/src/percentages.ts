/** Shares of 100 % that sum to exactly 100, by largest remainder: each share is rounded down, the rest goes to the largest remainders. */
import { absolute, add, compare, decimal, isZero, multiply, subtract, sum } from './decimal.js';
import type { Decimal } from './decimal.js';
import { Big } from 'big.js';

const ROUND_DOWN = 0;

/**
 * @param parts amounts of one sign or mixed; @param digits digits after the point of a percentage
 * @returns a percentage for each part, in order; all null where the parts sum to zero or less (a share of it means nothing)
 */
export function percentages(parts: readonly Decimal[], digits = 2): (Decimal | null)[] {
  const total = sum(parts);
  if (isZero(total) || compare(total, '0') < 0) return parts.map(() => null);
  const exact = parts.map((part) => new Big(multiply(part, '100')).toFixed());
  const floors = exact.map((part) => floorQuotient(part, total, digits));
  const unit = new Big(10).pow(-digits).toFixed();
  let missing = Number(new Big(subtract('100', sum(floors))).div(unit).toFixed(0));
  const byRemainder = exact
    .map((part, index) => ({ index, remainder: subtract(part, multiply(floors[index] ?? '0', total)) }))
    .sort((a, b) => compare(b.remainder, a.remainder) || a.index - b.index);
  const shares = [...floors];
  for (const { index } of byRemainder) {
    if (missing <= 0) break;
    shares[index] = add(shares[index] ?? '0', unit);
    missing -= 1;
  }
  return shares;
}

/** One constructor for each number of digits, as in `divide`. */
const truncating = new Map<number, ReturnType<typeof Big>>();

function truncatingOf(digits: number): ReturnType<typeof Big> {
  const known = truncating.get(digits);
  if (known) return known;
  const Truncating = Big();
  Truncating.DP = digits;
  Truncating.RM = ROUND_DOWN;
  Truncating.NE = -1_000_000;
  truncating.set(digits, Truncating);
  return Truncating;
}

/** The quotient rounded towards minus infinity, so that every remainder is ≥ 0. */
function floorQuotient(a: Decimal, b: Decimal, digits: number): Decimal {
  const Truncating = truncatingOf(digits);
  const quotient = new Truncating(absolute(a)).div(b).toFixed();
  if (compare(a, '0') >= 0) return decimal(quotient);
  const exactly = compare(multiply(quotient, b), absolute(a)) === 0;
  const unit = new Big(10).pow(-digits).toFixed();
  return decimal(`-${exactly ? quotient : add(quotient, unit)}`);
}
