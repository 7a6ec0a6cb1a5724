import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePorts, demandFree, settledPorts } from './ports.mjs';
import { demandNotRunning, removeNote, writeNote } from './running.mjs';
import { loadSecrets } from './secrets.mjs';
import { startServices, stopServices } from './services.mjs';
import { environments } from './settings.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-standalone-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('secrets', () => {
  it('are made once, differ, and only their owner may read them', () => {
    const secrets = loadSecrets(folder);
    expect(loadSecrets(folder)).toEqual(secrets);
    expect(new Set(Object.values(secrets)).size).toBe(Object.keys(secrets).length);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(Buffer.from(secrets['credentialsKey']?.split(':')[1] ?? '', 'base64')).toHaveLength(32);
  });

  it('that cannot be read are said to be so, and not replaced', () => {
    writeFileSync(join(folder, 'secrets.json'), '{"jwtSecret": "a');
    expect(() => loadSecrets(folder)).toThrow(/secrets.json cannot be read/);
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).toBe('{"jwtSecret": "a');
  });
});

describe('ports', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
  });

  it('are the documented ones unless moved', () => {
    expect(choosePorts({ SYNC_HTTP_PORT: '0' })).toEqual({ gateway: 3000, connections: 3001, sync: 0, snapshots: 3003, history: 3004, reconciliation: 3005, alerts: 3006, sandbox: 3100 });
    expect(() => choosePorts({ GATEWAY_HTTP_PORT: 'http' })).toThrow('GATEWAY_HTTP_PORT must be a port from 1 to 65535, or 0 for any free one; it is "http"');
  });

  it('of whom others must know the address before it starts are settled first', async () => {
    expect(await settledPorts({ gateway: 0, sync: 0, sandbox: 5 })).toEqual({ gateway: expect.any(Number), sync: 0, sandbox: 5 });
    expect((await settledPorts({ gateway: 0 }))['gateway']).toBeGreaterThan(0);
  });

  it('that are taken are named together with the variable that moves them', async () => {
    const { port } = server.address() as AddressInfo;
    await expect(demandFree({ sync: port, gateway: 0 })).rejects.toMatchObject({ message: `port ${port} (sync) is in use`, advice: ['stop what listens there, or', `choose another: SYNC_HTTP_PORT=${port + 1000} npm start`] });
  });
});

describe('a second start', () => {
  it('names the process that runs already', () => {
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid: process.ppid, apiUrl: 'http://127.0.0.1:3000' }));
    expect(() => demandNotRunning(folder)).toThrow(`Tidemark is running in this folder already (process ${process.ppid}, http://127.0.0.1:3000)`);
  });

  it('is not kept back by one that crashed or has stopped', () => {
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid: 999_999_999 }));
    demandNotRunning(folder);
    writeNote(folder, {});
    removeNote(folder);
    demandNotRunning(folder);
  });
});

