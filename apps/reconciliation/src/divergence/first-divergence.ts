/**
 * Where the books parted: between which two states a difference that is there now came to be. The snapshots since the basis are asked from the
 * newest back; the newest one that agrees with what was expected then is the last good one. A difference that came and went in between is not
 * where this one began.
 *
 * A date alone on a snapshot's own day may lie on either side of it, so that snapshot agrees if it does with any few of those rows left out.
 */
import type { Basis, Divergence, Tolerance } from '@tidemark/contracts';
import { isZero, negate, subtract, sum } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import { compare, isDiscrepancy } from '../comparison/compare.js';
import { changeOf } from '../expectation/account-move.js';
import type { AccountMove } from '../expectation/account-move.js';
import type { ExpectedState } from '../expectation/expected-state.js';
import { borderAt, sideOf } from '../expectation/side.js';
import { NO_SWEEPS, quantityOf } from '../expectation/stated.js';
import type { Held, Sweeps } from '../expectation/stated.js';

export interface StatedSnapshot extends Held {
  readonly id: string;
  readonly at: string;
}

export interface DivergenceInput {
  readonly basis: Basis;
  /** Those after the basis and before the fetch, oldest first. */
  readonly snapshots: readonly StatedSnapshot[];
  /** What is expected as of the fetch. */
  readonly state: Pick<ExpectedState, 'quantities' | 'counted'>;
  readonly timeZone: string;
  readonly tolerance: Tolerance;
  readonly asset: AssetId;
  /** Of the line that differs: actual − expected as of the fetch. */
  readonly difference: Decimal;
  readonly sweeps?: Sweeps;
}

/** @returns `after` null where even the newest snapshot agrees and only the fetch does not; null where the difference is zero */
export function firstDivergence(input: DivergenceInput): Divergence | null {
  const { basis, snapshots, difference, asset, state, sweeps = NO_SWEEPS } = input;
  if (isZero(difference)) return null;
  const changes = state.counted.map((move) => ({ move, change: changeOf(move, asset, sweeps) })).filter(({ change }) => !isZero(change));
  let after: Divergence['after'] = null;
  let apart = difference;
  for (const snapshot of snapshots.toReversed()) {
    const residual = residualAt(input, changes, snapshot);
    if (residual === null) return { before: { id: snapshot.id, at: snapshot.at }, after, difference: apart };
    after = { id: snapshot.id, at: snapshot.at };
    apart = residual;
  }
  return { before: { id: basis.id, at: basis.at }, after, difference: apart };
}

interface Change {
  readonly move: AccountMove;
  readonly change: Decimal;
}

/** Rows of a snapshot's own day that are tried on the other side. */
const MOST_OPEN = 8;

/** By how much a snapshot differs from what was expected then; null where it agrees. */
function residualAt({ state, timeZone, tolerance, asset, sweeps = NO_SWEEPS }: DivergenceInput, changes: readonly Change[], snapshot: StatedSnapshot): Decimal | null {
  const border = borderAt(snapshot.at, timeZone);
  const { after = [], unclear = [] } = Object.groupBy(changes, ({ move }) => sideOf(move, border));
  const taken = (rows: readonly Change[]) => rows.map(({ change }) => negate(change));
  const expected = sum([state.quantities.get(asset) ?? '0', ...taken(after)]);
  const actual = quantityOf(snapshot, asset, sweeps);
  const open = unclear.slice(0, MOST_OPEN);
  const agrees = Array.from({ length: 1 << open.length }, (_, bits) => sum([expected, ...taken(open.filter((_change, index) => (bits & (1 << index)) !== 0))])).some((tried) => !differs(tried, actual, asset, tolerance));
  return agrees ? null : subtract(actual, expected);
}

function differs(expected: Decimal, actual: Decimal, asset: AssetId, tolerance: Tolerance): boolean {
  return compare(new Map([[asset, expected]]), new Map([[asset, actual]]), tolerance).some(({ outcome }) => isDiscrepancy(outcome));
}
