/**
 * An account's transactions from two sides, each once: those that sync recorded, and those that came with the balances. What was fetched is
 * the provider's newest word: it replaces what was recorded under the same identity, and where it is every transaction of its days, one
 * of those days that it does not name was taken back. Some providers' ids change: of equal content, the two are one. Pure.
 */
import { canonicalJson, NAMESPACE, uuidV5 } from '@tidemark/kernel';
import { normalise } from '@tidemark/transactions';
import type { FetchedTransaction } from '@tidemark/providers';
import type { AccountMove } from '../expectation/account-move.js';
import type { FetchedMoves } from '../fetch/fetch-connection.js';
import type { StoredTransaction } from '../projections/transactions/query.js';

export interface MovesInput {
  readonly accountId: string;
  readonly provider: string;
  readonly stored: readonly StoredTransaction[];
  /** Null where the provider was not asked, or said nothing of this account. */
  readonly fetched: FetchedMoves | null;
  readonly fetchedAt: string;
}

export function movesOf({ accountId, provider, stored, fetched, fetchedAt }: MovesInput): AccountMove[] {
  const recorded = stored.map((one): AccountMove => ({ ...normalise(one.provider, one.recorded), recordedAt: one.recordedAt, withdrawnAt: one.withdrawnAt }));
  if (!fetched) return recorded;
  const known = new Map(stored.map((one) => [one.recorded.identity, one]));
  const said = new Map(fetched.transactions.map((one) => [one.identity, one]));
  const gone = stored.filter((one) => one.withdrawnAt === null && !said.has(one.recorded.identity) && isGone(one, fetched));
  const renamed = Map.groupBy(gone, ({ recorded: { transactionId: _id, ...content } }) => contentOf(content));
  const taken = new Set<string>();
  const fresh = [...said.values()].map((one): AccountMove => {
    const before = known.get(one.identity) ?? renamed.get(contentOf(one))?.shift();
    const transactionId = before?.recorded.transactionId ?? uuidV5(NAMESPACE.transaction, `${accountId}/${one.identity}`);
    taken.add(transactionId);
    return { ...normalise(provider, { ...one, transactionId }), recordedAt: before?.recordedAt ?? null };
  });
  const goneIds = new Set(gone.map((one) => one.recorded.transactionId));
  return [...recorded.filter(({ transactionId }) => !taken.has(transactionId)).map((move) => (goneIds.has(move.transactionId) ? { ...move, withdrawnAt: fetchedAt } : move)), ...fresh];
}

function isGone({ recorded: { identity, date } }: StoredTransaction, { whole, withdrawn, from, to }: FetchedMoves): boolean {
  return withdrawn.includes(identity) || (whole && date >= from && date <= to);
}

/** What a transaction says, apart from its id and the provider's raw text; as sync compares them. */
function contentOf(transaction: FetchedTransaction): string {
  const { identity: _identity, original: _original, ...said } = transaction;
  return canonicalJson(said);
}
