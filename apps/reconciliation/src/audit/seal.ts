/**
 * The key of one user's chain, and what it makes of a text. The user is in the key (HKDF, RFC 5869), so that no entry of one chain passes
 * for one of another; HMAC (RFC 2104) and not a bare hash, so that whoever can write to the table cannot make the hashes anew.
 */
import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';

/** 32 bytes: AUDIT_KEY. */
export type AuditKey = Uint8Array;

/** HMAC-SHA256 in lower-case hex. */
export type Seal = (text: string) => string;

export function sealOf(key: AuditKey, userId: string): Seal {
  // As an object of its own: a key in bytes is made into one for each hash, which costs more than the hash.
  const ofUser = createSecretKey(Buffer.from(hkdfSync('sha256', key, '', `tidemark audit chain 1:${userId}`, 32)));
  return (text) => createHmac('sha256', ofUser).update(text).digest('hex');
}
