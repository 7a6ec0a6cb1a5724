import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { problem } from '@tidemark/contracts';
import { answered, refused } from '@tidemark/service';
import { startNats } from '@tidemark/testing';
import type { Nats } from '@tidemark/testing';
import { randomUUID } from 'node:crypto';
import { ApiClient } from '../../testing/api-client.js';
import { SOME_ID, startStandIns } from '../../testing/stand-ins.js';
import type { StandIns } from '../../testing/stand-ins.js';
import { startGateway } from '../../testing/start-gateway.js';
import type { TestGateway } from '../../testing/start-gateway.js';

const TOKEN = 'link-sandbox-very-secret';
const linked = { id: SOME_ID, institutionId: 'chase', institutionName: 'Chase', provider: 'plaid', status: 'pending', routing: { reason: 'x', alternatives: [] }, createdAt: '2026-11-21T09:36:00.000Z', link: { kind: 'plaid_link', token: TOKEN, expiresAt: null } };

describe('Idempotency-Key', () => {
  let nats: Nats;
  let services: StandIns;
  let gateway: TestGateway;
  let database: Database;
  let ann: ApiClient;
  const post = (key: string, body: unknown = { institutionId: 'chase' }, path = '/connections') => ann.ask('POST', path, { body, headers: { 'idempotency-key': key } });

  beforeAll(async () => {
    nats = await startNats({ jetstream: false });
    services = await startStandIns(nats.url);
    gateway = await startGateway(nats.url);
    database = await openDatabase({ url: gateway.adminUrl, application: 'test' });
    ann = await ApiClient.open(gateway.origin, 'ann');
  });
  afterAll(async () => {
    await database?.close();
    await gateway?.close();
    await services?.close();
    await nats?.stop();
  });
  beforeEach(() => {
    services.calls.length = 0;
    services.answers.clear();
    services.answers.set('connections.request', () => answered(linked, [{ log: 'connections', epoch: 1, partition: 0, position: services.calls.length }]));
  });

  it('gives the same answer, headers included, and does the work once', async () => {
    const key = randomUUID();
    const first = await post(key);
    const second = await post(key);
    expect(second.body).toEqual(first.body);
    expect(second.status).toBe(201);
    expect(second.headers.get('tidemark-position')).toBe(first.headers.get('tidemark-position'));
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
    expect(services.calls).toHaveLength(1);
  });

  it('takes a body whose members stand in another order for the same', async () => {
    const key = randomUUID();
    await post(key, { institutionId: 'chase', needTrading: false });
    expect((await post(key, { needTrading: false, institutionId: 'chase' })).status).toBe(201);
    expect(services.calls).toHaveLength(1);
  });

  it('waits for the first while it runs', async () => {
    services.answers.set('connections.request', async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return answered(linked);
    });
    const key = randomUUID();
    const all = await Promise.all(Array.from({ length: 8 }, () => post(key)));
    expect(all.map((one) => one.status)).toEqual(Array(8).fill(201));
    expect(services.calls).toHaveLength(1);
  });

  it('refuses the key for another body or another address, and keeps users apart', async () => {
    const key = randomUUID();
    await post(key);
    expect((await post(key, { institutionId: 'fidelity' })).body).toMatchObject({ status: 409, code: 'idempotency_conflict' });
    expect((await post(key, {}, `/connections/${SOME_ID}/refresh`)).body).toMatchObject({ status: 409, code: 'idempotency_conflict' });
    const bob = await ApiClient.open(gateway.origin, 'bob');
    expect((await bob.ask('POST', '/connections', { body: { institutionId: 'fidelity' }, headers: { 'idempotency-key': key } })).status).toBe(201);
  });

  it('remembers refusals but no failures of ours', async () => {
    const refusedKey = randomUUID();
    services.answers.set('connections.request', () => refused(problem('trading_not_supported', 'no')));
    await post(refusedKey);
    expect((await post(refusedKey)).body).toMatchObject({ code: 'trading_not_supported' });
    expect(services.calls).toHaveLength(1);
    const failedKey = randomUUID();
    services.answers.set('connections.request', () => refused(problem('provider_unreachable', 'no')));
    expect((await post(failedKey)).status).toBe(502);
    services.answers.delete('connections.request');
    expect((await post(failedKey)).status).toBe(201);
  });

  it('keeps no answer in clear', async () => {
    await post(randomUUID());
    const { rows } = await database.query<{ dump: string }>('SELECT string_agg(r::text || encode(coalesce(answer, $1), $2), $3) AS dump FROM idempotent_request r', ['', 'escape', '\n']);
    expect(rows[0]?.dump.length).toBeGreaterThan(100);
    expect(rows[0]?.dump).not.toContain(TOKEN);
  });

  it('takes over what a dead gateway left running, and forgets what has expired', async () => {
    const key = randomUUID();
    await post(key);
    await database.query("UPDATE idempotent_request SET answer = NULL, locked_until = now() - interval '1 s' WHERE key = $1", [key]);
    expect((await post(key)).headers.get('idempotency-replayed')).toBeNull();
    await database.query("UPDATE idempotent_request SET expires_at = now() - interval '1 s' WHERE key = $1", [key]);
    expect((await post(key, { institutionId: 'fidelity' })).status).toBe(201);
  });

  it('says when a key is none, and needs none', async () => {
    expect((await post('x'.repeat(256))).body).toMatchObject({ status: 400, errors: [{ field: 'Idempotency-Key' }] });
    expect((await ann.ask('POST', '/connections', { body: { institutionId: 'chase' } })).status).toBe(201);
  });
});
