/**
 * The two kinds of a CDP API key and the token that each request carries (docs.cdp.coinbase.com, "API key authentication"): an EC key on
 * P-256 as PEM signs with ES256, an Ed25519 key as base64 of seed and public key signs with EdDSA. The private key never leaves this file
 * but as a signature.
 */
import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';

export interface CoinbaseKey {
  /** `organizations/{org}/apiKeys/{id}`, or the id alone. */
  readonly name: string;
  readonly key: KeyObject;
  readonly algorithm: 'ES256' | 'EdDSA';
  /** The private key in every form in which a text may hold it, for redaction. */
  readonly secrets: readonly string[];
}

const LIFETIME_SECONDS = 120;
const ED25519_BYTES = [32, 64];
const SEED_BYTES = 32;

/** @returns the key, or what is wrong with what was given, which is not quoted */
export function coinbaseKey(credentials: Readonly<Record<string, string>> | undefined): Result<CoinbaseKey, string> {
  const name = credentials?.['keyName']?.trim() ?? '';
  const given = credentials?.['privateKey']?.trim() ?? '';
  if (name === '') return refuse('credentials.keyName is needed: the name of a CDP API key, such as organizations/…/apiKeys/…');
  if (given === '') return refuse('credentials.privateKey is needed: the private key of the CDP API key, as PEM (ECDSA) or base64 (Ed25519)');
  // Copied out of the JSON file that Coinbase hands out, line ends are often still written as \n.
  const written = given.replaceAll('\\n', '\n');
  const key = written.startsWith('-----BEGIN') ? fromPem(written) : fromBase64(written);
  const algorithm = key === null ? null : algorithmOf(key);
  if (key === null || algorithm === null) return refuse('credentials.privateKey is no private key that Coinbase gives: an EC key on P-256 as PEM, or an Ed25519 key as base64');
  const lines = written.split('\n').map((line) => line.trim()).filter((line) => line.length >= 16 && !line.startsWith('-----'));
  return ok({ name, key, algorithm, secrets: [given, written, ...lines] });
}

function fromPem(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    // OpenSSL's words may quote the key; what is expected is said by the caller.
    return null;
  }
}

function fromBase64(text: string): KeyObject | null {
  const bytes = Buffer.from(text, 'base64');
  if (!/^[A-Za-z0-9+/=\s]+$/.test(text) || !ED25519_BYTES.includes(bytes.length)) return null;
  // PKCS #8 of an Ed25519 seed (RFC 8410, section 7): a fixed prefix before the 32 bytes.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytes.subarray(0, SEED_BYTES)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function algorithmOf(key: KeyObject): CoinbaseKey['algorithm'] | null {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ES256' : null;
}

/**
 * A token for one request. @param uri `GET api.coinbase.com/api/v3/brokerage/accounts`: method, host and path, never the query
 * @param now milliseconds; @param nonce random hex, fresh at every request
 */
export async function coinbaseToken({ name, key, algorithm }: CoinbaseKey, uri: string, now: number, nonce: string): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return new SignJWT({ uri })
    .setProtectedHeader({ alg: algorithm, kid: name, typ: 'JWT', nonce })
    .setSubject(name)
    .setIssuer('cdp')
    .setNotBefore(seconds)
    .setExpirationTime(seconds + LIFETIME_SECONDS)
    .sign(key);
}
