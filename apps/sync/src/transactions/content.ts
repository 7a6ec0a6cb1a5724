/** What a transaction says, apart from its id and the provider's raw text: equal content means the same transaction said again. */
import { canonicalJson, NAMESPACE, uuidV5 } from '@tidemark/kernel';
import type { FetchedTransaction } from '@tidemark/providers';

/** A UUIDv5 serves as the hash: it is pure, and 122 bits are plenty to compare versions of one account's transactions. */
export function contentOf(transaction: FetchedTransaction): string {
  const { identity: _identity, original: _original, ...said } = transaction;
  return uuidV5(NAMESPACE.transaction, canonicalJson(said));
}

export function transactionIdOf(accountId: string, identity: string): string {
  return uuidV5(NAMESPACE.transaction, `${accountId}/${identity}`);
}
