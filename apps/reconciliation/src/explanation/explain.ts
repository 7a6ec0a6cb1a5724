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
import { cut } from './candidates.js';
import type { ExplanationInput, Proposal, Rule } from './explanation-input.js';
import { pendingTransaction } from './pending-transaction.js';

/** Of equal proposals the earlier rule's is taken. */
const RULES: readonly Rule[] = [pendingTransaction];

const MOST_EVIDENCE = 20;
const MOST_TEXT = 500;

/** @returns none for a line that agrees; parts of `actual − expected`, the first the likeliest */
export function explain(line: ComparedLine, evidence: ExplanationInput): Explanation[] {
  const explanations: Explanation[] = [];
  if (line.outcome === 'matched' || line.outcome === 'within_tolerance') return explanations;
  let rules = RULES;
  let rest = line.difference;
  while (!isZero(rest) && rules.length > 0) {
    const best = bestOf(rules, line, rest, evidence);
    if (best === null) break;
    rest = subtract(rest, best.proposal.quantity);
    rules = rules.filter((rule) => rule !== best.rule);
    explanations.push(asTold(best.proposal, isZero(rest)));
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

function isPartOf(quantity: Decimal, rest: Decimal): boolean {
  return !isZero(quantity) && isNegative(quantity) === isNegative(rest) && compare(absolute(quantity), absolute(rest)) <= 0;
}

function asTold({ kind, quantity, confidence, summary, evidence }: Proposal, complete: boolean): Explanation {
  return { kind, quantity, complete, confidence, summary: cut(summary, MOST_TEXT), evidence: evidence.slice(0, MOST_EVIDENCE).map((one) => ({ ...one, text: cut(one.text, MOST_TEXT) })) };
}
