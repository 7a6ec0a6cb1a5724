/** Bad input of every kind is answered 4xx with a stable code, never 5xx; and what is refused reaches no service. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startNats } from '@tidemark/testing';
import type { Nats } from '@tidemark/testing';
import fc from 'fast-check';
import { SignJWT, UnsecuredJWT } from 'jose';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { ApiClient } from '../testing/api-client.js';
import { SOME_ID, startStandIns } from '../testing/stand-ins.js';
import type { StandIns } from '../testing/stand-ins.js';
import { startGateway } from '../testing/start-gateway.js';
import type { TestGateway } from '../testing/start-gateway.js';
import { DEVELOPMENT_SECRET } from './config.js';

describe('hostile input', () => {
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

  it('names every wrong field and what would be accepted', async () => {
    services.calls.length = 0;
    const asked = await ann.ask('POST', '/connections', { body: { institutionId: 7, needTrading: 'yes', redirectUri: 'javascript:alert(1)', surprise: true } });
    expect(asked.body).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(asked.body.errors).toEqual(
      expect.arrayContaining([
        { field: 'institutionId', message: 'must be a text of at least 1 and at most 120 characters' },
        { field: 'needTrading', message: 'must be true or false' },
        { field: 'redirectUri', message: 'must be an http(s) address' },
        { field: 'surprise', message: 'is not known here; known are institutionId, needTrading, provider, redirectUri' },
      ]),
    );
    expect(services.calls).toHaveLength(0);
  });

  it.each([
    ['an id that is none', 'GET', '/connections/42', undefined, 'id'],
    ['an id in capitals', 'GET', `/accounts/${SOME_ID.toUpperCase()}`, undefined, 'id'],
    ['an unknown query field', 'GET', '/accounts?userId=bob', undefined, 'userId'],
    ['a field given twice', 'GET', '/accounts?limit=1&limit=2', undefined, 'limit'],
    ['a limit out of bounds', 'GET', '/accounts?limit=501', undefined, 'limit'],
    ['a limit that is no number', 'GET', '/accounts?limit=1e2', undefined, 'limit'],
    ['an empty cursor', 'GET', '/accounts?cursor=', undefined, 'cursor'],
    ['a day that does not exist', 'GET', '/portfolio/value?asOf=2026-02-31', undefined, 'asOf'],
    ['a month that does not exist', 'GET', '/portfolio/value?asOf=2026-13-01T00:00:00Z', undefined, 'asOf'],
    ['an hour that does not exist', 'GET', '/portfolio/value?asOf=2026-12-01T25:00:00Z', undefined, 'asOf'],
    ['the year nought', 'GET', '/portfolio/value?asOf=0000-01-01', undefined, 'asOf'],
    ['a field of the path in the body', 'POST', `/connections/${SOME_ID}/refresh`, { connectionId: SOME_ID }, 'connectionId'],
    ['a list for a body', 'POST', '/connections', [], ''],
    ['null for a body', 'POST', '/accounts', null, ''],
    ['a number for an amount', 'POST', `/accounts/${SOME_ID}/snapshots`, { balances: [{ asset: 'equity:AAPL', quantity: 1.5 }] }, 'balances/0/quantity'],
    ['an exponent for an amount', 'POST', `/accounts/${SOME_ID}/snapshots`, { balances: [{ asset: 'equity:AAPL', quantity: '1e9' }] }, 'balances/0/quantity'],
    ['an amount without end', 'POST', `/accounts/${SOME_ID}/snapshots`, { balances: [{ asset: 'equity:AAPL', quantity: '9'.repeat(41) }] }, 'balances/0/quantity'],
    ['NUL in a text', 'POST', '/accounts', { name: 'a\0b', type: 'other', currency: 'USD' }, 'name'],
    ['half a character', 'POST', '/accounts', { name: '\ud800', type: 'other', currency: 'USD' }, 'name'],
    ['NUL in a query', 'GET', '/institutions?query=%00', undefined, 'query'],
    ['NUL in a path', 'GET', '/assets/equity:A%00', undefined, 'id'],
    ['a bad cursor of events', 'GET', '/events?after=xyz', undefined, 'after'],
    ['an unknown event type', 'GET', '/events?types=toString', undefined, 'types'],
  ] as const)('refuses %s', async (_what, method, path, body, field) => {
    const asked = await ann.ask(method, path, body === undefined ? {} : { body });
    expect(asked.body).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(asked.body.errors.map((one: { field: string }) => one.field)).toContain(field);
  });

  it('refuses bodies that are no JSON, no object, or poisoned', async () => {
    for (const raw of ['{', '{"a":1,}', 'null x', '\u0000', '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{"x":1}}}', '"text"', '7', `${'['.repeat(100_000)}`]) {
      expect((await ann.ask('POST', '/accounts', { raw })).body).toMatchObject({ status: 400, code: 'validation_failed' });
    }
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data', 'application/x-www-form-urlencoded', 'nonsense']) {
      expect((await ann.ask('POST', '/accounts', { raw: 'a=1', headers: { 'content-type': type } })).body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    }
  });

  it('answers 413 to 10 MB, whether it says how much is coming or not', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(10 * 1_024 * 1_024) });
    expect((await ann.ask('POST', '/accounts', { raw: large })).body).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect((await ann.ask('POST', '/webhooks/plaid', { token: null, raw: large })).body).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect(await chunked(`${gateway.origin}/api/v1/webhooks/plaid`, large)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
  });

  it('refuses tokens that are missing, forged, expired, swapped or for nobody', async () => {
    const key = new TextEncoder().encode(DEVELOPMENT_SECRET);
    const made = (exp: string, alg = 'HS256') => new SignJWT({}).setSubject('ann').setProtectedHeader({ alg }).setExpirationTime(exp).sign(key);
    const good = await made('1h');
    const bad = [null, 'x', `${good}x`, good.replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString('base64url')), new UnsecuredJWT({ sub: 'ann' }).setExpirationTime('1h').encode(), await made('-1h'), await made('1h', 'HS384'), await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(key)];
    for (const token of bad) {
      const asked = await ann.ask('GET', '/accounts', { token });
      expect(asked.body).toMatchObject({ status: 401, code: 'unauthenticated' });
      expect(asked.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect((await ann.ask('GET', '/accounts', { token: good })).status).toBe(200);
    expect((await ann.ask('GET', '/accounts', { token: null, headers: { authorization: 'Basic YTpi' } })).status).toBe(401);
  });

  it('answers what is no HTTP, or no address, with a problem as well', async () => {
    const { port } = new URL(gateway.origin);
    expect(await garbage(Number(port), 'NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*"code":"validation_failed"/);
    expect(await garbage(Number(port), `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await garbage(Number(port), 'GET /api/v1/accounts/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*problem\+json/);
  });

  it('answers whatever is thrown at any documented address with what the document says, and never 5xx', async () => {
    const seed = Number(process.env['TIDEMARK_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const operations = Object.entries(ann.document['paths'] as Record<string, object>).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ path: path.replace('/api/v1', ''), method: method.toUpperCase() }))).filter(({ path }) => !/^\/(health|metrics|events)/.test(path));
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(SOME_ID, '2026-11-21', 'USD', 'equity:AAPL', '-1', '1e400', 'null', '../..', "'; DROP TABLE x; --", '\u202e', '%00'));
    const names = fc.constantFrom('limit', 'cursor', 'asOf', 'account', 'erase', 'institutionId', 'name', 'type', 'currency', 'balances', 'capturedAt', 'connectionIds', 'acceptCost', '__proto__', 'constructor', 'toString', 'publicToken', 'credentials', 'duplicateOf', '');
    const value = fc.letrec((tie) => ({ any: fc.oneof({ maxDepth: 3 }, text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.array(tie('any'), { maxLength: 4 }), fc.dictionary(fc.oneof(names, text), tie('any'), { maxKeys: 4 })) })).any;
    const input = fc.record({ operation: fc.constantFrom(...operations), id: text, query: fc.array(fc.tuple(names, text), { maxLength: 3 }), body: fc.oneof(fc.dictionary(names, value, { maxKeys: 5 }), value), key: fc.option(fc.stringMatching(/^[!-~]{1,20}$/)), position: fc.option(fc.stringMatching(/^[ -~]{1,30}$/)) });
    const property = fc.asyncProperty(input, async ({ operation: { path, method }, id, query, body, key, position }) => {
      const search = query.map(([name, held]) => `${encodeURIComponent(name)}=${encode(held)}`).join('&');
      const address = `${path.replace('{id}', encode(id) || 'x')}${search ? `?${search}` : ''}`;
      if (/\/\.{1,2}(\/|\?|$)|%2e/i.test(address)) return;
      const headers = { ...(key === null ? {} : { 'idempotency-key': key }), ...(position === null ? {} : { 'tidemark-position': position.trim() || 'x' }) };
      const asked = await ann.ask(method, address, { headers, ...(method === 'POST' || method === 'PATCH' ? { body } : {}) });
      if (asked.status >= 500) throw new Error(`${method} ${address}: ${asked.status} ${JSON.stringify(asked.body)}`);
    });
    await fc.assert(property, { seed, numRuns: Number(process.env['TIDEMARK_RUNS'] ?? 400) }).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }, 60_000);
});

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function chunked(url: string, body: string): Promise<{ status: number | undefined; body: unknown }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer x', 'transfer-encoding': 'chunked' } }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
    });
    asked.on('error', reject);
    for (let at = 0; at < body.length; at += 65_536) asked.write(body.slice(at, at + 65_536));
    asked.end();
  });
}

function garbage(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('data', (chunk) => (answer += chunk.toString())).on('close', () => resolve(answer)).on('error', reject);
  });
}
