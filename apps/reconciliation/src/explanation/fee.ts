/**
 * Something a little less is there than expected. A fee or tax that is reported and not counted is the surest; then the fees that trades state,
 * where the amounts may not contain them; then an amount that is small beside what was traded or sent since the basis.
 */
import { absolute, compare, isCash, isNegative, isZero, multiply, negate, sum } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import { classOf } from '../comparison/asset-class.js';
import { changeOf } from '../expectation/account-move.js';
import type { AccountMove } from '../expectation/account-move.js';
import { candidatesOf, evidenceOf, findIn, signed, told } from './candidates.js';
import { confidenceOf } from './confidence.js';
import type { ExplanationInput, Proposal, Rule, Unexplained } from './explanation-input.js';
import { subsetOf } from './subset.js';

const CHARGES: ReadonlySet<string> = new Set(['fee', 'tax']);
const CHARGED: ReadonlySet<string> = new Set(['buy', 'sell', 'sell_short', 'buy_to_cover', 'reinvestment', 'asset_transfer', 'cash_transfer', 'withdrawal', 'option_exercise', 'option_assignment']);

/** What fees are taken in. */
const CHARGED_IN: ReadonlySet<string> = new Set(['cash', 'crypto', 'other']);

const REPORTED = { one: 92, part: 45 };
const STATED = { one: 82, part: 0 };
const SMALL = 45;
/** At most this share of what was traded. */
const SHARE = '0.01';
/** Of a difference the most of which is explained, what is left of a transfer. */
const LEFT_OVER = 40;

export const fee: Rule = (left, input) => (isNegative(left.rest) ? (reported(left, input) ?? stated(left, input) ?? (CHARGED_IN.has(classOf(left.line.asset)) ? (small(left, input) ?? leftOver(left)) : null)) : null);

function reported(left: Unexplained, { state, sweeps }: ExplanationInput): Proposal | null {
  const rows = [...state.ambiguous, ...state.pending, ...state.late, ...state.unknown].filter(({ kind }) => CHARGES.has(kind));
  const found = findIn(candidatesOf(rows, left.line.asset, sweeps), left);
  if (found === null) return null;
  const what = found.chosen.length === 1 ? 'A fee' : `${found.chosen.length} fees`;
  const summary = `${what} of ${absolute(found.quantity)} ${left.line.asset} that may have been taken after the basis.`;
  return { kind: 'fee', quantity: found.quantity, confidence: confidenceOf(REPORTED, found.whole, found.chosen.length), summary, evidence: evidenceOf(found.chosen, left.line.asset) };
}

function stated({ line, rest }: Unexplained, { state }: ExplanationInput): Proposal | null {
  if (!isCash(line.asset)) return null;
  const trades = state.counted.filter(({ fees, currency }) => fees !== null && !isZero(fees) && line.asset === `currency:${currency ?? ''}`).map((move) => ({ move, quantity: negate(move.fees as Decimal) }));
  const chosen = subsetOf(trades, rest, line.allowed);
  if (chosen === null) return null;
  const summary = `The fees that ${chosen.length === 1 ? 'a trade states' : `${chosen.length} trades state`} may not be in their amounts: ${absolute(rest)} ${line.asset}.`;
  return { kind: 'fee', quantity: rest, confidence: confidenceOf(STATED, true, chosen.length), summary, evidence: evidenceOf(chosen, line.asset) };
}

function small({ line, rest }: Unexplained, { state, sweeps }: ExplanationInput): Proposal | null {
  const near = state.counted.filter(({ kind }) => CHARGED.has(kind)).map((move) => ({ move, quantity: absoluteChange(move, line.asset, sweeps) })).filter(({ quantity }) => !isZero(quantity));
  const traded = sum(near.map(({ quantity }) => quantity));
  if (near.length === 0 || compare(absolute(rest), multiply(traded, SHARE)) > 0) return null;
  const evidence = near.slice(0, 5).map(({ move, quantity }) => ({ kind: 'transaction' as const, id: move.transactionId, text: `${told(move)}: ${quantity} ${line.asset}` }));
  return { kind: 'fee', quantity: rest, confidence: SMALL, summary: `${absolute(rest)} ${line.asset} less than expected, beside ${traded} that moved since the basis: it may be a fee that is not reported.`, evidence };
}

/** What something else left of a difference, if it is small beside it. */
function leftOver({ line, rest }: Unexplained): Proposal | null {
  if (compare(rest, line.difference) === 0 || compare(absolute(rest), multiply(absolute(line.difference), SHARE)) > 0) return null;
  return { kind: 'fee', quantity: rest, confidence: LEFT_OVER, summary: `What is left, ${signed(rest)} ${line.asset}, is small beside the whole difference: it may be a fee of the same event.`, evidence: [{ kind: 'figure', id: null, text: `${signed(rest)} of ${signed(line.difference)} ${line.asset}` }] };
}

function absoluteChange(move: AccountMove, asset: AssetId, sweeps: ExplanationInput['sweeps']): Decimal {
  return absolute(changeOf(move, asset, sweeps ?? new Map()));
}
