import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { ProviderPort } from '../port.js';
import { FakeWire, json } from '../testing/fake-wire.js';
import type { Received } from '../testing/fake-wire.js';
import { NOW, specDeps, specSettings } from '../testing/spec-deps.js';
import { plaidProvider } from './plaid-provider.js';

const BODY = Buffer.from(JSON.stringify({ webhook_type: 'HOLDINGS', webhook_code: 'DEFAULT_UPDATE', item_id: 'item-1', error: null, new_holdings: 1, updated_holdings: 0, environment: 'sandbox' }, null, 2));
const IAT = NOW / 1000;

let wire: FakeWire;
let plaid: ProviderPort;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let expired: number | null;

beforeEach(async () => {
  wire = await FakeWire.start();
  plaid = plaidProvider(specSettings('plaid', wire.url, { retries: 0 }), specDeps().deps);
  keys = await generateKeyPair('ES256', { extractable: true });
  expired = null;
  const jwk = await exportJWK(keys.publicKey);
  wire.on('/webhook_verification_key/get', (request: Received) => {
    const { key_id: kid } = JSON.parse(request.body) as { key_id: string };
    if (!kid.startsWith('k')) return json({ error_type: 'INVALID_INPUT', error_code: 'INVALID_WEBHOOK_VERIFICATION_KEY_ID', error_message: 'no' }, 400);
    return json({ key: { ...jwk, alg: 'ES256', use: 'sig', kid, created_at: 1560466150, expired_at: expired }, request_id: 'r' });
  });
});

afterEach(async () => {
  await wire.stop();
});

function signed(body: Uint8Array, options: { iat?: number; kid?: string; hash?: string } = {}): Promise<string> {
  const hash = options.hash ?? createHash('sha256').update(body).digest('hex');
  return new SignJWT({ iat: options.iat ?? IAT, request_body_sha256: hash }).setProtectedHeader({ alg: 'ES256', kid: options.kid ?? 'k1' }).sign(keys.privateKey);
}

async function verify(token: string | null, body: Uint8Array = BODY, now = NOW) {
  const result = await plaid.verifyWebhook({ headers: token === null ? {} : { 'Plaid-Verification': token }, body, now });
  return result.ok ? result.value : result.error;
}

describe('a webhook from Plaid', () => {
  it('is understood, and the same message is the same one', async () => {
    const token = await signed(BODY);
    const meaning = await verify(token);
    expect(meaning).toMatchObject({ kind: 'HOLDINGS/DEFAULT_UPDATE', action: 'sync', providerConnectionId: 'item-1', sentAt: '2026-11-20T21:05:00.000Z', by: null });
    expect(await verify(token)).toEqual(meaning);
    expect(await verify(await signed(BODY, { iat: IAT - 60 }))).not.toMatchObject({ dedupeKey: (meaning as { dedupeKey: string }).dedupeKey });
    expect(wire.asked('/webhook_verification_key/get')).toHaveLength(1);
  });

  it('is refused when forged', async () => {
    const stranger = await generateKeyPair('ES256');
    const forgery = await new SignJWT({ iat: IAT, request_body_sha256: createHash('sha256').update(BODY).digest('hex') }).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(stranger.privateKey);
    const symmetric = await new SignJWT({ iat: IAT, request_body_sha256: createHash('sha256').update(BODY).digest('hex') }).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(Buffer.from(JSON.stringify(await exportJWK(keys.publicKey))));
    const none = `${Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`;
    for (const token of [null, '', 'nonsense', 'a.b.c', 'x'.repeat(10_000), forgery, symmetric, none, await signed(BODY, { hash: '00' }), await signed(BODY, { kid: 'unknown' }), await signed(BODY, { iat: IAT + 3_600 })]) {
      expect(await verify(token)).toMatchObject({ reason: 'forged' });
    }
    expect(await verify(await signed(BODY), Buffer.concat([BODY, Buffer.from(' ')]))).toMatchObject({ reason: 'forged', detail: 'the body is not the one that was signed' });
  });

  it('is refused when more than five minutes old', async () => {
    expect(await verify(await signed(BODY, { iat: IAT - 300 }))).toMatchObject({ action: 'sync' });
    expect(await verify(await signed(BODY, { iat: IAT - 301 }))).toMatchObject({ reason: 'stale' });
  });

  it('is refused when its key has expired, also one that is held', async () => {
    expired = IAT + 10;
    expect(await verify(await signed(BODY))).toMatchObject({ action: 'sync' });
    expect(await verify(await signed(BODY, { iat: IAT + 11 }), BODY, NOW + 11_000)).toMatchObject({ reason: 'forged', detail: 'signed with a key that has expired' });
  });

  it('asks once for a key that Plaid does not know, and few keys are held', async () => {
    for (let time = 0; time < 5; time += 1) await verify(await signed(BODY, { kid: 'unknown' }));
    expect(wire.asked('/webhook_verification_key/get')).toHaveLength(1);
    for (let key = 0; key < 60; key += 1) await verify(await signed(BODY, { kid: `k-${key}` }));
    await verify(await signed(BODY, { kid: 'k-0' }));
    expect(wire.asked('/webhook_verification_key/get')).toHaveLength(62);
  });

  it('is unverifiable, not forged, while Plaid’s keys cannot be fetched', async () => {
    wire.on('/webhook_verification_key/get', { status: 500, text: '' });
    expect(await verify(await signed(BODY))).toMatchObject({ reason: 'unverifiable' });
  });

  it('is malformed when what was signed is no webhook', async () => {
    for (const text of ['[]', '{"webhook_type":"ITEM"}', 'not json']) {
      const body = Buffer.from(text);
      expect(await verify(await signed(body), body)).toMatchObject({ reason: 'malformed' });
    }
  });
});
