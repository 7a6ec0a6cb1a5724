/**
 * Which few of many figures make a sum: exact search in whole numbers over a common scale, and bounded, so that it ends at once whatever it is
 * given: every figure alone, then at most 6,175 sums of the first ones. Of several answers the fewest figures are taken, then the nearest sum,
 * then those that come first.
 */
import { exact, scaled } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

export interface Figure {
  readonly quantity: Decimal;
}

/** Figures that sums are made of, and how many may be taken together. */
export const MOST_FIGURES = 20;
export const MOST_TOGETHER = 4;

/** @param tolerance how far the sum may be from the target. @returns null where no choice is near enough, or the target is within the tolerance of nothing at all */
export function subsetOf<T extends Figure>(figures: readonly T[], target: Decimal, tolerance: Decimal, most: number = MOST_TOGETHER): T[] | null {
  const numbers = [target, tolerance, ...figures.map(({ quantity }) => quantity)].map(exact);
  const scale = Math.max(...numbers.map((number) => number.scale));
  const [goal = 0n, near = 0n, ...units] = numbers.map((number) => scaled(number, scale));
  if (size(goal) <= near && near > 0n) return null;
  for (let count = 1; count <= Math.min(most, units.length); count += 1) {
    const best = nearestOf(count === 1 ? units : units.slice(0, MOST_FIGURES), count, goal);
    if (best !== null && best.miss <= near) return best.chosen.map((index) => figures[index] as T);
  }
  return null;
}

interface Choice {
  readonly chosen: readonly number[];
  readonly miss: bigint;
}

/** The first of the nearest choices of exactly `count`. */
function nearestOf(units: readonly bigint[], count: number, goal: bigint): Choice | null {
  let best: Choice | null = null;
  const chosen: number[] = [];
  const visit = (from: number, left: number, sum: bigint): void => {
    if (left === 0) {
      const miss = size(goal - sum);
      if (best === null || miss < best.miss) best = { chosen: [...chosen], miss };
      return;
    }
    for (let index = from; index <= units.length - left; index += 1) {
      chosen.push(index);
      visit(index + 1, left - 1, sum + (units[index] as bigint));
      chosen.pop();
    }
  };
  visit(0, count, 0n);
  return best;
}

const size = (value: bigint): bigint => (value < 0n ? -value : value);
