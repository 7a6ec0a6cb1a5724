/**
 * Ids that a provider makes up from what the world holds: the same thing has the same id at every call, another
 * id at another provider, and (as with the real ones) an account's id belongs to its item or authorization.
 */
import { createHash } from 'node:crypto';
import { v5 } from 'uuid';

const NAMESPACE = '7b0f7c8e-2a51-5d0e-9a44-3c1d54a0b9e7';
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789';

/** A UUID as SnapTrade uses it, always the same for the same parts. */
export function uuidFor(...parts: string[]): string {
  return v5(parts.join('/'), NAMESPACE);
}

/** A 37-character id as Plaid uses it, always the same for the same parts. */
export function plaidIdFor(...parts: string[]): string {
  const bytes = createHash('sha512').update(parts.join('/')).digest();
  let id = '';
  for (let i = 0; i < 37; i += 1) id += ALPHABET[bytes[i]! % ALPHABET.length];
  return id;
}
