import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accountIdOf } from '@tidemark/kernel';
import type { ProviderPort } from '../port.js';
import { FakeWire, json } from '../testing/fake-wire.js';
import type { Received } from '../testing/fake-wire.js';
import { CALL, specDeps, specSettings } from '../testing/spec-deps.js';
import type { SpecDeps } from '../testing/spec-deps.js';
import { snaptradeProvider } from './snaptrade-provider.js';

const USER = { userId: 'user-1', userSecret: 'user-secret-of-spec' };
const REQUEST = { call: CALL, credential: { ...USER, authorizationId: 'auth-1' }, providerConnectionId: 'auth-1' };
const ACCOUNT = { id: 'acc-1', brokerage_authorization: 'auth-1', name: 'Margin', number: 'U1234567', institution_name: 'IB', balance: { total: { amount: 1373.6865, currency: 'USD' } }, sync_status: {}, is_paper: false };

let wire: FakeWire;
let spec: SpecDeps;
let snaptrade: ProviderPort;

beforeEach(async () => {
  wire = await FakeWire.start();
  spec = specDeps();
  snaptrade = snaptradeProvider(specSettings('snaptrade', `${wire.url}/`), spec.deps);
  wire.on('/authorizations/auth-1', json({ id: 'auth-1', type: 'trade', disabled: false }));
  wire.on('/authorizations/auth-1/accounts', json([ACCOUNT]));
  wire.on('/accounts/acc-1/balances', json([{ currency: { code: 'USD' }, cash: 0 }]));
  wire.on('/accounts/acc-1/positions/all', json({ results: [], data_freshness: { as_of: '2026-11-20T20:00:00Z' } }));
});

afterEach(async () => {
  const everything = JSON.stringify([spec.logged, spec.calls]);
  await wire.stop();
  for (const secret of [USER.userSecret, 'very-secret-of-snaptrade-4711', 'U1234567']) expect(everything).not.toContain(secret);
});

describe('snaptrade over the wire', () => {
  it('multiplies what it read to the last digit', async () => {
    wire.on('/accounts/acc-1/positions/all', json({ results: [{ instrument: { kind: 'other', id: 'n', symbol: 'NHX105509', raw_symbol: 'NHX105509' }, units: '100.05', price: '13.73', cost_basis: null, currency: 'USD' }], data_freshness: { as_of: '2026-11-20T20:00:00Z' } }));
    const fetched = await snaptrade.fetchAccounts(REQUEST);
    if (!fetched.ok) throw new Error(fetched.error.detail);
    expect(fetched.value.accounts[0]).toMatchObject({ providerAsOf: '2026-11-20T20:00:00.000Z', totals: { balance: '1373.6865', holdingsValue: '1373.6865', cashValue: '0' } });
    expect(fetched.value.accounts[0]?.balances[1]).toMatchObject({ asset: 'provider:snaptrade:n', value: '1373.6865' });
    expect(spec.calls.map(({ operation, accountId }) => [operation, accountId])).toEqual([
      ['detailBrokerageAuthorization', null],
      ['listBrokerageAuthorizationAccounts', null],
      ['getUserAccountBalance', accountIdOf(CALL.connectionId ?? '', 'acc-1')],
      ['getAllAccountPositions', accountIdOf(CALL.connectionId ?? '', 'acc-1')],
    ]);
  });

  it('signs what it sends', async () => {
    await snaptrade.fetchAccounts(REQUEST);
    const [request] = wire.asked('/accounts/acc-1/balances');
    const content = JSON.stringify({ content: null, path: '/accounts/acc-1/balances', query: request?.rawQuery });
    expect(request?.headers['signature']).toBe(createHmac('sha256', encodeURI('very-secret-of-snaptrade-4711')).update(content).digest('base64'));
  });

  it('has the person log in again where the connection is disabled', async () => {
    wire.on('/authorizations/auth-1', json({ id: 'auth-1', disabled: true }));
    const fetched = await snaptrade.fetchAccounts(REQUEST);
    expect(fetched).toMatchObject({ ok: false, error: { code: 'provider_auth', class: 'relink', providerCode: '3003' } });
  });

  it('makes nothing of an account that is not gathered yet, nor of half a connection', async () => {
    wire.on('/authorizations/auth-1/accounts', json([ACCOUNT, { ...ACCOUNT, id: 'acc-2', sync_status: { holdings: { initial_sync_completed: false } } }]));
    expect(await snaptrade.fetchAccounts(REQUEST)).toMatchObject({ ok: false, error: { class: 'retry' } });
    wire.on('/accounts/acc-1/positions/all', json({ data_freshness: { as_of: '2026-11-20' } }));
    expect(await snaptrade.fetchAccounts(REQUEST)).toMatchObject({ ok: false, error: { code: 'provider_malformed', detail: 'snaptrade getAllAccountPositions: results: a list is expected' } });
  });

  it('follows the pages of activities to the end, and starts again where they move', async () => {
    const all = Array.from({ length: 2_345 }, (_, index) => ({ id: `t${index}`, type: 'FEE', amount: -1, trade_date: '2026-11-01', currency: { code: 'USD' } }));
    let growths = 1;
    wire.on('/accounts/acc-1/activities', (request: Received) => {
      const [offset, limit] = [Number(request.query.get('offset')), Number(request.query.get('limit'))];
      if (offset === 1_000 && growths > 0) {
        growths -= 1;
        all.unshift({ id: 'new', type: 'FEE', amount: -1, trade_date: '2026-11-02', currency: { code: 'USD' } });
      }
      return json({ data: all.slice(offset, offset + limit), pagination: { offset, limit, total: all.length } });
    });
    const fetched = await snaptrade.fetchTransactions({ ...REQUEST, from: '2026-01-01', to: '2026-11-20', cursor: null });
    if (!fetched.ok) throw new Error(fetched.error.detail);
    expect(fetched.value).toMatchObject({ wholeRange: true, cursor: null });
    expect(new Set(fetched.value.pages[0]?.transactions.map(({ identity }) => identity)).size).toBe(2_346);
    expect(wire.asked('/accounts/acc-1/activities').map(({ query }) => query.get('offset'))).toEqual(['0', '1000', '0', '1000', '2000']);
  });
});

