/**
 * What may have caused a difference. Every rule looks at what is left of it and proposes at most one cause; the one that leaves nothing comes
 * first, then the surest, then the order below. Its part is taken off and the rest is looked at again, so the parts never add up to more than
 * the difference, and the same evidence always gives the same answer. Proposed, never applied.
 */
import type { Explanation } from '@tidemark/contracts';
import { assert } from '@tidemark/kernel';
import { absolute, compare, isNegative, isZero, subtract } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { ComparedLine } from '../comparison/compare.js';
import type { AccountMove } from '../expectation/account-move.js';
import { asTold } from './as-told.js';
import type { ExplanationInput, Proposal, Rule } from './explanation-input.js';
import { duplicateLink } from './duplicate-link.js';
import { fee } from './fee.js';
import { inOrder } from './in-order.js';
import { lateTransaction } from './late-transaction.js';
import { pendingTransaction } from './pending-transaction.js';
import { placements } from './placed.js';
import { rounding } from './rounding.js';
import { split } from './split.js';
import { staleProviderData } from './stale-provider-data.js';
import { transfer } from './transfer.js';

/** Of equal proposals the earlier rule's is taken. */
const RULES: readonly Rule[] = [split, staleProviderData, fee, pendingTransaction, transfer, lateTransaction, duplicateLink, rounding];

/** @returns what was placed for the line, if anything; then parts of `actual − expected`, the first the likeliest; none for a line that agrees */
export function explain(line: ComparedLine, evidence: ExplanationInput): Explanation[] {
  const explanations: Explanation[] = placements(line, evidence.state, evidence.sweeps);
  if (line.outcome === 'matched' || line.outcome === 'within_tolerance') return explanations;
  let rules = RULES;
  let rest = line.difference;
  let left = inOrder(evidence);
  while (!isZero(rest) && rules.length > 0) {
    const best = bestOf(rules, line, rest, left);
    if (best === null) break;
    rest = subtract(rest, best.proposal.quantity);
    rules = rules.filter((rule) => rule !== best.rule);
    explanations.push(asTold(best.proposal, isZero(rest)));
    left = without(left, best.proposal);
  }
  return explanations;
}

function bestOf(rules: readonly Rule[], line: ComparedLine, rest: Decimal, evidence: ExplanationInput): { rule: Rule; proposal: Proposal } | null {
  const proposed = rules.flatMap((rule) => {
    const proposal = rule({ line, rest }, evidence);
    if (proposal === null) return [];
    assert(isPartOf(proposal.quantity, rest), `${proposal.kind} explains ${proposal.quantity} of ${rest} ${line.asset}`);
    return [{ rule, proposal, whole: compare(proposal.quantity, rest) === 0 }];
  });
  return proposed.sort((a, b) => Number(b.whole) - Number(a.whole) || b.proposal.confidence - a.proposal.confidence)[0] ?? null;
}

/** What was used is used up: no transaction and no other account explains two parts. */
function without(input: ExplanationInput, { evidence }: Proposal): ExplanationInput {
  const used = new Set(evidence.map(({ id }) => id));
  const open = (moves: readonly AccountMove[]) => moves.filter(({ transactionId }) => !used.has(transactionId));
  const { state, others } = input;
  return {
    ...input,
    state: { ...state, counted: open(state.counted), ambiguous: open(state.ambiguous), pending: open(state.pending), unknown: open(state.unknown), late: open(state.late), withdrawn: open(state.withdrawn) },
    others: others.filter(({ accountId }) => !used.has(accountId)).map((other) => ({ ...other, flows: open(other.flows) })),
  };
}

function isPartOf(quantity: Decimal, rest: Decimal): boolean {
  return !isZero(quantity) && isNegative(quantity) === isNegative(rest) && compare(absolute(quantity), absolute(rest)) <= 0;
}
