/** Evidence in an order that its content alone decides, the newest first, so that the same evidence always gives the same answer. */
import type { AccountMove } from '../expectation/account-move.js';
import type { ExplanationInput } from './explanation-input.js';

/** One input explains many lines. */
const ordered = new WeakMap<ExplanationInput, ExplanationInput>();

export function inOrder(input: ExplanationInput): ExplanationInput {
  const known = ordered.get(input) ?? sorted(input);
  ordered.set(input, known);
  return known;
}

function sorted(input: ExplanationInput): ExplanationInput {
  const { state, others } = input;
  return {
    ...input,
    state: { ...state, counted: newestFirst(state.counted), ambiguous: newestFirst(state.ambiguous), pending: newestFirst(state.pending), unknown: newestFirst(state.unknown), late: newestFirst(state.late), withdrawn: newestFirst(state.withdrawn) },
    others: [...others].sort((a, b) => (a.accountId < b.accountId ? -1 : 1)).map((other) => ({ ...other, flows: newestFirst(other.flows) })),
  };
}

export function newestFirst(moves: readonly AccountMove[]): AccountMove[] {
  return [...moves].sort(isNewer);
}

export function isNewer(a: AccountMove, b: AccountMove): number {
  if (a.date !== b.date) return a.date > b.date ? -1 : 1;
  return a.transactionId < b.transactionId ? -1 : a.transactionId > b.transactionId ? 1 : 0;
}
