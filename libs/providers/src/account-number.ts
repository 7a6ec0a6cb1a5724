/**
 * A full account number is read once, here: what leaves is its last characters and a keyed hash, which tells that two links
 * show the same real account without telling which.
 */
import { createHmac } from 'node:crypto';

const MASK_LENGTH = 4;

export interface NumberMark {
  readonly mask: string | null;
  /** HMAC-SHA256, hex. Null where the provider gives only a masked or short number: a hash of that would match strangers. */
  readonly hash: string | null;
}

/** @param key of the hash, kept secret by the caller */
export function markOfNumber(number: string | null, key: Uint8Array | string): NumberMark {
  if (number === null) return { mask: null, hash: null };
  const masked = /[*•]|x{2,}/i.test(number);
  const characters = number.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const mask = characters.slice(-MASK_LENGTH);
  const whole = !masked && characters.length > MASK_LENGTH;
  return { mask: mask === '' ? null : mask, hash: whole ? createHmac('sha256', key).update(`account-number:${characters}`).digest('hex') : null };
}

/** The forms in which a number may stand in a name or a description. */
export function formsOfNumber(number: string | null): readonly string[] {
  if (number === null || number.length <= MASK_LENGTH) return [];
  const compact = number.replace(/[^A-Za-z0-9]/g, '');
  return compact.length > MASK_LENGTH ? [...new Set([number, compact])] : [];
}
