/**
 * What crossed the border of an account on a day of which only statements tell (one kept by hand). A statement says what is there, not what
 * moved: where it has one security in the place of another, the one was sold for the other, as far as the worth goes. So of all that it states
 * otherwise the difference is the flow. Both sides counted whole, money that never was would share the day's return. Pure.
 */
import { exact, subtract } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import type { DayColumns } from '../storage/day-columns.js';
import { ScopeSums } from './scope-sums.js';

type Side = 'inflow' | 'outflow';

export function movesBothWays({ amounts }: DayColumns, at: number): boolean {
  const moves = (side: Side) => amounts[side].some(({ plain, digits }) => (plain === null ? (digits[at] ?? 0n) !== 0n : (plain[at] || 0) !== 0));
  return moves('inflow') && moves('outflow');
}

/** @param sum adds a side of the day to sums of one @returns + came in, − went out; null where a part of it is unknown */
export function netFlow(sum: (side: Side, into: ScopeSums) => void): Exact | null {
  const [inflow, outflow] = [new ScopeSums(1), new ScopeSums(1)];
  sum('inflow', inflow);
  sum('outflow', outflow);
  const [came, went] = [inflow.at(0), outflow.at(0)];
  return came === null || went === null ? null : exact(subtract(came, went));
}
