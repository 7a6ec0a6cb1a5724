/**
 * Which transaction is which. The provider's own id where it has one; else the hash of its content and, since two equal
 * transactions on one day are two, an ordinal among equals of the same account.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '@tidemark/kernel';

/** Gives identities within one account; ask in the order of the provider's answer. */
export class Identities {
  private readonly seen = new Map<string, number>();

  /** @param content the fields that make the transaction what it is, without the provider's id */
  of(providerId: string | null, content: Readonly<Record<string, unknown>>): string {
    if (providerId !== null) return providerId.slice(0, 400);
    const hash = createHash('sha256').update(canonicalJson(content)).digest('hex');
    const ordinal = (this.seen.get(hash) ?? 0) + 1;
    this.seen.set(hash, ordinal);
    return `hash:${hash}:${ordinal}`;
  }
}
