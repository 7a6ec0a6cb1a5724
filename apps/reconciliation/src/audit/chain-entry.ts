/** What an entry of a chain is, and the text that its hash is made of. */
import { canonicalJson } from '@tidemark/kernel';
import type { Seal } from './seal.js';

export interface ChainEntry {
  readonly sequence: number;
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string;
  readonly kind: string;
  readonly subject: string;
  /** Canonical JSON as it is stored, so that not even its white space can be changed. */
  readonly data: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** What the first entry of a chain has as the hash of the one before it. */
export const GENESIS = '0'.repeat(64);

/** The hash that belongs to these figures: over canonical JSON of `{at, data, kind, previousHash, sequence, subject}`. */
export function hashOf({ sequence, at, kind, subject, data, previousHash }: Omit<ChainEntry, 'hash'>, seal: Seal): string {
  const text = (value: string) => canonicalJson(value);
  return seal(`{"at":${text(at)},"data":${data},"kind":${text(kind)},"previousHash":${text(previousHash)},"sequence":${sequence},"subject":${text(subject)}}`);
}
