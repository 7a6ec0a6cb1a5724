import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readStatus, serviceUrls, statusTable } from './service-status.js';

describe('the status of the services', () => {
  const answers: Record<string, [number, string]> = {
    '/up/health/ready': [200, JSON.stringify({ status: 'up', service: 'sync', checks: { postgres: 'up' } })],
    '/down/health/ready': [503, JSON.stringify({ status: 'down', service: 'snapshots', checks: { postgres: 'no answer' } })],
    '/page/health/ready': [200, '<html></html>'],
  };
  const server = createServer((request, response) => {
    const [status, text] = answers[request.url ?? ''] ?? [404, '{}'];
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  let at: string;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('is what each says of itself, and down where nothing of ours answers', async () => {
    const all = await readStatus({ sync: `${at}/up`, snapshots: `${at}/down`, gateway: `${at}/page`, connections: `${at}/up`, other: 'http://127.0.0.1:1' });
    expect(all.map(({ service, status, problem }) => [service, status, problem])).toEqual([
      ['sync', 'up', null],
      ['snapshots', 'down', null],
      ['gateway', 'down', 'what answers there is no service of Tidemark'],
      ['connections', 'down', 'another thing answers there: sync'],
      ['other', 'down', 'nothing answers there'],
    ]);
    expect(statusTable(all)).toMatch(/snapshots .* down +│ postgres: no answer/);
  });

  it('is asked for at the ports of this machine unless told otherwise', () => {
    expect(serviceUrls(['sync=https://sync.internal/'], { GATEWAY_HTTP_PORT: '4000' })).toEqual({ gateway: 'http://127.0.0.1:4000', connections: 'http://127.0.0.1:3001', sync: 'https://sync.internal', snapshots: 'http://127.0.0.1:3003', history: 'http://127.0.0.1:3004', reconciliation: 'http://127.0.0.1:3005', alerts: 'http://127.0.0.1:3006' });
    for (const wrong of ['sync', 'sync=there', 'prices=http://x']) expect(() => serviceUrls([wrong], {})).toThrow(`not "${wrong}"`);
  });
});
