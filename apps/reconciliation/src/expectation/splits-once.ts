/**
 * A split counts once an account and asset, however often it is reported: rows that say that the same units moved, at most a week apart, are
 * one. The old units out and the new ones in are two different rows of one split, and both count.
 */
import { dayNumber } from '@tidemark/market';
import { compare } from '@tidemark/money';
import type { AccountMove } from './account-move.js';

/** Days within which two rows are one split; as history counts them. */
const NEAR = 7;

export interface OneSplit {
  /** The row that counts: the first. */
  readonly row: AccountMove;
  /** The same said again. */
  readonly repeats: readonly AccountMove[];
}

/** @returns the rows without repeats, in their order, and of each split that was repeated by which rows */
export function splitsOnce(moves: readonly AccountMove[]): { moves: AccountMove[]; repeated: ReadonlyMap<string, OneSplit> } {
  const repeated = new Map<string, { row: AccountMove; repeats: AccountMove[] }>();
  const dropped = new Set<string>();
  const rows = moves.filter(isSplit).sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.transactionId < b.transactionId ? -1 : 1));
  rows.forEach((row, index) => {
    if (dropped.has(row.transactionId)) return;
    let last = row;
    for (const other of rows.slice(index + 1)) {
      if (dropped.has(other.transactionId) || !isSame(last, other)) continue;
      dropped.add(other.transactionId);
      repeated.set(row.transactionId, { row, repeats: [...(repeated.get(row.transactionId)?.repeats ?? []), other] });
      last = other;
    }
  });
  return { moves: moves.filter(({ transactionId }) => !dropped.has(transactionId)), repeated };
}

function isSplit({ kind, asset, units, pending, withdrawnAt }: AccountMove): boolean {
  return (kind === 'split' || kind === 'stock_dividend') && asset !== null && units !== null && !pending && withdrawnAt == null;
}

/** Two stock dividends of one size are two; a split and a stock dividend of one size are one. */
function isSame(a: AccountMove, b: AccountMove): boolean {
  if (a.asset !== b.asset || (a.kind !== 'split' && b.kind !== 'split')) return false;
  return compare(a.units as string, b.units as string) === 0 && dayNumber(b.date) - dayNumber(a.date) <= NEAR;
}
