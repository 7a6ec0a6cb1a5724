/** The ES256 key that signs Plaid's webhooks, made at first use and kept with the links. */
import { exportJWK, generateKeyPair } from 'jose';
import type { SigningKey } from '../state/link-state.js';
import type { Sandbox } from '../server/sandbox.js';

export async function currentSigningKey(sandbox: Sandbox): Promise<SigningKey> {
  for (const key of sandbox.links.signingKeys.values()) if (key.expiredAt === null) return key;
  const key = await newSigningKey(sandbox);
  sandbox.links.signingKeys.set(key.kid, key);
  sandbox.changed();
  return key;
}

/** A key of the same kind that nobody has published: what a forger would use. */
export async function newSigningKey(sandbox: Sandbox): Promise<SigningKey> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  return {
    kid: sandbox.newId(),
    privateJwk: await exportJWK(pair.privateKey),
    publicJwk: await exportJWK(pair.publicKey),
    createdAt: Math.floor(Date.now() / 1000),
    expiredAt: null,
  };
}
