/**
 * A ref as a name that Secrets Manager takes (letters, digits and `/_+=.@-`, at most 512): other bytes, and `=` itself, become `=XX`.
 * Reversible, so that the refs of a user can be read off the names.
 */
import { createHash } from 'node:crypto';

const ALLOWED = /[A-Za-z0-9/_+.@-]/;

export function toSecretName(prefix: string, ref: string): string {
  const encoded = [...Buffer.from(ref)].map((byte) => (byte < 128 && ALLOWED.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('');
  const name = prefix + encoded;
  if (name.length > 512) throw new RangeError('the ref is too long for Secrets Manager');
  return name;
}

/** @returns null where the name was not made with this prefix */
export function fromSecretName(prefix: string, name: string): string | null {
  if (!name.startsWith(prefix)) return null;
  const bytes: number[] = [];
  const encoded = name.slice(prefix.length);
  for (let at = 0; at < encoded.length; at += 1) {
    if (encoded[at] !== '=') bytes.push(encoded.charCodeAt(at));
    else {
      bytes.push(Number.parseInt(encoded.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  return Buffer.from(bytes).toString('utf8');
}

/** The value of the tag by which a user's secrets are found; a tag must not carry a user's name or address. */
export function userTag(userId: string): string {
  return createHash('sha256').update(`tidemark user ${userId}`).digest('hex');
}
