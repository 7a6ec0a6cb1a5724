/** Says beside a line which transactions were placed for it, so that nothing is placed silently. */
import type { Explanation } from '@tidemark/contracts';
import { isDiscrepancy } from '../comparison/compare.js';
import type { ComparedLine } from '../comparison/compare.js';
import type { PlacedState } from '../expectation/expected-against.js';
import { NO_SWEEPS } from '../expectation/stated.js';
import type { Sweeps } from '../expectation/stated.js';
import { candidatesOf, evidenceOf } from './candidates.js';
import { asTold } from './as-told.js';

/** Every asset that they touch agrees, or all but cash that differs by something else: either hardly happens by chance. */
const SURE = 90;

/** @returns at most one, of quantity zero, since what is expected contains them; complete where the line agrees. None for an asset that no placed transaction touched */
export function placements({ asset, outcome }: Pick<ComparedLine, 'asset' | 'outcome'>, { placed = [], ahead = [] }: Partial<Pick<PlacedState, 'placed' | 'ahead'>>, sweeps: Sweeps = NO_SWEEPS): Explanation[] {
  const [since, later] = [candidatesOf(placed, asset, sweeps), candidatesOf(ahead, asset, sweeps)];
  if (since.length + later.length === 0) return [];
  const parts = [
    ...(since.length > 0 ? [`${many(since.length)} taken to have come after the basis`] : []),
    ...(later.length > 0 ? [`${many(later.length)} taken not to be in the balance yet`] : []),
  ];
  const summary = `Reckoned with ${parts.join(', and ')}: the date alone does not tell, and only so what it moved agrees.`;
  return [asTold({ kind: 'late_transaction', quantity: '0', confidence: SURE, summary, evidence: evidenceOf([...since, ...later], asset) }, !isDiscrepancy(outcome) && outcome !== 'stale')];
}

function many(count: number): string {
  return count === 1 ? 'a transaction' : `${count} transactions`;
}
