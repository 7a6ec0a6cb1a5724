/**
 * The token of a request, checked as Coinbase checks it: signed by the key that it names, for this very request, no older than two
 * minutes, and never seen before. Its times are compared with real time, because the other side stamps with its machine's clock.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose';
import type { Sandbox } from '../server/sandbox.js';
import { CoinbaseError } from './coinbase-error.js';

const LONGEST_SECONDS = 120;
/** Clocks differ a little. */
const TOLERANCE_SECONDS = 5;
const NONCE = /^[0-9a-f]{16,128}$/;

export interface KnownKey {
  name: string;
  accounts: readonly string[];
  view: boolean;
}

/** @param uri method, host and path of the request, without its query. @throws CoinbaseError */
export async function authenticated(sandbox: Sandbox, authorization: string | undefined, uri: string): Promise<KnownKey> {
  const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined) throw refused('there is no token');
  const { kid, nonce, alg } = headerOf(token);
  const key = keyNamed(sandbox, kid);
  const claims = await verified(token, key.publicKey);
  if (claims.sub !== kid) throw refused('sub is not the key that signed');
  if (claims['uri'] !== uri) throw refused(`uri is not "${uri}"`);
  if (typeof claims.exp !== 'number' || typeof claims.nbf !== 'number' || claims.exp - claims.nbf > LONGEST_SECONDS) throw refused(`it lives longer than ${LONGEST_SECONDS} s`);
  if (alg === undefined || typeof nonce !== 'string' || !NONCE.test(nonce)) throw refused('nonce is no random hex');
  takeNonce(sandbox, nonce, claims.exp);
  return key.known;
}

function headerOf(token: string): { kid: string; nonce: unknown; alg: string | undefined } {
  try {
    const { kid, nonce, alg } = decodeProtectedHeader(token) as { kid?: string; nonce?: unknown; alg?: string };
    if (typeof kid === 'string') return { kid, nonce, alg };
  } catch {
    throw refused('it is no JWT');
  }
  throw refused('its header names no key');
}

function keyNamed(sandbox: Sandbox, name: string): { publicKey: KeyObject; known: KnownKey } {
  const given = sandbox.world.world.coinbaseKeys?.find((key) => key.name === name);
  if (given !== undefined) return { publicKey: createPublicKey(given.publicKey), known: { name, accounts: given.accounts, view: given.view ?? true } };
  const made = sandbox.links.coinbaseKeys.get(name);
  if (made === undefined) throw refused('no key has that name');
  return { publicKey: createPublicKey({ key: made.publicJwk, format: 'jwk' }), known: { name, accounts: made.accounts, view: true } };
}

async function verified(token: string, key: KeyObject): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, key, { algorithms: ['ES256', 'EdDSA'], issuer: 'cdp', requiredClaims: ['sub', 'nbf', 'exp', 'uri'], clockTolerance: TOLERANCE_SECONDS })).payload;
  } catch (error) {
    throw refused(error instanceof Error ? error.message : 'it cannot be verified');
  }
}

function takeNonce(sandbox: Sandbox, nonce: string, until: number): void {
  const now = Date.now() / 1000 - TOLERANCE_SECONDS;
  for (const [seen, end] of sandbox.nonces) {
    if (end >= now) break;
    sandbox.nonces.delete(seen);
  }
  if (sandbox.nonces.has(nonce)) throw refused('its nonce was used before');
  sandbox.nonces.set(nonce, until);
}

function refused(why: string): CoinbaseError {
  return new CoinbaseError('unauthorized', `the token is refused: ${why}`);
}
