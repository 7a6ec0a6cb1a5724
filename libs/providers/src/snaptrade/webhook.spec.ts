import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalWebhook } from './webhook-canonical.js';
import { verifySnaptradeWebhook } from './webhook.js';

const KEY = 'consumer-key';
const NOW = Date.parse('2026-11-20T21:05:00Z');
const EVENT = { webhookId: 'w-1', clientId: 'C', eventTimestamp: '2026-11-20T21:04:30.123456+00:00', userId: 'u', eventType: 'ACCOUNT_HOLDINGS_UPDATED', brokerageAuthorizationId: 'auth-1', accountId: 'acc-1', webhookSecret: 'shared-secret' };

function deliver(body: string, options: { key?: string; signature?: string; now?: number; header?: string } = {}) {
  const signature = options.signature ?? createHmac('sha256', options.key ?? KEY).update(canonicalWebhook(body)).digest('base64');
  const result = verifySnaptradeWebhook(KEY, { headers: { [options.header ?? 'signature']: signature }, body: Buffer.from(body), now: options.now ?? NOW });
  return result.ok ? result.value : result.error;
}

describe('the text that SnapTrade signs', () => {
  it.each([
    ['{ "b": 1, "a": {"d": [1, 2.50, 1e5], "c": null} }', '{"a":{"c":null,"d":[1,2.50,1e5]},"b":1}'],
    ['{"name":"Zoë – 株"}', '{"name":"Zo\\u00eb \\u2013 \\u682a"}'],
    ['{"e":"😀"}', '{"e":"\\ud83d\\ude00"}'],
    ['{"t":"a\\n\\t\\"\\\\/\\u007f"}', '{"t":"a\\n\\t\\"\\\\/\\u007f"}'],
    ['{"big":123456789012345678901234567890}', '{"big":123456789012345678901234567890}'],
  ])('of %s is %s', (body, canonical) => expect(canonicalWebhook(body)).toBe(canonical));

  it('holds for a signature that was made elsewhere', () => {
    // hmac.new(b"consumer-key", json.dumps({"a": "é", "b": 1.50}, sort_keys=True, separators=(",", ":")) …) with 1.5 written so
    const expected = createHmac('sha256', KEY).update('{"a":"\\u00e9","b":1.5}').digest('base64');
    expect(deliver('{"b": 1.5, "a": "é"}', { signature: expected })).toMatchObject({ reason: 'malformed', detail: 'eventType: a text is expected' });
  });
});

describe('a webhook from SnapTrade', () => {
  it('is understood, its secret removed', () => {
    const meaning = deliver(JSON.stringify(EVENT), { header: 'Signature' });
    expect(meaning).toMatchObject({ kind: 'ACCOUNT_HOLDINGS_UPDATED', action: 'sync', dedupeKey: 'snaptrade:w-1', providerConnectionId: 'auth-1', providerAccountId: 'acc-1', sentAt: '2026-11-20T21:04:30.123Z' });
    expect(JSON.stringify(meaning)).not.toContain('shared-secret');
  });

  it.each([
    ['CONNECTION_BROKEN', 'reauth_required'],
    ['CONNECTION_FIXED', 'restored'],
    ['CONNECTION_DELETED', 'removed'],
    ['CONNECTION_ADDED', 'ignore'],
    ['NEW_ACCOUNT_AVAILABLE', 'new_accounts'],
    ['ACCOUNT_TRANSACTIONS_INITIAL_UPDATE', 'sync'],
    ['ACCOUNT_TRANSACTIONS_UPDATED', 'sync'],
    ['ACCOUNT_REMOVED', 'sync'],
    ['USER_REGISTERED', 'ignore'],
    ['NEWS_FROM_TOMORROW', 'ignore'],
  ])('%s is %s', (eventType, action) => expect(deliver(JSON.stringify({ ...EVENT, eventType }))).toMatchObject({ kind: eventType, action }));

  it('is refused when forged, stale, or no webhook', () => {
    const body = JSON.stringify(EVENT);
    expect(deliver(body, { key: 'another key' })).toMatchObject({ reason: 'forged' });
    expect(deliver(body, { signature: '' })).toMatchObject({ reason: 'forged' });
    expect(deliver(body, { signature: 'short' })).toMatchObject({ reason: 'forged' });
    expect(deliver(JSON.stringify({ ...EVENT, accountId: 'acc-2' }), { signature: createHmac('sha256', KEY).update(canonicalWebhook(body)).digest('base64') })).toMatchObject({ reason: 'forged' });
    expect(deliver(body, { now: NOW + 300_000 })).toMatchObject({ reason: 'stale' });
    expect(deliver(body, { now: NOW - 600_000 })).toMatchObject({ reason: 'stale' });
    expect(deliver('{"half":', { signature: 'any' })).toMatchObject({ reason: 'malformed' });
    expect(deliver('[1]')).toMatchObject({ reason: 'malformed' });
    expect(deliver(JSON.stringify({ ...EVENT, eventTimestamp: undefined }))).toMatchObject({ reason: 'malformed', detail: 'eventTimestamp: an instant is expected' });
  });
});
