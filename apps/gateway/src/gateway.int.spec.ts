import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { problem } from '@tidemark/contracts';
import { answered, refused } from '@tidemark/service';
import { startNats } from '@tidemark/testing';
import type { Nats } from '@tidemark/testing';
import { ApiClient } from '../testing/api-client.js';
import { OF_ANOTHER_USER, SOME_ID, startStandIns } from '../testing/stand-ins.js';
import type { StandIns } from '../testing/stand-ins.js';
import { startGateway } from '../testing/start-gateway.js';
import type { TestGateway } from '../testing/start-gateway.js';

describe('the gateway', () => {
  let nats: Nats;
  let services: StandIns;
  let gateway: TestGateway;
  let ann: ApiClient;

  beforeAll(async () => {
    nats = await startNats({ jetstream: false });
    services = await startStandIns(nats.url);
    gateway = await startGateway(nats.url);
    ann = await ApiClient.open(gateway.origin, 'ann');
  });
  afterAll(async () => {
    await gateway?.close();
    await services?.close();
    await nats?.stop();
  });
  beforeEach(() => {
    services.calls.length = 0;
    services.answers.clear();
  });

  it('serves every route of its document with what the contract says', async () => {
    const ops = await ApiClient.open(gateway.origin, 'ann', ['ops']);
    services.answers.set('history.export', () => answered({ filename: 'history.csv', contentType: 'text/csv; charset=utf-8', body: 'date,value\n' }));
    services.answers.set('reconciliation.export', () => answered({ filename: 'report.csv', contentType: 'text/csv; charset=utf-8', body: 'asset\n' }));
    const queries: Record<string, string> = { portfolioAllocation: '?by=class', portfolioExport: '?format=csv' };
    for (const [path, operations] of Object.entries(ann.document['paths'] as Record<string, Record<string, any>>)) {
      for (const [method, operation] of Object.entries(operations)) {
        if (!path.startsWith('/api/v1/') || /events|webhooks|dev|live/.test(path)) continue;
        const id = path.startsWith('/api/v1/assets') ? 'equity:AAPL' : SOME_ID;
        const body = { requestConnection: { institutionId: 'chase' }, createManualAccount: { name: 'House', type: 'other', currency: 'USD' }, recordManualSnapshot: { balances: [{ asset: 'other:house', quantity: '1' }] }, completeConnection: { publicToken: 'x' }, changeAccount: { name: 'x' }, mapSymbol: { asset: 'equity:AAPL', symbol: 'AAPL' }, unmapSymbol: { asset: 'equity:AAPL' }, changeSettings: { baseCurrency: 'EUR' }, resolveDiscrepancy: { note: 'seen' }, importBook: { positions: [] }, importStatement: { positions: [] }, createAlertRule: { name: 'Rent', kind: 'balance_below', deliveries: [{ kind: 'live' }] } }[operation.operationId as string];
        const asked = await (path.includes('/ops/') ? ops : ann).ask(method.toUpperCase(), path.replace('/api/v1', '').replace('{id}', encodeURIComponent(id)) + (queries[operation.operationId as string] ?? ''), method === 'post' || method === 'patch' ? { body: body ?? {} } : {});
        expect(`${operation.operationId} ${asked.status}`).toMatch(/ 20[0124]$/);
      }
    }
    expect(services.calls.every((call) => call.context.userId === 'ann' && /^00-/.test(call.context.traceparent ?? ''))).toBe(true);
  });

  it('takes path, query and body apart and puts them together as the contract has them', async () => {
    await ann.ask('DELETE', `/connections/${SOME_ID}?erase=true`);
    await ann.ask('GET', '/institutions?query=cha&popular=false&limit=7');
    await ann.ask('POST', `/connections/${SOME_ID}/complete`, { body: { publicToken: 'p' } });
    await ann.ask('POST', `/connections/${SOME_ID}/refresh`);
    expect(services.calls.map(({ payload }) => payload)).toEqual([{ connectionId: SOME_ID, erase: true }, { query: 'cha', popular: false, limit: 7 }, { connectionId: SOME_ID, publicToken: 'p' }, { connectionId: SOME_ID }]);
  });

  it('carries positions: out of writes, into reads, and says when an answer is stale', async () => {
    const written = await ann.ask('PATCH', '/settings', { body: { baseCurrency: 'EUR' } });
    const position = written.headers.get('tidemark-position') ?? '';
    expect(position).toMatch(/^connections:1:3:\d+$/);
    services.answers.set('connections.get-settings', () => answered({ baseCurrency: 'EUR', timeZone: 'UTC' }, { stale: true }));
    const read = await ann.ask('GET', '/settings', { headers: { 'tidemark-position': position } });
    expect(read.headers.get('tidemark-stale')).toBe('true');
    expect(services.calls.at(-1)?.context.after).toEqual([expect.objectContaining({ log: 'connections', epoch: 1, partition: 3 })]);
    for (const bad of ['x', 'connections:1:3', '-', 'a'.repeat(3_000), 'connections:1:3:99999999999999999999']) {
      expect((await ann.ask('GET', '/settings', { headers: { 'tidemark-position': bad } })).body).toMatchObject({ status: 400, code: 'validation_failed', errors: [{ field: 'Tidemark-Position' }] });
    }
  });

  it('passes refusals on with their members and a Retry-After', async () => {
    services.answers.set('sync.refresh', () => refused(problem('refresh_limited', 'refreshed too recently', { extra: { nextFreeRefreshAt: '2026-11-22T09:36:00.000Z', overrideCost: { amount: '0.30', currency: 'USD' }, code: 'forged', status: 200 } })));
    const asked = await ann.ask('POST', `/connections/${SOME_ID}/refresh`, { body: { acceptCost: false } });
    expect(asked.status).toBe(429);
    expect(asked.headers.get('retry-after')).toBe('Sun, 22 Nov 2026 09:36:00 GMT');
    expect(asked.body).toMatchObject({ type: 'urn:tidemark:problem:refresh_limited', code: 'refresh_limited', status: 429, nextFreeRefreshAt: '2026-11-22T09:36:00.000Z', overrideCost: { amount: '0.30', currency: 'USD' } });
  });

  it('answers 404 for what belongs to another user and for what is not there', async () => {
    for (const path of ['/connections/', '/accounts/', '/syncs/']) expect((await ann.ask('GET', `${path}${OF_ANOTHER_USER}`)).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await ann.ask('GET', '/nowhere')).body).toMatchObject({ status: 404, code: 'not_found' });
    const outside = await fetch(`${gateway.origin}/nowhere`);
    expect([outside.status, outside.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });

  it('answers 405 with what the address has', async () => {
    const asked = await ann.ask('PUT', '/connections', { body: {} });
    expect([asked.status, asked.body.code, asked.headers.get('allow')]).toEqual([405, 'method_not_allowed', 'GET, POST']);
    expect((await ann.ask('DELETE', '/webhooks/plaid')).headers.get('allow')).toBe('POST');
    expect((await ann.ask('POST', '/events')).headers.get('allow')).toBe('GET');
  });

  it('says that a service is not there, or takes too long', async () => {
    const alone = await startNats({ jetstream: false });
    const lonely = await startGateway(alone.url);
    try {
      const bob = await ApiClient.open(lonely.origin, 'bob');
      expect((await bob.ask('GET', '/accounts')).body).toMatchObject({ status: 503, code: 'unavailable' });
    } finally {
      await lonely.close();
      await alone.stop();
    }
  });

  it('shows everybody their own costs', async () => {
    expect((await ann.ask('GET', '/costs')).status).toBe(200);
    expect(services.calls.at(-1)).toMatchObject({ subject: 'sync.costs', context: { userId: 'ann', scopes: [] } });
  });

  it('passes on what a finished sync reached, for reads that are to see its snapshots', async () => {
    const sync = { id: SOME_ID, connectionId: SOME_ID, provider: 'plaid', reason: 'initial', status: 'completed', requestedAt: '2026-11-21T10:00:00.000Z', startedAt: null, finishedAt: null, counts: { accounts: 0, snapshots: 0, transactions: 0 }, error: null, steps: [] };
    services.answers.set('sync.get', () => answered(sync, [{ log: 'sync', epoch: 1, partition: 3, position: 9 }]));
    expect((await ann.ask('GET', `/syncs/${SOME_ID}`)).headers.get('tidemark-position')).toBe('sync:1:3:9');
  });

  it('hands webhooks over byte for byte, without a token', async () => {
    const raw = Buffer.from('{"a": 1,\n "b":"\\u00e9"}');
    const asked = await ann.ask('POST', '/webhooks/plaid', { token: null, raw, headers: { 'plaid-verification': 'jws', 'x-other': '1' } });
    expect(asked.status).toBe(200);
    expect(services.calls[0]?.payload).toMatchObject({ provider: 'plaid', bodyBase64: raw.toString('base64'), headers: { 'plaid-verification': 'jws', 'content-type': 'application/json' } });
    expect(services.calls[0]?.payload['headers']).not.toHaveProperty('x-other');
    services.answers.set('sync.receive-webhook', () => refused(problem('webhook_refused', 'the signature does not hold')));
    expect((await ann.ask('POST', '/webhooks/snaptrade', { token: null, raw, headers: { signature: 'x' } })).body).toMatchObject({ status: 401, code: 'webhook_refused' });
    expect((await ann.ask('POST', '/webhooks/plaid', { token: null, raw: 'x'.repeat(300_000) })).body).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect((await ann.ask('POST', '/webhooks/plaid', { token: null })).body).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  it('serves its documents, Swagger UI, health and metrics, and says who it is in no header', async () => {
    for (const path of ['/openapi.json', '/asyncapi.json', '/docs', '/health/live', '/health/ready', '/metrics']) expect(`${path} ${(await fetch(`${gateway.origin}${path}`)).status}`).toBe(`${path} 200`);
    const page = await fetch(`${gateway.origin}/docs/swagger-ui-init.js`);
    expect(await page.text()).toContain('listInstitutions');
    const live = await fetch(`${gateway.origin}/health/live`);
    expect(live.headers.get('x-powered-by')).toBeNull();
    expect(live.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('takes a caller\'s request id and makes one otherwise', async () => {
    expect((await ann.ask('GET', '/settings', { headers: { 'x-request-id': 'my-request-1' } })).headers.get('x-request-id')).toBe('my-request-1');
    expect((await ann.ask('GET', '/settings', { headers: { 'x-request-id': 'a b' } })).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
