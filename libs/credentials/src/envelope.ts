/**
 * Envelope encryption with AES-256-GCM. Each credential is sealed with a random data key of its own, and the data key with the
 * key-encryption key: rotating the latter touches a few bytes per credential and never its content. Ref and user are authenticated
 * with both, so that a row copied under another name does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CredentialError } from './credential-store.js';
import type { Keyring } from './keyring.js';

export interface Sealed {
  readonly keyId: string;
  /** nonce (12) · ciphertext · tag (16) of the data key. */
  readonly wrappedKey: Buffer;
  /** nonce (12) · ciphertext · tag (16) of the content. */
  readonly payload: Buffer;
}

export interface Owner {
  readonly ref: string;
  readonly userId: string;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function seal(keyring: Keyring, owner: Owner, content: Uint8Array): Sealed {
  const dataKey = randomBytes(32);
  try {
    const payload = encrypt(dataKey, bound('content', owner), content);
    return { keyId: keyring.current, wrappedKey: wrap(keyring, owner, dataKey), payload };
  } finally {
    dataKey.fill(0);
  }
}

/** @throws CredentialError */
export function open(keyring: Keyring, owner: Owner, sealed: Sealed): Buffer {
  const dataKey = unwrap(keyring, owner, sealed);
  try {
    return decrypt(dataKey, bound('content', owner), sealed.payload, owner, sealed.keyId);
  } finally {
    dataKey.fill(0);
  }
}

/** The same content under the current key. @throws CredentialError */
export function rewrap(keyring: Keyring, owner: Owner, sealed: Sealed): Sealed {
  const dataKey = unwrap(keyring, owner, sealed);
  try {
    return { ...sealed, keyId: keyring.current, wrappedKey: wrap(keyring, owner, dataKey) };
  } finally {
    dataKey.fill(0);
  }
}

function wrap(keyring: Keyring, owner: Owner, dataKey: Uint8Array): Buffer {
  return encrypt(keyOf(keyring, keyring.current, owner), bound(`key ${keyring.current}`, owner), dataKey);
}

function unwrap(keyring: Keyring, owner: Owner, { keyId, wrappedKey }: Sealed): Buffer {
  return decrypt(keyOf(keyring, keyId, owner), bound(`key ${keyId}`, owner), wrappedKey, owner, keyId);
}

function keyOf(keyring: Keyring, keyId: string, { ref }: Owner): Uint8Array {
  const key = keyring.keys.get(keyId);
  if (!key) throw new CredentialError('unknown_key', `the credential ${ref} is sealed with the key "${keyId}", which is not among CREDENTIALS_KEY (there: ${[...keyring.keys.keys()].join(', ')})`);
  return key;
}

function bound(what: string, { ref, userId }: Owner): Buffer {
  return Buffer.from(JSON.stringify(['tidemark credential', 1, what, ref, userId]));
}

function encrypt(key: Uint8Array, associated: Buffer, content: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(associated);
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, associated: Buffer, sealed: Buffer, { ref }: Owner, keyId: string): Buffer {
  try {
    const end = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(associated).setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()]);
  } catch {
    // The driver's error says no more than this, and must not carry the bytes any further.
    throw new CredentialError('cannot_open', `the credential ${ref} does not open with the key "${keyId}": either it was changed in the store, or CREDENTIALS_KEY holds another key under that id`);
  }
}
