/** The whole service as it is started in production, on real Postgres and NATS; the providers themselves are not reached. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { syncRpc } from '@tidemark/contracts';
import { ensureAccountNumberKey, parseKeyring, PostgresCredentialStore, prepareCredentialDatabase } from '@tidemark/credentials';
import { openDatabase, provisionDatabase, provisionReader } from '@tidemark/postgres';
import { connectNats, newId, RpcClient } from '@tidemark/service';
import type { RunningService } from '@tidemark/service';
import { startNats, testDatabase } from '@tidemark/testing';
import { service } from './app.js';

const closers: (() => Promise<unknown>)[] = [];
let env: Record<string, string>;
let running: RunningService;
let rpc: RpcClient;

beforeAll(async () => {
  const test = await testDatabase('sync app');
  closers.push(() => test.drop());
  const nats = await startNats({});
  closers.push(() => nats.stop());
  const provision = (part: string) => provisionDatabase({ adminUrl: test.adminUrl, database: `${test.prefix}_${part}`, ownerPassword: 'o', servicePassword: 's' });
  const [own, secrets] = [await provision('sync'), await provision('credentials')];
  const key = randomBytes(32).toString('base64');
  const reader = await provisionReader({ adminUrl: test.adminUrl, database: `${test.prefix}_credentials`, role: `${test.prefix}_credentials_sync`, password: 'r' });
  await prepareCredentialDatabase({ ownerUrl: secrets.ownerUrl, serviceRole: secrets.serviceRole });
  await makeNumberKey(secrets.serviceUrl, key);
  env = {
    NATS_URL: nats.url, SYNC_PG_URL: own.serviceUrl, SYNC_PG_OWNER_URL: own.ownerUrl, SYNC_HTTP_PORT: '0', TIDEMARK_PARTITIONS: '3', LOG_LEVEL: 'silent', CREDENTIALS_PG_URL: reader.url, CREDENTIALS_KEY: key,
    PLAID_CLIENT_ID: 'id', PLAID_SECRET: 'secret', SNAPTRADE_CLIENT_ID: 'id', SNAPTRADE_CONSUMER_KEY: 'key',
  };
  running = await service.start(env);
  closers.push(() => running.close());
  const client = await connectNats(nats.url, 'spec');
  closers.push(() => client.close());
  rpc = new RpcClient({ nats: client });
}, 90_000);
/** What connections does at its first start; sync only reads. */
async function makeNumberKey(url: string, key: string): Promise<void> {
  const keyring = parseKeyring(key);
  if (!keyring) throw new Error('not a keyring');
  const store = new PostgresCredentialStore(await openDatabase({ url, application: 'spec' }), keyring);
  await ensureAccountNumberKey(store);
  await store.close();
}

afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const context = { userId: 'ada', requestId: 'r1' };

describe('the service', () => {
  it('is ready and answers what is asked over the bus', async () => {
    const health = await fetch(`http://127.0.0.1:${running.port}/health/ready`);
    expect(health.status).toBe(200);
    expect(await rpc.call(syncRpc.getSync, { syncId: newId() }, context)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await rpc.call(syncRpc.refreshConnection, { connectionId: newId() }, context)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await rpc.call(syncRpc.refreshConnections, {}, context)).toMatchObject({ ok: true, value: { outcomes: [], accountCount: 0, totalCost: { amount: '0' } } });
    expect(await rpc.call(syncRpc.getCosts, {}, context)).toEqual({ ok: true, value: { items: [] } });
    // Whether there is such an account, connections would know, which does not run here.
    expect(await rpc.call(syncRpc.recordManualSnapshot, { accountId: newId(), balances: [] }, context)).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });

  it('installs its log with the number of partitions that is set, and refuses another one later', async () => {
    await expect(service.start({ ...env, TIDEMARK_PARTITIONS: '4' })).rejects.toThrow(/set TIDEMARK_PARTITIONS=3/);
  });

  it('asks the bus for as many copies of its streams as are set', async () => {
    const single = await startNats({});
    closers.push(() => single.stop());
    const listener = await connectNats(single.url, 'spec');
    closers.push(() => listener.close());
    const asked = listener.subscribe('$JS.API.STREAM.CREATE.*', { max: 1 })[Symbol.asyncIterator]().next();
    await listener.flush();
    // A single server refuses more than one copy; the service goes on asking, as it does while a cluster is not there yet.
    const clustered = await service.start({ ...env, NATS_URL: single.url, NATS_STREAM_REPLICAS: '3' });
    try {
      expect((await asked).value?.json()).toMatchObject({ num_replicas: 3 });
    } finally {
      await clustered.close();
    }
  });

  it('refuses a forged webhook', async () => {
    const body = Buffer.from(JSON.stringify({ eventType: 'ACCOUNT_HOLDINGS_UPDATED', eventTimestamp: new Date().toISOString() })).toString('base64');
    expect(await rpc.call(syncRpc.receiveWebhook, { provider: 'snaptrade', headers: { signature: 'Zm9yZ2Vk' }, bodyBase64: body }, context)).toMatchObject({ ok: false, error: { code: 'webhook_refused' } });
  });

  it('shows its metrics', async () => {
    const text = await (await fetch(`http://127.0.0.1:${running.port}/metrics`)).text();
    for (const name of ['tidemark_sync_duration_seconds', 'tidemark_provider_call_seconds', 'tidemark_provider_cost_total', 'tidemark_webhooks_total', 'tidemark_sync_jobs']) expect(text).toContain(name);
  });

  it('names every wrong variable', async () => {
    await expect(service.start({ ...env, SYNC_INTERVAL: 'often', PLAID_SECRET: '' })).rejects.toThrow(/SYNC_INTERVAL[^]*PLAID_SECRET/);
    await expect(service.start({ ...env, SYNC_POLL: '0ms' })).rejects.toThrow(/SYNC_POLL must be at least 10ms/);
    await expect(service.start({ ...env, PLAID_SECRET: '' })).rejects.toThrow(/PLAID_SECRET/);
    await expect(service.start({ ...env, PLAID_SECRET: '', PLAID_SECRET_FILE: '/nowhere/secret' })).rejects.toThrow(/PLAID_SECRET_FILE names a file that cannot be read/);
  });
});
