/**
 * Compares what a provider says of one account's transactions with what is known of them: which are new, which it has changed, which
 * it has withdrawn. Identity is the provider's id. Some providers' ids change; where a whole answer lacks a known transaction and
 * holds an unknown one of equal content, they are the same, and only its identity has moved.
 */
import type { FetchedTransaction } from '@tidemark/providers';
import { contentOf, transactionIdOf } from './content.js';

export interface KnownTransaction {
  readonly identity: string;
  readonly transactionId: string;
  readonly content: string;
  /** The day it is dated, `YYYY-MM-DD`. */
  readonly date: string;
  readonly withdrawn: boolean;
}

export interface TransactionAnswer {
  readonly transactions: readonly FetchedTransaction[];
  /** Identities that the provider itself says are gone. */
  readonly withdrawn: readonly string[];
  /** The answer is every transaction dated from `from` to `to`, inclusive. */
  readonly wholeRange: boolean;
  readonly from: string;
  readonly to: string;
}

export interface Found extends KnownTransaction {
  readonly transaction: FetchedTransaction;
}

export interface TransactionDiff {
  readonly recorded: readonly Found[];
  readonly changed: readonly Found[];
  readonly withdrawn: readonly (KnownTransaction & { readonly reason: string })[];
  /** Same transaction under another identity: nothing happened, but it is known by the new name from now on. */
  readonly renamed: readonly { readonly from: string; readonly to: Found }[];
}

const SAID_WITHDRAWN = 'the provider withdrew it';
const ABSENT = 'the provider no longer lists it';

/** @param known of this account: those named in the answer and, for a whole range, all dated within it */
export function diffTransactions(accountId: string, known: readonly KnownTransaction[], answer: TransactionAnswer): TransactionDiff {
  const byIdentity = new Map(known.map((one) => [one.identity, one]));
  // Said twice in one answer (a page that moved while it was read): the later word counts.
  const said = new Map(answer.transactions.map((transaction) => [transaction.identity, transaction]));
  const gone = missing(known, said, answer);
  const goneByContent = Map.groupBy(gone.values(), (one) => one.content);
  const recorded: Found[] = [];
  const changed: Found[] = [];
  const renamed: { from: string; to: Found }[] = [];
  for (const transaction of said.values()) {
    const content = contentOf(transaction);
    const before = byIdentity.get(transaction.identity);
    const found = { identity: transaction.identity, transactionId: before?.transactionId ?? transactionIdOf(accountId, transaction.identity), content, date: transaction.date, withdrawn: false, transaction };
    if (before) {
      if (before.content !== content || before.withdrawn) changed.push(found);
      continue;
    }
    const moved = goneByContent.get(content)?.shift();
    if (moved) {
      gone.delete(moved.identity);
      renamed.push({ from: moved.identity, to: { ...found, transactionId: moved.transactionId } });
    } else recorded.push(found);
  }
  return { recorded, changed, renamed, withdrawn: [...gone.values()] };
}

function missing(known: readonly KnownTransaction[], said: ReadonlyMap<string, unknown>, answer: TransactionAnswer): Map<string, KnownTransaction & { reason: string }> {
  const withdrawn = new Set(answer.withdrawn);
  const gone = new Map<string, KnownTransaction & { reason: string }>();
  for (const one of known) {
    if (one.withdrawn || said.has(one.identity)) continue;
    if (withdrawn.has(one.identity)) gone.set(one.identity, { ...one, reason: SAID_WITHDRAWN });
    else if (answer.wholeRange && one.date >= answer.from && one.date <= answer.to) gone.set(one.identity, { ...one, reason: ABSENT });
  }
  return gone;
}