describe('environments', () => {
  const installation = (env: Record<string, string>) =>
    environments({
      env,
      ports: { gateway: 1, connections: 2, sync: 3, snapshots: 4, sandbox: 5 },
      natsUrl: 'nats://n',
      databases: Object.fromEntries(['CONNECTIONS', 'SYNC', 'SNAPSHOTS', 'HISTORY', 'RECONCILIATION', 'ALERTS', 'GATEWAY', 'CREDENTIALS'].map((name) => [name, { ownerUrl: `owner-${name}`, serviceUrl: `service-${name}` }])),
      credentialsReaderUrls: { sync: 'reader', reconciliation: 'other reader' },
      secrets: { jwtSecret: 'jwt', credentialsKey: 'key' },
      sandbox: { url: 'http://s', plaid: { clientId: 'p', secret: 'ps' }, snaptrade: { clientId: 'st', consumerKey: 'sk' }, fmp: { apiKey: 'fk' } },
    });

  it('give each service its own database and secrets, and nobody else', () => {
    const each = installation({ UNRELATED: 'x', CONNECTIONS_POOL: '3' });
    expect(each['sync']).toMatchObject({ SYNC_PG_URL: 'service-SYNC', SYNC_HTTP_PORT: '3', CREDENTIALS_PG_URL: 'reader', CREDENTIALS_KEY: 'key', NATS_URL: 'nats://n' });
    expect(each['connections']).toMatchObject({ CREDENTIALS_PG_URL: 'service-CREDENTIALS', CONNECTIONS_POOL: '3' });
    for (const [service, variable] of [['sync', 'GATEWAY_JWT_SECRET'], ['sync', 'CONNECTIONS_PG_URL'], ['sync', 'CREDENTIALS_PG_OWNER_URL'], ['snapshots', 'CREDENTIALS_KEY'], ['gateway', 'PLAID_SECRET'], ['gateway', 'UNRELATED']] as const) {
      expect(each[service]?.[variable]).toBeUndefined();
    }
  });

  it('let through what the user may set, for those who read it', () => {
    const set = { TIDEMARK_PUBLIC_URL: 'https://t', ADMIN_USER_IDS: 'root', INSTITUTIONS_MAX_AGE: '1h', CREDENTIALS_READER_ROLES: 'r', CREDENTIALS_AWS_REGION: 'eu-central-1', NATS_STREAM_REPLICAS: '3', CREDENTIALS_PG_OWNER_URL: 'mine' };
    const each = installation(set);
    expect(each['connections']).toMatchObject({ ...set, CREDENTIALS_PG_OWNER_URL: 'owner-CREDENTIALS' });
    expect(each['sync']).toMatchObject({ CREDENTIALS_AWS_REGION: 'eu-central-1', NATS_STREAM_REPLICAS: '3' });
    for (const variable of ['TIDEMARK_PUBLIC_URL', 'ADMIN_USER_IDS', 'CREDENTIALS_PG_OWNER_URL']) expect(each['sync']?.[variable]).toBeUndefined();
  });

  it('let webhooks come to the local gateway where the user named no address', () => {
    expect(installation({})['connections']).toMatchObject({ TIDEMARK_PUBLIC_URL: 'http://127.0.0.1:1' });
  });

  it('point at the sandbox until there are keys, provider by provider', () => {
    expect(installation({})['sync']).toMatchObject({ PLAID_BASE_URL: 'http://s/plaid', PLAID_CLIENT_ID: 'p', SNAPTRADE_BASE_URL: 'http://s/snaptrade' });
    const real = installation({ PLAID_CLIENT_ID: 'mine', PLAID_SECRET: 'my-secret' })['sync'] ?? {};
    expect(real).toMatchObject({ PLAID_CLIENT_ID: 'mine', PLAID_SECRET: 'my-secret', SNAPTRADE_BASE_URL: 'http://s/snaptrade' });
    expect(real['PLAID_BASE_URL']).toBeUndefined();
    expect(installation({})['connections']).toMatchObject({ COINBASE_BASE_URL: 'http://s/coinbase', DYDX_BASE_URL: 'http://s/dydx' });
    const exchange = installation({ COINBASE_ENV: 'production', DYDX_BASE_URL: 'https://indexer.example' })['sync'] ?? {};
    expect([exchange['COINBASE_ENV'], exchange['COINBASE_BASE_URL'], exchange['DYDX_BASE_URL']]).toEqual(['production', undefined, 'https://indexer.example']);
    expect(installation({})['history']).toMatchObject({ PRICE_SOURCE: 'fmp', FMP_BASE_URL: 'http://s/fmp', FMP_WS_URL: 'ws://s/fmp/ws', FMP_API_KEY: 'fk' });
    expect(installation({ PRICE_SOURCE: 'none' })['history']).not.toHaveProperty('FMP_API_KEY');
    expect(installation({ FMP_API_KEY: 'mine' })['history']).toMatchObject({ FMP_API_KEY: 'mine', PRICE_SOURCE: 'fmp' });
    expect(installation({ FMP_API_KEY: 'mine' })['history']).not.toHaveProperty('FMP_BASE_URL');
    expect(installation({})['sync']).not.toHaveProperty('FMP_API_KEY');
  });
});

describe('services', () => {
  const fake = (seen: string[], broken?: string) => (name: string) =>
    Promise.resolve({
      service: {
        name,
        start: () => (name === broken ? Promise.reject(new Error('no database')) : Promise.resolve({ name, port: 1, close: () => Promise.resolve(void seen.push(`${name} closed`)) })),
      },
    });

  it('stop in the opposite order', async () => {
    const seen: string[] = [];
    await stopServices(await startServices({}, fake(seen), () => undefined));
    expect(seen).toEqual(['gateway closed', 'alerts closed', 'reconciliation closed', 'history closed', 'snapshots closed', 'sync closed', 'connections closed']);
  });

  it('that do not start are named, and those that did are stopped', async () => {
    const seen: string[] = [];
    await expect(startServices({}, fake(seen, 'snapshots'), () => undefined)).rejects.toThrow('snapshots did not start: no database');
    expect(seen).toEqual(['sync closed', 'connections closed']);
  });

  it('that do not stop do not keep others running', async () => {
    const seen: string[] = [];
    const stuck = { name: 'stuck', port: 1, close: () => Promise.reject(new Error('busy')) };
    const fine = { name: 'fine', port: 1, close: () => Promise.resolve(void seen.push('closed')) };
    await expect(stopServices([fine, stuck])).rejects.toThrow('stuck: busy');
    expect(seen).toEqual(['closed']);
  });
});
