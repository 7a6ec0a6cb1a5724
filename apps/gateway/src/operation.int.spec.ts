/** What operators rely on: limits, the production guard, restarts of the bus, an orderly end. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answered } from '@tidemark/service';
import { startNats, waitUntil } from '@tidemark/testing';
import type { Nats } from '@tidemark/testing';
import { SignJWT } from 'jose';
import { ApiClient } from '../testing/api-client.js';
import { startStandIns } from '../testing/stand-ins.js';
import type { StandIns } from '../testing/stand-ins.js';
import { startGateway } from '../testing/start-gateway.js';

describe('operating the gateway', () => {
  let nats: Nats;
  let services: StandIns;

  beforeAll(async () => {
    nats = await startNats({ jetstream: false });
    services = await startStandIns(nats.url);
  });
  afterAll(async () => {
    await services?.close();
    await nats?.stop();
  });

  it('limits users each for themselves, and strangers by address', async () => {
    const gateway = await startGateway(nats.url, { GATEWAY_RATE_LIMIT_USER: '3', GATEWAY_RATE_LIMIT_IP: '6' });
    try {
      const ann = await ApiClient.open(gateway.origin, 'ann');
      const bob = await ApiClient.open(gateway.origin, 'bob');
      const statuses = [];
      for (let turn = 0; turn < 4; turn += 1) statuses.push((await ann.ask('GET', '/settings')).status);
      expect(statuses).toEqual([200, 200, 200, 429]);
      const refused = await ann.ask('GET', '/settings');
      expect(refused.body).toMatchObject({ code: 'rate_limited' });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await bob.ask('GET', '/settings')).status).toBe(200);
      const strangers = [];
      for (let turn = 0; turn < 5; turn += 1) strangers.push((await ann.ask('GET', '/settings', { token: 'guess' })).status);
      expect(strangers).toEqual([401, 401, 401, 401, 429]);
      expect((await ann.ask('POST', '/webhooks/plaid', { token: null, raw: '{}' })).status).toBe(200);
    } finally {
      await gateway.close();
    }
  });

  it('has no /dev in production and takes only its own secret', async () => {
    const secret = 'the secret of this installation, long enough';
    const gateway = await startGateway(nats.url, { NODE_ENV: 'production', GATEWAY_JWT_SECRET: secret });
    try {
      const made = await fetch(`${gateway.origin}/api/v1/dev/token`, { method: 'POST' });
      expect([made.status, ((await made.json()) as { code: string }).code]).toEqual([404, 'not_found']);
      expect(await (await fetch(`${gateway.origin}/openapi.json`)).text()).not.toContain('dev/token');
      const token = await new SignJWT({}).setSubject('ann').setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1m').sign(new TextEncoder().encode(secret));
      expect((await fetch(`${gateway.origin}/api/v1/settings`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    } finally {
      await gateway.close();
    }
    await expect(startGateway(nats.url, { NODE_ENV: 'production' })).rejects.toThrow(/GATEWAY_JWT_SECRET is required in production/);
  });

  it('allows the origins that were named, and no others', async () => {
    const gateway = await startGateway(nats.url, { GATEWAY_CORS_ORIGINS: 'https://app.example.com' });
    try {
      const ask = (origin: string) => fetch(`${gateway.origin}/api/v1/accounts`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,idempotency-key' } });
      expect((await ask('https://app.example.com')).headers.get('access-control-allow-origin')).toBe('https://app.example.com');
      expect((await ask('https://evil.example.com')).headers.get('access-control-allow-origin')).toBeNull();
    } finally {
      await gateway.close();
    }
  });

  it('finds the bus again, and answers what runs before it ends', async () => {
    const gateway = await startGateway(nats.url);
    const ann = await ApiClient.open(gateway.origin, 'ann');
    await nats.kill();
    expect([503, 504]).toContain((await ann.ask('GET', '/settings')).status);
    expect((await fetch(`${gateway.origin}/health/ready`)).status).toBe(503);
    await nats.restart();
    await waitUntil(async () => (await ann.ask('GET', '/settings')).status === 200, { timeoutMs: 15_000 });
    services.answers.set('connections.get-settings', async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return answered({ baseCurrency: 'USD', timeZone: 'UTC' });
    });
    const running = ann.ask('GET', '/settings');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await gateway.close();
    expect((await running).status).toBe(200);
    services.answers.clear();
  }, 60_000);
});
