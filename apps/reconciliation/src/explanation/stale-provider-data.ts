/**
 * The provider says how old its data is, and what is expected is newer: transactions after that instant are not in the balance yet. Where
 * no such transaction fits and even the basis is newer than the data, the whole difference may be its age.
 */
import { sideOf } from '../expectation/side.js';
import { borderAt } from '../expectation/side.js';
import { candidatesOf, evidenceOf, findIn, signed } from './candidates.js';
import { confidenceOf } from './confidence.js';
import type { Rule } from './explanation-input.js';

const SURE = { one: 93, part: 45 };
/** A stale line without a transaction that fits. */
const BY_AGE = 60;

export const staleProviderData: Rule = (left, { state, sweeps, providerAsOf, timeZone, basis }) => {
  if (providerAsOf === null) return null;
  const { asset, outcome } = left.line;
  const asOf = borderAt(providerAsOf, timeZone);
  const found = findIn(candidatesOf(state.counted.filter((move) => sideOf(move, asOf) === 'after'), asset, sweeps, true), left);
  const said = { kind: 'figure' as const, id: null, text: `The provider's data is of ${providerAsOf}; the basis is of ${basis.at}.` };
  if (found === null || (!found.whole && outcome === 'stale')) {
    if (outcome !== 'stale') return null;
    return { kind: 'stale_provider_data', quantity: left.rest, confidence: BY_AGE, summary: `The provider's data is of ${providerAsOf}, older than what is expected of it; it says nothing about the time since.`, evidence: [said] };
  }
  const { quantity, chosen, whole } = found;
  const what = chosen.length === 1 ? 'A transaction' : `${chosen.length} transactions`;
  const summary = `${what} after ${providerAsOf}, which the provider's data is of, cannot be in its balance yet: ${signed(quantity)} ${asset}.`;
  return { kind: 'stale_provider_data', quantity, confidence: confidenceOf(SURE, whole, chosen.length), summary, evidence: [said, ...evidenceOf(chosen, asset)] };
};
