/** Given / when / then for explanations: what differs, what is known, and what is proposed. */
import { compare } from '../comparison/compare.js';
import type { ComparedLine } from '../comparison/compare.js';
import { expectedState } from '../expectation/expected-state.js';
import type { AccountMove } from '../expectation/account-move.js';
import { BASIS, basisOf, FETCHED, heldOf, move, NEW_YORK, uuid } from '../expectation/expectation.fixture.js';
import { explain } from './explain.js';
import type { ExplanationInput, OwnAccount } from './explanation-input.js';

export const ACCOUNT = uuid(1);

export interface Given {
  readonly basis?: Record<string, string>;
  readonly moves?: readonly AccountMove[];
  readonly actual: Record<string, string>;
  readonly others?: readonly OwnAccount[];
  readonly duplicateOf?: string;
  readonly providerAsOf?: string;
  /** The asset whose difference is to be explained. */
  readonly of: string;
  readonly allowed?: string;
}

export function linesOf({ basis = {}, moves = [], actual, allowed = '0' }: Given): { lines: ComparedLine[]; state: ReturnType<typeof expectedState> } {
  const state = expectedState({ basis: basisOf(basis), moves, timeZone: NEW_YORK, accepted: new Map(), until: FETCHED });
  return { state, lines: compare(state.quantities, new Map(Object.entries(actual)), { absolute: allowed }) };
}

export function evidenceOf(given: Given): ExplanationInput {
  const { state } = linesOf(given);
  return { accountId: ACCOUNT, duplicateOf: given.duplicateOf ?? null, basis: BASIS, state, actual: new Map(Object.entries(given.actual)), timeZone: NEW_YORK, until: FETCHED, providerAsOf: given.providerAsOf ?? null, others: given.others ?? [] };
}

export function explained(given: Given) {
  const line = linesOf(given).lines.find(({ asset }) => asset === given.of);
  if (line === undefined) throw new Error(`the example says nothing of ${given.of}`);
  return explain(line, evidenceOf(given));
}

/** kind, quantity, complete, confidence. */
export function proposed(given: Given): [string, string, boolean, number][] {
  return explained(given).map(({ kind, quantity, complete, confidence }) => [kind, quantity, complete, confidence]);
}

export function own(number: number, given: { quantities?: Record<string, string>; differences?: Record<string, string>; flows?: readonly AccountMove[]; duplicateOf?: string } = {}): OwnAccount {
  return { accountId: uuid(number), name: `Account ${number}`, duplicateOf: given.duplicateOf ?? null, quantities: heldOf(given.quantities ?? {}), differences: heldOf(given.differences ?? {}), flows: given.flows ?? [] };
}

export { move };