describe('a SnapTrade link', () => {
  it('registers once more under another name where the first answer was lost', async () => {
    wire.once('/snapTrade/registerUser', { misbehave: 'reset' }, json({ detail: 'exists', code: 1010 }, 400)).on('/snapTrade/registerUser', (request: Received) => json({ ...(JSON.parse(request.body) as object), userSecret: USER.userSecret }));
    const registered = await snaptrade.registerUser('user-1');
    expect(registered).toMatchObject({ ok: true, value: { userId: 'user-1.7fffffff', userSecret: USER.userSecret } });
  });

  it('is a portal that asks for what is needed and lives five minutes', async () => {
    wire.on('/snapTrade/login', json({ redirectURI: 'https://portal.example.test/x', sessionId: 's' }));
    const link = await snaptrade.startLink({ call: CALL, providerInstitutionId: 'SCHWAB', institutionName: 'Schwab', trading: true, redirectUri: 'https://back.example.test', userCredential: USER, existing: { ...USER, authorizationId: 'auth-1' } });
    expect(link).toEqual({ ok: true, value: { kind: 'snaptrade_portal', url: 'https://portal.example.test/x', expiresAt: '2026-11-20T21:10:00.000Z' } });
    expect(JSON.parse(wire.asked('/snapTrade/login')[0]?.body ?? '')).toEqual({ broker: 'SCHWAB', immediateRedirect: true, customRedirect: 'https://back.example.test', reconnect: 'auth-1', connectionType: 'trade', connectionPortalVersion: 'v4' });
  });

  it('is completed by an authorization of this user alone', async () => {
    const done = await snaptrade.completeLink({ call: CALL, proof: { authorizationId: 'auth-1' }, userCredential: USER });
    expect(done).toMatchObject({ ok: true, value: { providerConnectionId: 'auth-1', tradingGranted: true, credential: { ...USER, authorizationId: 'auth-1' }, accounts: [{ providerAccountId: 'acc-1', mask: '4567' }] } });
    wire.on('/authorizations/auth-2', json({ detail: 'not found', code: 1011 }, 404));
    expect(await snaptrade.completeLink({ call: CALL, proof: { authorizationId: 'auth-2' }, userCredential: USER })).toMatchObject({ ok: false, error: { class: 'final', status: 404 } });
    wire.on('/authorizations/auth-3', json({ id: 'auth-1' }));
    expect(await snaptrade.completeLink({ call: CALL, proof: { authorizationId: 'auth-3' }, userCredential: USER })).toMatchObject({ ok: false, error: { code: 'provider_malformed' } });
    expect(await snaptrade.completeLink({ call: CALL, proof: {}, userCredential: USER })).toMatchObject({ ok: false, error: { detail: 'authorizationId is needed to complete a SnapTrade link' } });
  });

  it('is revoked through the way that stays, and stays revoked', async () => {
    wire.on('/connection/auth-1', json({ detail: 'queued', connection_id: 'auth-1' }));
    expect(await snaptrade.revoke(REQUEST)).toEqual({ ok: true, value: undefined });
    wire.on('/connection/auth-1', json({ detail: 'gone', code: 1011 }, 404));
    expect(await snaptrade.revoke(REQUEST)).toEqual({ ok: true, value: undefined });
    expect(wire.asked('/connection/auth-1').map(({ method }) => method)).toEqual(['DELETE', 'DELETE']);
  });
});

describe('a paid refresh', () => {
  const path = '/authorizations/auth-1/refresh';

  it('is billed when it ran, and its cost is in the record', async () => {
    wire.on(path, json({ detail: 'scheduled' }));
    expect(await snaptrade.requestRefresh(REQUEST)).toEqual({ ok: true, value: { billed: true } });
    expect(spec.calls[0]?.cost).toEqual({ amount: '0.05', currency: 'USD' });
  });

  it('is never paid twice: what may have been done is not repeated', async () => {
    wire.on(path, { misbehave: 'reset' });
    expect(await snaptrade.requestRefresh(REQUEST)).toMatchObject({ ok: false, error: { class: 'retry', billed: true } });
    wire.on(path, { status: 500, text: '' });
    expect(await snaptrade.requestRefresh(REQUEST)).toMatchObject({ ok: false, error: { billed: false } });
    expect(wire.asked(path)).toHaveLength(2);
    expect(spec.calls.map(({ cost }) => cost.amount)).toEqual(['0.05', '0']);
  });

  it('is repeated where the provider surely did nothing', async () => {
    wire.once(path, { status: 429, headers: { 'x-ratelimit-reset': '2' }, text: '{"detail":"throttled","code":"throttled"}' }).on(path, json({ detail: 'scheduled' }));
    expect(await snaptrade.requestRefresh(REQUEST)).toEqual({ ok: true, value: { billed: true } });
    expect(spec.slept).toEqual([2_125]);
  });
});
