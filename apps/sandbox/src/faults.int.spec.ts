import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { demoWorld, startSandbox, type RunningSandbox } from './app.js';
import { control, linkPlaid, plaidClient, registerSnapTradeUser } from './testing/clients.js';
import { signedFetch } from './testing/signed-fetch.js';

const KEYS = { client_id: 'sandbox-plaid-client', secret: 'sandbox-plaid-secret' };
let sandbox: RunningSandbox;
let access_token: string;
beforeAll(async () => {
  sandbox = await startSandbox({ world: demoWorld() });
  access_token = (await linkPlaid(sandbox, { institutionId: 'ins_115615' })).accessToken;
});
beforeEach(() => control(sandbox, 'DELETE', '/faults'));
afterAll(() => sandbox.close());

function accounts(signal?: AbortSignal): Promise<Response> {
  return fetch(`${sandbox.url}/plaid/accounts/get`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...KEYS, access_token }),
    ...(signal === undefined ? {} : { signal }),
  });
}

const fault = (kind: string, extra: object = {}): Promise<unknown> => control(sandbox, 'POST', '/faults', { provider: 'plaid', operation: 'accountsGet', kind, ...extra });

describe('a fault that was ordered happens on the wire, as often as ordered', () => {
  it('timeout: no answer at all', async () => {
    await fault('timeout');
    await expect(accounts(AbortSignal.timeout(200))).rejects.toThrow(/aborted|timeout/i);
    expect((await accounts()).status).toBe(200);
  });

  it('status: the usual body of that status, or the code, body and headers that were given', async () => {
    await fault('status', { status: 500, times: 2 });
    for (let i = 0; i < 2; i += 1) {
      const response = await accounts();
      expect([response.status, await response.json()]).toEqual([500, expect.objectContaining({ error_code: 'INTERNAL_SERVER_ERROR' })]);
    }
    await fault('status', { code: 'INSTITUTION_NOT_RESPONDING' });
    expect(await (await accounts()).json()).toMatchObject({ error_type: 'INSTITUTION_ERROR', error_code: 'INSTITUTION_NOT_RESPONDING' });
    await fault('status', { status: 429, headers: { 'Retry-After': '7' }, body: { odd: true } });
    const response = await accounts();
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([429, '7', { odd: true }]);
    expect((await accounts()).status).toBe(200);
  });

  it('malformed and partial: JSON that stops in the middle', async () => {
    await fault('malformed');
    await expect((await accounts()).json()).rejects.toThrow(/JSON/);
    await fault('malformed', { body: '<html>502</html>' });
    expect(await (await accounts()).text()).toBe('<html>502</html>');
    const whole = await (await accounts()).text();
    await fault('partial');
    const part = await (await accounts()).text();
    expect(part.length).toBe(Math.floor(whole.length / 2));
    expect(whole.startsWith(part.slice(0, 100))).toBe(true);
  });

  it('slow: the right answer, late', async () => {
    await fault('slow', { delayMs: 150 });
    const started = performance.now();
    expect((await accounts()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);
  });

  it('reset: the connection breaks', async () => {
    await fault('reset');
    await expect(accounts()).rejects.toThrow(/fetch failed/);
  });

  it('by path, for one account only, and for SnapTrade with its own words', async () => {
    await control(sandbox, 'POST', '/faults', { provider: 'plaid', operation: 'accounts/get', kind: 'status', status: 500, match: 'another-item' });
    expect((await accounts()).status).toBe(200);
    await registerSnapTradeUser(sandbox, 'u');
    await control(sandbox, 'POST', '/faults', { provider: 'snaptrade', operation: 'listSnapTradeUsers', kind: 'status', code: '3012' });
    const response = await signedFetch(sandbox, 'GET', '/snapTrade/listUsers');
    expect([response.status, await response.json()]).toEqual([425, { detail: expect.stringContaining('populated'), status_code: 425, code: '3012' }]);
  });

  it('an order that nobody understands is refused', async () => {
    await expect(fault('explode')).rejects.toThrow(/kind must be one of timeout, status/);
    await expect(fault('status', { times: 0 })).rejects.toThrow(/times must be a whole number/);
  });
});

describe('what was received', () => {
  it('is listed with operation, status and fault, and without secrets', async () => {
    await control(sandbox, 'DELETE', '/requests');
    await fault('status', { status: 503 });
    await accounts();
    await plaidClient(sandbox).itemGet({ access_token });
    await signedFetch(sandbox, 'GET', '/accounts', { query: { userId: 'u', userSecret: 'very-secret' } });
    const { requests } = await control<{ requests: Record<string, unknown>[] }>(sandbox, 'GET', '/requests');
    expect(requests.map(({ provider, operation, status, fault: kind }) => [provider, operation, status, kind])).toEqual([
      ['plaid', 'accountsGet', 503, 'status'],
      ['plaid', 'itemGet', 200, null],
      ['snaptrade', 'listUserAccounts', 401, null],
    ]);
    const text = JSON.stringify(requests);
    for (const secret of [access_token, KEYS.secret, KEYS.client_id, 'very-secret']) expect(text).not.toContain(secret);
    expect((await control<{ requests: object[] }>(sandbox, 'GET', '/requests?provider=plaid&operation=itemGet')).requests).toHaveLength(1);
  });
});
