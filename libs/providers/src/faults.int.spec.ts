/** Every adapter against a provider that misbehaves in every way: the right class, a clear message, the right number of tries, and no secret in anything that was said. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProviders } from './create-providers.js';
import type { ProviderPort, ProviderSettings } from './port.js';
import { FakeWire, json } from './testing/fake-wire.js';
import type { Reply } from './testing/fake-wire.js';
import { CALL, specDeps, specSettings } from './testing/spec-deps.js';
import type { SpecDeps } from './testing/spec-deps.js';
import type { ProviderDeps } from './deps.js';

const KEY = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ format: 'pem', type: 'sec1' }) as string;
const ADDRESS = 'dydx1q7l0fz4kn3w6m8tce5xa2vsrd9ugyhpj0k7ezn';
/** What each provider's answers may hold that nothing may repeat. */
const SECRETS = {
  plaid: ['access-sandbox-11111111-aaaa', 'very-secret-of-plaid-4711'],
  snaptrade: ['user-secret-of-spec/+ 42', 'very-secret-of-snaptrade-4711'],
  coinbase: [KEY, ...KEY.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'))],
  dydx: [ADDRESS],
} as const;
const IDS = ['plaid', 'snaptrade', 'coinbase', 'dydx'] as const;

let wire: FakeWire;
let spec: SpecDeps;
const said: unknown[] = [];

beforeEach(async () => {
  wire = await FakeWire.start();
  said.length = 0;
});

afterEach(async () => {
  const everything = JSON.stringify([said, spec.logged, spec.calls]);
  await wire.stop();
  for (const secret of Object.values(SECRETS).flat()) for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) expect(everything).not.toContain(form);
  expect(everything).not.toMatch(/userSecret=(?!\[removed\])/);
});

const PATHS = { plaid: '/item/get', snaptrade: '/authorizations/auth-1', coinbase: '/api/v3/brokerage/accounts', dydx: `/v4/addresses/${ADDRESS}` } as const;
type Id = keyof typeof PATHS;

function provider(id: Id, settings: Partial<ProviderSettings> = {}, deps: Partial<ProviderDeps> = {}): ProviderPort {
  spec = specDeps(deps);
  return createProviders([specSettings(id, wire.url, settings)], spec.deps).get(id) as ProviderPort;
}

const CREDENTIALS: Record<Id, Record<string, string>> = {
  plaid: { accessToken: SECRETS.plaid[0], itemId: 'i' },
  snaptrade: { userId: 'u', userSecret: SECRETS.snaptrade[0], authorizationId: 'auth-1' },
  coinbase: { keyName: 'organizations/o/apiKeys/k', privateKey: KEY },
  dydx: { address: ADDRESS },
};

function request(id: Id) {
  return { call: CALL, credential: CREDENTIALS[id], providerConnectionId: 'auth-1' };
}

async function failure(port: ProviderPort, id: Id) {
  const result = await port.fetchAccounts(request(id));
  said.push(result);
  if (result.ok) throw new Error('a failure is expected');
  return result.error;
}

const HTML: Reply = { status: 502, headers: { 'content-type': 'text/html' }, text: '<html><h1>502 Bad Gateway</h1></html>' };
const echo = (id: Id) => {
  const odd = `odd: ${SECRETS[id].join(' ')}`;
  return json({ error_code: 'SOMETHING_ODD', error_message: odd, detail: odd, code: 9999, request_id: 'r', error: 'ODD', message: odd, errors: [{ msg: odd }] }, id === 'plaid' ? 400 : 418);
};
/** The indexer counts milliseconds where everybody else counts seconds. */
const retryAfter = (id: Id, seconds: number) => ({ 'retry-after': String(id === 'dydx' ? seconds * 1_000 : seconds) });
/** An answer that says something about this connection alone. */
const OWN_FAULTS: Record<Id, { reply: Reply; code: string; class: string }> = {
  plaid: { reply: json({ error_code: 'ITEM_LOGIN_REQUIRED' }, 400), code: 'provider_auth', class: 'relink' },
  snaptrade: { reply: json({ detail: 'disabled', code: 3003 }, 402), code: 'provider_auth', class: 'relink' },
  coinbase: { reply: { status: 401, text: 'Unauthorized' }, code: 'provider_auth', class: 'relink' },
  dydx: { reply: json({ errors: [{ msg: `No subaccounts found for address ${ADDRESS}` }] }, 404), code: 'provider_error', class: 'final' },
};

