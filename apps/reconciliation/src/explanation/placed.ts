/** Says beside a line that agrees which transactions had to be placed for it: the books agree, and this is told, so that nothing is placed silently. */
import type { Explanation } from '@tidemark/contracts';
import type { AssetId } from '@tidemark/money';
import type { PlacedState } from '../expectation/expected-against.js';
import { NO_SWEEPS } from '../expectation/stated.js';
import type { Sweeps } from '../expectation/stated.js';
import { candidatesOf, evidenceOf } from './candidates.js';
import { asTold } from './as-told.js';

/** Every leg of them agrees, which hardly happens by chance. */
const SURE = 90;

/** @returns at most one, of quantity zero: nothing of a difference is left. None for an asset that no placed transaction touched */
export function placements(asset: AssetId, { placed, ahead }: PlacedState, sweeps: Sweeps = NO_SWEEPS): Explanation[] {
  const [since, later] = [candidatesOf(placed, asset, sweeps), candidatesOf(ahead, asset, sweeps)];
  if (since.length + later.length === 0) return [];
  const parts = [
    ...(since.length > 0 ? [`${many(since.length)} taken to have come after the basis`] : []),
    ...(later.length > 0 ? [`${many(later.length)} taken not to be in the balance yet`] : []),
  ];
  const summary = `Agrees with ${parts.join(', and ')}: the date alone does not tell, and only so every asset agrees that it moved.`;
  return [asTold({ kind: 'late_transaction', quantity: '0', confidence: SURE, summary, evidence: evidenceOf([...since, ...later], asset) }, true)];
}

function many(count: number): string {
  return count === 1 ? 'a transaction' : `${count} transactions`;
}
