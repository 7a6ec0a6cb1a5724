/**
 * A split on one side and not yet on the other. A reported split that is not counted, or is counted and not shown yet, is the surest; then a
 * reported one that does not say its units, where the quantities are to each other as a split makes them, fractions paid out or not; then the
 * ratio alone, where it is one that issuers use. Only units of securities split.
 */
import { compare, absolute, isZero, subtract } from '@tidemark/money';
import type { AssetId } from '@tidemark/money';
import type { ToleranceClass } from '@tidemark/contracts';
import { classOf } from '../comparison/asset-class.js';
import type { AccountMove } from '../expectation/account-move.js';
import { candidatesOf, evidenceOf, findIn, told } from './candidates.js';
import { confidenceOf } from './confidence.js';
import type { ExplanationInput, Proposal, Rule, Unexplained } from './explanation-input.js';
import { isUsualSplit, isSplit, ratioOf, splitInLieu } from './ratio.js';
import type { Ratio } from './ratio.js';

const SPLITTING: ReadonlySet<ToleranceClass> = new Set<ToleranceClass>(['equity', 'etf', 'fund', 'option']);
const UNCOUNTED = { one: 95, part: 0 };
const NOT_SHOWN = { one: 88, part: 0 };
const REPORTED_RATIO = 90;
const REPORTED_IN_LIEU = 80;
const RATIO_ALONE = 55;
/** So few units are doubled by a purchase as easily. */
const FEW_UNITS = '10';
const RATIO_OF_FEW = 35;

export const split: Rule = (left, input) => {
  if (!SPLITTING.has(classOf(left.line.asset))) return null;
  return byUnits(left, input, false) ?? byUnits(left, input, true) ?? byRatio(left, input);
};

/** A split that says how many units it moved. `counted` false: it may have come after the basis; true: it is expected, and not in the balance yet. */
function byUnits(left: Unexplained, { state, sweeps }: ExplanationInput, counted: boolean): Proposal | null {
  const { asset } = left.line;
  const rows = counted ? state.counted : [...state.ambiguous, ...state.pending, ...state.late];
  const found = findIn(candidatesOf(rows.filter(isSplitRow), asset, sweeps, counted), left);
  if (found === null || !found.whole) return null;
  const summary = counted ? `A split of ${asset} is expected that the provider's units do not show yet.` : `A split of ${asset} is reported that may have come after the basis.`;
  return { kind: 'split', quantity: left.rest, confidence: confidenceOf(counted ? NOT_SHOWN : UNCOUNTED, true, found.chosen.length), summary, evidence: evidenceOf(found.chosen, asset) };
}

function byRatio({ line, rest }: Unexplained, { state }: ExplanationInput): Proposal | null {
  const before = subtract(line.actual, rest);
  if (isZero(before) || isZero(line.actual)) return null;
  const row = [...state.unknown, ...state.ambiguous, ...state.pending, ...state.late].find((move) => isSplitRow(move) && move.asset === line.asset && (move.units === null || isZero(move.units)));
  const ratio = ratioOf(line.actual, before);
  const exactly = ratio !== null && (row === undefined ? isUsualSplit(ratio) : isSplit(ratio));
  const found = exactly ? ratio : row === undefined ? null : splitInLieu(line.actual, before);
  if (found === null) return null;
  const alone = compare(absolute(before), FEW_UNITS) < 0 ? RATIO_OF_FEW : RATIO_ALONE;
  const confidence = row === undefined ? alone : exactly ? REPORTED_RATIO : REPORTED_IN_LIEU;
  return { kind: 'split', quantity: rest, confidence, summary: summaryOf(line.asset, found, before, line.actual, exactly), evidence: evidence(line.asset, found, before, line.actual, row) };
}

function summaryOf(asset: AssetId, ratio: Ratio, before: string, after: string, exactly: boolean): string {
  return `${before} to ${after} ${asset} is a split of ${ratio.numerator}:${ratio.denominator}${exactly ? '' : ' with the fraction paid out in cash'}.`;
}

function evidence(asset: AssetId, { numerator, denominator }: Ratio, before: string, after: string, row: AccountMove | undefined): Proposal['evidence'] {
  const figure = { kind: 'figure' as const, id: null, text: `${before} × ${numerator} ÷ ${denominator} against ${after} ${asset}` };
  return row === undefined ? [figure] : [{ kind: 'transaction', id: row.transactionId, text: told(row) }, figure];
}

function isSplitRow({ kind }: AccountMove): boolean {
  return kind === 'split' || kind === 'stock_dividend';
}
