/** A transaction that is pending, or dated ahead, is not expected yet, and the provider's balance may show it already. */
import { candidatesOf, evidenceOf, findIn, signed } from './candidates.js';
import { confidenceOf } from './confidence.js';
import type { Rule } from './explanation-input.js';

const SURE = { one: 90, part: 40 };

export const pendingTransaction: Rule = (left, { state, sweeps }) => {
  const { asset } = left.line;
  const found = findIn(candidatesOf(state.pending, asset, sweeps), left);
  if (found === null) return null;
  const { quantity, chosen, whole } = found;
  const what = chosen.length === 1 ? 'A pending transaction' : `${chosen.length} pending transactions`;
  const summary = `${what} of ${signed(quantity)} ${asset} may be in the provider's balance already; what is pending is not expected.`;
  return { kind: 'pending_transaction', quantity, confidence: confidenceOf(SURE, whole, chosen.length), summary, evidence: evidenceOf(chosen, asset) };
};
