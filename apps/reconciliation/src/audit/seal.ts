/**
 * The key of one user's chain, and what it makes of a text. The user is in the key (HKDF, RFC 5869), so that no entry of one chain passes
 * for one of another; HMAC (RFC 2104) and not a bare hash, so that whoever can write to the table cannot make the hashes anew.
 */
import { createHmac, hkdfSync } from 'node:crypto';

/** 32 bytes: AUDIT_KEY. */
export type AuditKey = Uint8Array;

/** HMAC-SHA256 in lower-case hex. */
export type Seal = (text: string) => string;

export function sealOf(key: AuditKey, userId: string): Seal {
  const ofUser = Buffer.from(hkdfSync('sha256', key, '', `tidemark audit chain 1:${userId}`, 32));
  return (text) => createHmac('sha256', ofUser).update(text).digest('hex');
}