describe.each(IDS)('%s', (id) => {
  it.each([
    ['an HTML page', HTML, 'provider_unreachable', 'retry', 4],
    ['a bare 500', { status: 500, text: '' }, 'provider_error', 'retry', 4],
    ['a page for an answer', { text: '<html>login</html>' }, 'provider_malformed', 'retry', 4],
    ['half an answer', { text: '{"item":{"item_id":"i"' }, 'provider_malformed', 'retry', 4],
    ['a reset connection', { misbehave: 'reset' }, 'provider_unreachable', 'retry', 4],
    ['a cut connection', { misbehave: 'cut' }, 'provider_unreachable', 'retry', 4],
    ['the wrong shape', { text: '[1,2]' }, 'provider_malformed', 'final', 1],
    ['an unknown status', { status: 418, text: '{}' }, 'provider_error', 'final', 1],
    ['a redirect elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, text: '' }, 'provider_error', 'final', 1],
  ] as const)('%s is %s', async (_what, reply, code, errorClass, tries) => {
    wire.on(PATHS[id], reply);
    const error = await failure(provider(id), id);
    expect(error).toMatchObject({ code, class: errorClass });
    expect(error.detail).toMatch(new RegExp(id, 'i'));
    expect(wire.asked(PATHS[id])).toHaveLength(tries);
    expect(spec.slept).toHaveLength(tries - 1);
    if (code !== 'provider_malformed' || tries > 1) expect(spec.calls).toEqual([expect.objectContaining({ provider: id, attempts: tries, result: code, userId: 'user-1', institution: 'Some Bank', cost: { amount: '0', currency: 'USD' } })]);
  });

  it('does not wait for ever', async () => {
    wire.on(PATHS[id], { misbehave: 'never' });
    const error = await failure(provider(id, { timeoutMs: 60, retries: 1 }), id);
    expect(error).toMatchObject({ code: 'provider_unreachable', class: 'retry', detail: `${id} did not answer within 60 ms` });
    expect(wire.asked(PATHS[id])).toHaveLength(2);
  });

  it('is unreachable where nobody listens', async () => {
    const closed = await FakeWire.start();
    await closed.stop();
    const port = provider(id, { baseUrl: closed.url, retries: 0 });
    expect(await failure(port, id)).toMatchObject({ code: 'provider_unreachable', class: 'retry', detail: `${id} could not be reached (ECONNREFUSED)` });
  });

  it('waits as long as Retry-After says, really', async () => {
    wire.once(PATHS[id], { status: 429, headers: retryAfter(id, 1), text: '{"detail":"slow down","error_type":"RATE_LIMIT_EXCEEDED","error_code":"RATE_LIMIT"}' }).on(PATHS[id], { status: 418, text: '{}' });
    const slept: number[] = [];
    const port = provider(id, {}, { clock: { now: () => Date.now() }, sleep: async (milliseconds) => {
      slept.push(milliseconds);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    } });
    const startedAt = Date.now();
    await failure(port, id);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(Date.now() - startedAt).toBeLessThan(2_500);
    expect(slept).toEqual([1_125]);
    expect(wire.asked(PATHS[id])).toHaveLength(2);
  });

  it('leaves a long wait to its caller', async () => {
    wire.on(PATHS[id], { status: 429, headers: retryAfter(id, 3_600), text: '{}' });
    expect(await failure(provider(id), id)).toMatchObject({ code: 'provider_rate_limited', class: 'retry', retryAfterMs: 3_600_000, status: 429 });
    expect(wire.asked(PATHS[id])).toHaveLength(1);
  });

  it('comes through after two faults', async () => {
    wire.once(PATHS[id], { status: 500, text: '' }, { misbehave: 'reset' }).on(PATHS[id], { status: 418, text: '{}' });
    await failure(provider(id), id);
    expect(spec.calls[0]).toMatchObject({ attempts: 3 });
  });

  it('repeats no secret that the provider repeats', async () => {
    wire.on(PATHS[id], echo(id));
    const error = await failure(provider(id), id);
    expect(error.detail).toContain('[removed]');
  });

  it('is left alone for a while when it fails again and again, but not for an item’s own error', async () => {
    const port = provider(id, { retries: 0 }, { breaker: { volumeThreshold: 3 } });
    const { reply, ...own } = OWN_FAULTS[id];
    wire.on(PATHS[id], reply);
    for (let time = 0; time < 6; time += 1) expect(await failure(port, id)).toMatchObject(own);
    wire.on(PATHS[id], { status: 503, text: '' });
    for (let time = 0; time < 12; time += 1) await failure(port, id);
    const asked = wire.asked(PATHS[id]).length;
    expect(asked).toBeLessThan(6 + 12);
    expect(await failure(port, id)).toMatchObject({ code: 'provider_unreachable', class: 'retry', detail: expect.stringContaining('suspended') });
    expect(wire.asked(PATHS[id])).toHaveLength(asked);
  });

  it('is asked no more often than its limit', async () => {
    wire.on(PATHS[id], { status: 418, text: '{}' });
    const port = provider(id, { requestsPerMinute: 10, retries: 0 });
    for (let time = 0; time < 6; time += 1) await failure(port, id);
    expect(spec.slept.length).toBe(4);
    expect(Math.min(...spec.slept)).toBeGreaterThan(1_000);
  });
});

describe('what an error answer means', () => {
  it.each([
    ['plaid', 400, 'ITEM_LOGIN_REQUIRED', 'provider_auth', 'relink'],
    ['plaid', 400, 'ITEM_NOT_FOUND', 'provider_auth', 'relink'],
    ['plaid', 400, 'ADDITIONAL_CONSENT_REQUIRED', 'provider_auth', 'relink'],
    ['plaid', 400, 'INSTITUTION_DOWN', 'provider_unreachable', 'retry'],
    ['plaid', 400, 'PRODUCT_NOT_READY', 'provider_error', 'retry'],
    ['plaid', 400, 'INVALID_API_KEYS', 'provider_auth', 'final'],
    ['plaid', 400, 'NEVER_HEARD_OF', 'provider_error', 'final'],
    ['plaid', 500, 'INTERNAL_SERVER_ERROR', 'provider_error', 'retry'],
    ['snaptrade', 401, 1076, 'provider_auth', 'final'],
    ['snaptrade', 402, 3003, 'provider_auth', 'relink'],
    ['snaptrade', 403, 1141, 'provider_auth', 'final'],
    ['snaptrade', 404, 1011, 'provider_error', 'final'],
    ['snaptrade', 425, 3012, 'provider_error', 'retry'],
    ['snaptrade', 429, 'throttled', 'provider_rate_limited', 'retry'],
    ['snaptrade', 503, 3002, 'provider_unreachable', 'retry'],
  ] as const)('%s %d %s is %s, %s', async (id, status, providerCode, code, errorClass) => {
    const body = id === 'plaid' ? { error_type: 'X', error_code: providerCode, error_message: 'm', request_id: 'req-1' } : status === 401 ? { default_detail: 'm', default_code: providerCode } : { detail: 'm', code: providerCode };
    wire.on(PATHS[id], json(body, status, id === 'snaptrade' ? { 'x-request-id': 'req-1' } : {}));
    expect(await failure(provider(id, { retries: 0 }), id)).toMatchObject({ code, class: errorClass, providerCode: String(providerCode), status, requestId: 'req-1' });
  });

  it('coinbase says it in the words of its second version too', async () => {
    wire.on(PATHS.coinbase, json({ errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] }, 429));
    expect(await failure(provider('coinbase', { retries: 0 }), 'coinbase')).toMatchObject({ code: 'provider_rate_limited', providerCode: 'rate_limit_exceeded', detail: expect.stringContaining('Too many requests') });
  });

  it.each([
    ['coinbase', 400, 'INVALID_ARGUMENT', 'provider_error', 'final'],
    ['coinbase', 401, 'UNAUTHENTICATED', 'provider_auth', 'relink'],
    ['coinbase', 403, 'PERMISSION_DENIED', 'provider_auth', 'relink'],
    ['coinbase', 429, 'RESOURCE_EXHAUSTED', 'provider_rate_limited', 'retry'],
    ['coinbase', 503, 'UNAVAILABLE', 'provider_unreachable', 'retry'],
    ['dydx', 400, 'INVALID', 'provider_error', 'final'],
    ['dydx', 403, 'GEOBLOCKED', 'provider_error', 'final'],
    ['dydx', 404, 'NONE', 'provider_error', 'final'],
    ['dydx', 429, 'LIMIT', 'provider_rate_limited', 'retry'],
    ['dydx', 500, 'INTERNAL', 'provider_error', 'retry'],
  ] as const)('%s %d %s is %s, %s', async (id, status, providerCode, code, errorClass) => {
    wire.on(PATHS[id], json(id === 'coinbase' ? { error: providerCode, error_details: 'd', message: 'said by the exchange' } : { errors: [{ msg: 'said by the exchange', code: providerCode }] }, status));
    expect(await failure(provider(id, { retries: 0 }), id)).toMatchObject({ code, class: errorClass, providerCode, status, detail: expect.stringContaining('said by the exchange') });
  });
});
