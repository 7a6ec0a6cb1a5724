/** A proposal as the contract has it: no longer, and with no more evidence, than it allows. */
import type { Explanation } from '@tidemark/contracts';
import { cut } from './candidates.js';
import type { Proposal } from './explanation-input.js';

const MOST_EVIDENCE = 20;
const MOST_TEXT = 500;

export function asTold({ kind, quantity, confidence, summary, evidence }: Proposal, complete: boolean): Explanation {
  return { kind, quantity, complete, confidence, summary: cut(summary, MOST_TEXT), evidence: evidence.slice(0, MOST_EVIDENCE).map((one) => ({ ...one, text: cut(one.text, MOST_TEXT) })) };
}
