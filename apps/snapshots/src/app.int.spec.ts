import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { snapshotsRpc } from '@tidemark/contracts';
import { provisionDatabase } from '@tidemark/postgres';
import type { Provisioned } from '@tidemark/postgres';
import { connectNats, newId, RpcClient } from '@tidemark/service';
import { startNats, testDatabase } from '@tidemark/testing';
import type { Nats, TestDatabase } from '@tidemark/testing';
import { service } from './app.js';

let server: TestDatabase;
let bus: Nats;
let urls: Provisioned;

beforeAll(async () => {
  [server, bus] = await Promise.all([testDatabase('snapshots_app'), startNats()]);
  urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_read`, ownerPassword: 'o', servicePassword: 's' });
}, 120_000);

afterAll(async () => {
  await bus.stop();
  await server.drop();
});

const env = () => ({ NATS_URL: bus.url, SNAPSHOTS_PG_URL: urls.serviceUrl, SNAPSHOTS_PG_OWNER_URL: urls.ownerUrl, SNAPSHOTS_HTTP_PORT: '0', LOG_LEVEL: 'silent', TIDEMARK_PARTITIONS: '4' });

describe('the service', () => {
  it('starts alone, migrates, is ready, answers, and starts beside a replica', async () => {
    const replicas = await Promise.all([service.start(env()), service.start(env())]);
    const nats = await connectNats(bus.url, 'test');
    for (const { port } of replicas) {
      const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([200, { status: 'up', service: 'snapshots', checks: { nats: 'up', postgres: 'up' } }]);
    }
    const reply = await new RpcClient({ nats }).call(snapshotsRpc.portfolioValue, {}, { userId: newId(), requestId: 'r' });
    expect(reply).toMatchObject({ ok: true, value: { value: '0', currency: 'USD', accounts: [] } });
    for (const replica of replicas) await replica.close();
    await nats.close();
  });

  it('says what is wrong with its configuration, by name, without the value', async () => {
    const wrong = service.start({ ...env(), SNAPSHOTS_PG_URL: 'mysql://u:hunter2@x', SNAPSHOTS_HTTP_PORT: 'web' });
    await expect(wrong).rejects.toThrow(/SNAPSHOTS_PG_URL must be an address[^]*SNAPSHOTS_HTTP_PORT must be a port/);
    await expect(wrong).rejects.not.toThrow(/hunter2/);
  });
});
