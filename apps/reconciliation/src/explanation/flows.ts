/** The transfers that other accounts recorded and this one did not: what left there and is not seen to have come here. */
import { dayNumber } from '@tidemark/market';
import { compare, isZero, negate } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import { changeOf } from '../expectation/account-move.js';
import type { AccountMove } from '../expectation/account-move.js';
import { borderAt } from '../expectation/side.js';
import { NO_SWEEPS } from '../expectation/stated.js';
import type { ExplanationInput, OwnAccount } from './explanation-input.js';
import { isNewer } from './in-order.js';

/** Days that a transfer takes. */
const APART = 10;

export interface Flow {
  readonly account: OwnAccount;
  readonly move: AccountMove;
  /** As that account saw it. */
  readonly change: Decimal;
}

/** Since the basis, or a few days before it; the newest first. What this account counts with the opposite sign at about that time is matched already. */
export function unmatchedFlows(asset: AssetId, others: readonly OwnAccount[], { state, basis, timeZone, sweeps = NO_SWEEPS }: ExplanationInput): Flow[] {
  const { day } = borderAt(basis.at, timeZone);
  const flows = others.flatMap((account) =>
    account.flows
      .filter((move) => move.transfer && !move.pending && move.withdrawnAt == null && dayNumber(move.date) >= day - APART)
      .map((move) => ({ account, move, change: changeOf(move, asset, sweeps) }))
      .filter(({ change }) => !isZero(change)),
  );
  flows.sort((a, b) => isNewer(a.move, b.move));
  const seen = state.counted.filter(({ transfer }) => transfer).map((move) => ({ move, change: changeOf(move, asset, sweeps) }));
  return flows.filter(({ move, change }) => {
    const index = seen.findIndex((other) => compare(other.change, negate(change)) === 0 && Math.abs(dayNumber(other.move.date) - dayNumber(move.date)) <= APART);
    if (index >= 0) seen.splice(index, 1);
    return index < 0;
  });
}
