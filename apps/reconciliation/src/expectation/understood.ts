/**
 * An account's transactions as they count: each once (of two with one id the later in the list holds, so that what was just fetched replaces
 * what was recorded), cancellations and implied income resolved, splits once.
 *
 * A cancellation takes what it cancels away. Where that lies before the basis, the basis holds it, so the cancellation itself stays, among
 * what is not understood: what it undoes is a candidate for an explanation, and nothing is undone silently.
 */
import { resolveTransactions } from '@tidemark/transactions';
import type { AccountMove } from './account-move.js';
import { sideOf } from './side.js';
import type { Border, Dated, Side } from './side.js';
import { splitsOnce } from './splits-once.js';

/** The instant of the basis, and the one that its data is of: not after it. */
export interface BasisBorder {
  readonly at: Border;
  readonly fresh: Border;
}

export interface SidedMove {
  readonly move: AccountMove;
  /** Of the basis. */
  readonly side: Side;
}

export function understoodMoves(given: readonly AccountMove[], basis: BasisBorder): SidedMove[] {
  const all = [...new Map(given.map((move) => [move.transactionId, move])).values()];
  const withdrawn = all.filter(({ withdrawnAt }) => withdrawnAt != null);
  const standing = all.filter(({ withdrawnAt }) => withdrawnAt == null);
  const { moves, repeated } = splitsOnce([...resolved(standing), ...lateCancellations(standing, basis), ...withdrawn]);
  return moves.map((move) => {
    const side = sideOfBasis(move, basis);
    const again = repeated.get(move.transactionId)?.repeats ?? [];
    return { move, side: again.every((repeat) => sideOfBasis(repeat, basis) === side) ? side : 'unclear' };
  });
}

function sideOfBasis(dated: Dated, { at, fresh }: BasisBorder): Side {
  const side = sideOf(dated, at);
  return side === 'before' && sideOf(dated, fresh) !== 'before' ? 'unclear' : side;
}

/** The library keeps every field of the rows that it is given. */
function resolved(moves: readonly AccountMove[]): AccountMove[] {
  return resolveTransactions(moves) as AccountMove[];
}

/** Cancellations since the basis of what lies before it: among what lies since the basis alone they find nothing to cancel. */
function lateCancellations(moves: readonly AccountMove[], basis: BasisBorder): AccountMove[] {
  const since = moves.filter((move) => sideOfBasis(move, basis) !== 'before');
  if (!since.some(({ kind }) => kind === 'cancel')) return [];
  const kept = new Set(resolved(moves).map(({ transactionId }) => transactionId));
  return resolved(since).filter(({ kind, transactionId }) => kind === 'cancel' && !kept.has(transactionId));
}
