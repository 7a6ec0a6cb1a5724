/**
 * The key of the hash that stands for a full account number. It must be one for the whole installation and never change, else the
 * same real account would no longer be recognised; so it is made once and kept with the credentials, where both connections and
 * sync can read it, rather than in a variable that someone may rotate.
 */
import { randomBytes } from 'node:crypto';
import type { CredentialStore } from './credential-store.js';

const REF = 'installation/account-number-key';

/** For connections, which may write: makes the key where there is none. */
export async function ensureAccountNumberKey(store: CredentialStore): Promise<Uint8Array> {
  const known = await readAccountNumberKey(store);
  if (known) return known;
  await store.create({ ref: REF, userId: 'installation', secret: { key: randomBytes(32).toString('base64') } });
  const made = await readAccountNumberKey(store);
  if (!made) throw new Error('the account number key was made and is not there: another process removes credentials');
  return made;
}

/** For sync, which only reads. @returns null before connections has started for the first time */
export async function readAccountNumberKey(store: CredentialStore): Promise<Uint8Array | null> {
  const secret = await store.get(REF);
  return secret?.['key'] ? Buffer.from(secret['key'], 'base64') : null;
}
