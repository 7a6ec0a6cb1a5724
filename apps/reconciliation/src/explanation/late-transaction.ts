/**
 * A transaction on the other side of a state than its date says. In turn: one dated on the basis's own day without a time, which may have
 * come after it; one that the provider took back after the basis, which the basis holds still; one dated before the basis that came to light
 * after it; one of the last days that is expected and that the balance may not show yet; one dated a few days after the basis by its settlement,
 * which the basis held already; one since the basis that is not understood.
 */
import { dayNumber } from '@tidemark/market';
import type { AssetId } from '@tidemark/money';
import type { AccountMove } from '../expectation/account-move.js';
import { borderAt } from '../expectation/side.js';
import { candidatesOf, evidenceOf, findIn, signed } from './candidates.js';
import type { Candidate, Found } from './candidates.js';
import { confidenceOf } from './confidence.js';
import type { Sureness } from './confidence.js';
import type { ExplanationInput, Proposal, Rule } from './explanation-input.js';

interface Source {
  readonly sure: Sureness;
  readonly candidates: (input: ExplanationInput, asset: AssetId) => Candidate[];
  /** After the number of transactions and what they are of. */
  readonly why: string;
}

/** Days before the basis in which what came to light later is looked for, and days before the fetch that a balance may be behind. */
const LATE_DAYS = 30;
const BEHIND_DAYS = 3;
/** A trade of a Friday settles on Monday, and some providers date it so. */
const SETTLED_WITHIN = 3;

const SOURCES: readonly Source[] = [
  {
    sure: { one: 85, part: 40 },
    candidates: ({ state, sweeps }, asset) => candidatesOf(state.ambiguous, asset, sweeps),
    why: 'dated on the very day of the basis, without a time: it may have come after it.',
  },
  {
    sure: { one: 80, part: 35 },
    candidates: ({ state, sweeps }, asset) => candidatesOf(state.withdrawn, asset, sweeps, true),
    why: 'that the provider has taken back since: the basis may hold it still.',
  },
  {
    sure: { one: 75, part: 30 },
    candidates: ({ state, sweeps, basis, timeZone }, asset) => {
      const { day } = borderAt(basis.at, timeZone);
      return candidatesOf(state.late.filter(({ date }) => dayNumber(date) >= day - LATE_DAYS), asset, sweeps);
    },
    why: 'dated before the basis, that came to light only after it: the basis may not hold it.',
  },
  {
    sure: { one: 65, part: 25 },
    candidates: ({ state, sweeps, until, timeZone }, asset) => {
      const { day } = borderAt(until, timeZone);
      return candidatesOf(state.counted.filter(({ date }) => dayNumber(date) >= day - BEHIND_DAYS), asset, sweeps, true);
    },
    why: 'of the last days that is expected already: the balance may not show it yet.',
  },
  {
    sure: { one: 55, part: 0 },
    candidates: ({ state, sweeps, basis, timeZone }, asset) => {
      const { day } = borderAt(basis.at, timeZone);
      return candidatesOf(state.counted.filter(({ date, at }) => at === null && dayNumber(date) <= day + SETTLED_WITHIN), asset, sweeps, true);
    },
    why: 'of the first days after the basis that may be dated by its settlement: the basis may have held it already.',
  },
  {
    sure: { one: 50, part: 20 },
    candidates: ({ state, sweeps }, asset) => candidatesOf(state.unknown.filter(isNotUnderstood), asset, sweeps),
    why: 'since the basis that is not understood, and so was left out.',
  },
  {
    sure: { one: 50, part: 0 },
    candidates: ({ state, sweeps }, asset) => candidatesOf(state.unknown.filter(({ kind }) => kind === 'cancel'), asset, sweeps, true),
    why: 'since the basis that cancels one of before it.',
  },
];

export const lateTransaction: Rule = (left, input) => {
  const { asset } = left.line;
  const proposals = SOURCES.flatMap((source): (Proposal & { whole: boolean })[] => {
    const found = findIn(source.candidates(input, asset), left);
    if (found === null || (!found.whole && source.sure.part === 0)) return [];
    return [{ ...proposalOf(source, found, asset), whole: found.whole }];
  });
  const best = proposals.sort((a, b) => Number(b.whole) - Number(a.whole) || b.confidence - a.confidence)[0];
  if (best === undefined) return null;
  const { whole: _whole, ...proposal } = best;
  return proposal;
};

function proposalOf({ sure, why }: Source, { quantity, chosen, whole }: Found, asset: AssetId): Proposal {
  const what = chosen.length === 1 ? 'A transaction' : `${chosen.length} transactions`;
  return { kind: 'late_transaction', quantity, confidence: confidenceOf(sure, whole, chosen.length), summary: `${what} ${why} ${signed(quantity)} ${asset}.`, evidence: evidenceOf(chosen, asset) };
}

/** What is counted in part and does not say the rest has nothing more to give. */
function isNotUnderstood({ kind }: AccountMove): boolean {
  return kind === 'unknown';
}
