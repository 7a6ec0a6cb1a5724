/**
 * What moved to or from another account of the same user. Its other side is a transfer that the other account recorded, or a difference there
 * of the opposite sign that nothing has explained. One, or a few that make the sum (one to many); or one larger one that this difference and
 * those of other accounts make together (many to one); or one that is a little larger, the rest of which may be a fee. Accounts that are the
 * same as this one by a flag are no other accounts.
 */
import { absolute, add, compare, isNegative, isZero, multiply, negate, subtract } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import type { Evidence } from '@tidemark/contracts';
import { fitsIn, signed } from './candidates.js';
import { confidenceOf } from './confidence.js';
import type { ExplanationInput, OwnAccount, Proposal, Rule, Unexplained } from './explanation-input.js';
import { unmatchedFlows } from './flows.js';
import { MOST_FIGURES, subsetOf } from './subset.js';
import type { Figure } from './subset.js';
import { isTwin } from './twins.js';

/** What another account's side would add to the difference here. */
interface OtherSide extends Figure {
  readonly account: OwnAccount;
  readonly evidence: Evidence;
  /** It is a recorded transfer, not a difference. */
  readonly recorded: boolean;
}

const RECORDED = { one: 90, part: 45 };
const OPPOSITE = { one: 85, part: 35 };
const MANY_TO_ONE = { one: 75, part: 0 };
const WITH_FEE = 60;
/** Of what was sent, what may be missing at the other end. */
const FEE_SHARE = '0.01';

export const transfer: Rule = (left, input) => {
  const sides = otherSides(left.line.asset, input);
  return whole(left, sides) ?? manyToOne(left, sides) ?? lessAFee(left, sides) ?? part(left, sides);
};

function otherSides(asset: AssetId, input: ExplanationInput): OtherSide[] {
  const others = input.others.filter((other) => other.accountId !== input.accountId && !isTwin(other, input));
  const flows = unmatchedFlows(asset, others, input).map(({ account, move, change }): OtherSide => ({
    account, quantity: negate(change), recorded: true,
    evidence: { kind: 'transaction', id: move.transactionId, text: `${account.name}: ${move.date} ${move.kind.replaceAll('_', ' ')} of ${signed(change)} ${asset}` },
  }));
  const differences = others.flatMap((account): OtherSide[] => {
    const difference = account.differences.get(asset) ?? '0';
    if (isZero(difference)) return [];
    return [{ account, quantity: negate(difference), recorded: false, evidence: { kind: 'account', id: account.accountId, text: `${account.name} differs by ${signed(difference)} ${asset}` } }];
  });
  return [...differences, ...flows];
}

function whole({ line, rest }: Unexplained, sides: readonly OtherSide[]): Proposal | null {
  const towards = sides.filter(({ quantity }) => isNegative(quantity) === isNegative(rest));
  const chosen = subsetOf(towards.filter(({ recorded }) => recorded), rest, line.allowed, 1) ?? subsetOf(towards, rest, line.allowed);
  if (chosen === null) return null;
  const sure = chosen.every(({ recorded }) => recorded) ? RECORDED : OPPOSITE;
  return proposal(line.asset, rest, confidenceOf(sure, true, chosen.length), chosen, '');
}

/** One larger other side that this difference and those of other accounts make together. */
function manyToOne({ line, rest }: Unexplained, sides: readonly OtherSide[]): Proposal | null {
  for (const side of sides.filter(({ quantity }) => fitsIn(rest, quantity)).slice(0, MOST_FIGURES)) {
    const companions = sides.filter((other) => !other.recorded && other.account !== side.account && isNegative(other.quantity) !== isNegative(rest));
    const chosen = subsetOf(companions.map((other) => ({ ...other, quantity: negate(other.quantity) })), subtract(side.quantity, rest), line.allowed, 3);
    if (chosen !== null) return proposal(line.asset, rest, confidenceOf(MANY_TO_ONE, true, chosen.length + 1), [side, ...chosen], ` It is one part of ${signed(negate(side.quantity))} there.`);
  }
  return null;
}

/** A little more left there than arrived here: what is missing may be a fee. */
function lessAFee({ line, rest }: Unexplained, sides: readonly OtherSide[]): Proposal | null {
  if (isNegative(rest)) return null;
  const side = sides.find(({ quantity }) => fitsIn(rest, quantity) && compare(subtract(quantity, rest), multiply(quantity, FEE_SHARE)) <= 0);
  if (side === undefined) return null;
  return proposal(line.asset, rest, WITH_FEE, [side], ` ${subtract(side.quantity, rest)} less arrived than left, which may be a fee.`);
}

/** At least half of it: small differences are everywhere. */
function part({ line, rest }: Unexplained, sides: readonly OtherSide[]): Proposal | null {
  const chosen: OtherSide[] = [];
  let quantity: Decimal = '0';
  for (const side of sides.slice(0, MOST_FIGURES)) {
    if (!fitsIn(side.quantity, subtract(rest, quantity))) continue;
    chosen.push(side);
    quantity = add(quantity, side.quantity);
  }
  if (chosen.length === 0 || compare(multiply(absolute(quantity), '2'), absolute(rest)) < 0) return null;
  return proposal(line.asset, quantity, confidenceOf(chosen.every(({ recorded }) => recorded) ? RECORDED : OPPOSITE, false, chosen.length), chosen, '');
}

function proposal(asset: AssetId, quantity: Decimal, confidence: number, sides: readonly OtherSide[], more: string): Proposal {
  const names = [...new Set(sides.map(({ account }) => account.name))].join(', ');
  const direction = isNegative(quantity) ? 'to' : 'from';
  return { kind: 'transfer', quantity, confidence, summary: `${absolute(quantity)} ${asset} may have moved ${direction} another account of yours: ${names}.${more}`, evidence: sides.map(({ evidence }) => evidence) };
}
