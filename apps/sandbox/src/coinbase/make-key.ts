/**
 * What a person does in Coinbase's developer portal: makes an API key and copies its name and private key. The key is derived from the
 * sandbox's ids, so that with a seed it is the same at every run. Keys of even number are ECDSA, odd ones Ed25519.
 */
import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Sandbox } from '../server/sandbox.js';

export interface MadeKey {
  keyName: string;
  privateKey: string;
}

export function makeKey(sandbox: Sandbox, accounts: string[]): MadeKey {
  const id = sandbox.newId();
  const keyName = `organizations/${sandbox.newId()}/apiKeys/${id}`;
  const seed = createHash('sha256').update(`coinbase-key/${id}`).digest();
  const ecdsa = sandbox.links.coinbaseKeys.size % 2 === 0;
  const key = ecdsa ? ecKey(seed) : edKey(seed);
  sandbox.links.coinbaseKeys.set(keyName, { name: keyName, accounts, publicJwk: createPublicKey(key).export({ format: 'jwk' }), createdAt: sandbox.clock.now().toISOString() });
  return { keyName, privateKey: ecdsa ? key.export({ format: 'pem', type: 'sec1' }).toString() : edText(key) };
}

function ecKey(seed: Buffer): KeyObject {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(seed);
  const point = curve.getPublicKey();
  const part = (from: number): string => point.subarray(from, from + 32).toString('base64url');
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d: seed.toString('base64url'), x: part(1), y: part(33) }, format: 'jwk' });
}

function edKey(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' });
}

/** As Coinbase hands it out: base64 of the seed and the public key behind it. */
function edText(key: KeyObject): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]).toString('base64');
}
