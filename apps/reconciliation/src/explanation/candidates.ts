/**
 * Transactions that may have moved the other side and do not count here (or the reverse): which of them make the rest of a difference.
 * All of it by a few of them, else as much of it as single ones make without exceeding it.
 */
import type { Evidence } from '@tidemark/contracts';
import { absolute, compare, isNegative, isZero, negate, subtract, sum } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import { changeOf } from '../expectation/account-move.js';
import type { AccountMove } from '../expectation/account-move.js';
import { NO_SWEEPS } from '../expectation/stated.js';
import type { Sweeps } from '../expectation/stated.js';
import type { Unexplained } from './explanation-input.js';
import { isNewer } from './in-order.js';
import { MOST_FIGURES, subsetOf } from './subset.js';

export interface Candidate {
  readonly move: AccountMove;
  /** What it would add to actual − expected. */
  readonly quantity: Decimal;
}

export interface Found {
  readonly quantity: Decimal;
  readonly chosen: readonly Candidate[];
  /** It is all of the rest. */
  readonly whole: boolean;
}

/** What moves of the asset would add to the difference, the newest first; `taken` those that count and may not be there yet. */
export function candidatesOf(moves: readonly AccountMove[], asset: AssetId, sweeps: Sweeps = NO_SWEEPS, taken = false): Candidate[] {
  return moves
    .map((move) => ({ move, quantity: taken ? negate(changeOf(move, asset, sweeps)) : changeOf(move, asset, sweeps) }))
    .filter(({ quantity }) => !isZero(quantity))
    .sort((a, b) => isNewer(a.move, b.move));
}

export function findIn(candidates: readonly Candidate[], { line, rest }: Unexplained): Found | null {
  const whole = subsetOf(candidates, rest, line.allowed);
  if (whole !== null) return { quantity: rest, chosen: whole, whole: true };
  const chosen: Candidate[] = [];
  let left = rest;
  for (const candidate of candidates.slice(0, MOST_FIGURES)) {
    if (!fitsIn(candidate.quantity, left)) continue;
    chosen.push(candidate);
    left = subtract(left, candidate.quantity);
  }
  return chosen.length === 0 ? null : { quantity: sum(chosen.map(({ quantity }) => quantity)), chosen, whole: false };
}

/** Of the same sign, and smaller. */
export function fitsIn(quantity: Decimal, rest: Decimal): boolean {
  return !isZero(quantity) && isNegative(quantity) === isNegative(rest) && compare(absolute(quantity), absolute(rest)) < 0;
}

export function evidenceOf(chosen: readonly Candidate[], asset: AssetId): Evidence[] {
  return chosen.map(({ move, quantity }) => ({ kind: 'transaction', id: move.transactionId, text: `${told(move)}: ${signed(quantity)} ${asset}` }));
}

/** A transaction in a few words. */
export function told({ date, kind, providerType, providerSubtype, description }: AccountMove): string {
  const words = kind === 'unknown' ? `"${providerType}${providerSubtype === null ? '' : `/${providerSubtype}`}"` : kind.replaceAll('_', ' ');
  return `${date} ${words}${description === null ? '' : ` (${cut(description, 120)})`}`;
}

export function signed(quantity: Decimal): string {
  return isNegative(quantity) ? quantity : `+${quantity}`;
}

export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
