/** A transaction that is pending (or dated ahead) is not expected yet, and the provider's balance may show it already. */
import type { Rule } from './explanation-input.js';
import { candidatesOf, evidenceOf, findIn, signed } from './candidates.js';

export const pendingTransaction: Rule = (left, { state, sweeps }) => {
  const found = findIn(candidatesOf(state.pending, left.line.asset, sweeps), left);
  if (found === null) return null;
  const { quantity, chosen, whole } = found;
  const confidence = whole ? (chosen.length === 1 ? 90 : 75) : 40;
  const what = chosen.length === 1 ? 'A pending transaction' : `${chosen.length} pending transactions`;
  return { kind: 'pending_transaction', quantity, confidence, summary: `${what} of ${signed(quantity)} ${left.line.asset} may be in the provider's balance already; pending ones are not expected.`, evidence: evidenceOf(chosen, left.line.asset) };
};
