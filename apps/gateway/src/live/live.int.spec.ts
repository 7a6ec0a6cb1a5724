/** `/live` over real NATS and real logs, with values from a stand-in of the history service. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import { connectNats, createLogger, fieldErrors, newId } from '@tidemark/service';
import { startNats, testDatabase, waitUntil } from '@tidemark/testing';
import type { Nats, TestDatabase } from '@tidemark/testing';
import { SignJWT } from 'jose';
import { startFakeHistory } from '../../testing/fake-history.js';
import type { FakeHistory } from '../../testing/fake-history.js';
import { LiveClient } from '../../testing/live-client.js';
import { startGateway } from '../../testing/start-gateway.js';
import type { TestGateway } from '../../testing/start-gateway.js';
import { OF_ANOTHER_USER, SOME_ID } from '../../testing/stand-ins.js';
import { DEVELOPMENT_SECRET } from '../config.js';
import { TOLD } from './event-message.js';
import { ServerMessage } from './live-messages.js';

let nats: Nats;
let server: TestDatabase;
let history: FakeHistory;
let gateway: TestGateway;
const logs = new Map<string, EventLog>();
const closing: (() => Promise<unknown>)[] = [];

const tokenOf = (userId: string, seconds = 3_600) => new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject(userId).setIssuedAt().setExpirationTime(Math.floor(Date.now() / 1_000) + seconds).sign(new TextEncoder().encode(DEVELOPMENT_SECRET));

async function opened(userId: string): Promise<LiveClient> {
  const client = await LiveClient.open(gateway.origin);
  client.say({ token: await tokenOf(userId) });
  await client.until((message) => message['authenticated']);
  return client;
}

beforeAll(async () => {
  nats = await startNats();
  server = await testDatabase('live');
  for (const name of Object.keys(TOLD)) {
    const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_${name}`, ownerPassword: 'o', servicePassword: 's' });
    await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [eventLogMigration(4)] });
    const database = await openDatabase({ url: urls.serviceUrl, application: 'test' });
    const connection = await connectNats(nats.url, name);
    const log = new EventLog({ name, database, partitions: 4 });
    const served = await startEventLogServer({ log, nats: connection, logger: createLogger({ service: name, level: 'silent' }) });
    closing.push(() => served.close(), () => connection.close(), () => database.close());
    logs.set(name, log);
  }
  history = await startFakeHistory(nats.url);
  gateway = await startGateway(nats.url, { GATEWAY_LIVE_PER_USER: '2', GATEWAY_LIVE_MESSAGES: '40', GATEWAY_LIVE_RENEW: '500ms', GATEWAY_CORS_ORIGINS: 'https://app.example.com' });
}, 120_000);
afterAll(async () => {
  await gateway?.close();
  await history?.close();
  for (const close of closing) await close();
  await server?.drop();
  await nats?.stop();
}, 60_000);

describe('who may open a live socket', () => {
  it('gives its token first, in the handshake as a header or beside the protocol, and never in the answer', async () => {
    const token = await tokenOf('ann');
    const byHeader = await LiveClient.open(gateway.origin, { headers: { authorization: `Bearer ${token}` } });
    expect(await byHeader.until(() => true)).toMatchObject({ authenticated: { userId: 'ann' } });
    const byProtocol = await LiveClient.open(gateway.origin, { protocols: ['tidemark.live', `bearer.${token}`] });
    expect(await byProtocol.until(() => true)).toMatchObject({ authenticated: { userId: 'ann' } });
    expect(byProtocol.socket.protocol).toBe('tidemark.live');
    const third = await LiveClient.open(gateway.origin);
    third.say({ token });
    expect(await third.end()).toEqual({ code: 4429, reason: 'too many sockets or messages' });
    byHeader.socket.close();
    byProtocol.socket.close();
  });

  it('is told what is wrong with a token, and let go; and when it has expired', async () => {
    const bad = await LiveClient.open(gateway.origin, { headers: { authorization: 'Bearer nonsense' } });
    expect(await bad.end()).toMatchObject({ code: 4401 });
    expect(bad.heard).toMatchObject([{ error: { code: 'unauthenticated' } }]);
    const brief = await LiveClient.open(gateway.origin);
    brief.say({ token: await tokenOf('ben', 1) });
    expect(await brief.end()).toEqual({ code: 4401, reason: 'the token has expired' });
  });

  it('is no page of a foreign origin', async () => {
    await expect(LiveClient.open(gateway.origin, { headers: { origin: 'https://evil.example' } })).rejects.toThrow('403');
    for (const origin of ['https://app.example.com', gateway.origin]) (await LiveClient.open(gateway.origin, { headers: { origin } })).socket.close();
    const plain = await fetch(`${gateway.origin}/api/v1/live`);
    expect([plain.status, ((await plain.json()) as { code: string }).code]).toEqual([400, 'validation_failed']);
    expect((await fetch(`${gateway.origin}/api/v1/live`, { method: 'POST' })).status).toBe(405);
  });

  it('stays with its user, and must say who that is before anything else', async () => {
    const client = await LiveClient.open(gateway.origin);
    client.say({ subscribe: ['value'] });
    expect(await client.until((message) => message['error'])).toMatchObject({ error: { code: 'unauthenticated' } });
    client.say({ token: await tokenOf('cat') });
    client.say({ token: await tokenOf('dan') });
    expect(await client.until((message) => message['error']?.code === 'forbidden')).toBeTruthy();
    client.socket.close();
  });
});

describe('messages', () => {
  it('that are wrong are answered with the field that is', async () => {
    const client = await opened('eve');
    for (const [message, field] of [['{', undefined], ['[]', ''], [{}, ''], [{ subscribe: ['prices'] }, 'subscribe/0'], [{ subscribe: [] }, 'subscribe'], [{ subscribe: ['value'], account: 'x' }, 'account'], [{ subscribe: ['value'], extra: 1 }, 'extra']] as const) {
      const before = client.heard.length;
      client.say(message);
      const answer = await waitUntil(() => client.heard[before]);
      expect(answer).toMatchObject({ error: { code: 'validation_failed' } });
      if (field !== undefined) expect(answer['error'].errors[0].field).toBe(field);
    }
    client.say({ ping: 'a' });
    expect(await client.until((message) => message['pong'] === 'a')).toBeTruthy();
    for (let wrong = 0; wrong < 15; wrong += 1) client.say('nonsense');
    expect(await client.end()).toMatchObject({ code: 4400 });
  });

  it('that are binary, too large or too many end the socket', async () => {
    const binary = await opened('fay');
    binary.socket.send(Buffer.from('{}'));
    expect((await binary.end()).code).toBe(1003);
    const large = await opened('fay');
    large.say({ ping: 'x'.repeat(20_000) });
    expect((await large.end()).code).toBe(1009);
    const many = await opened('fay');
    for (let count = 0; count < 60; count += 1) many.say({ ping: 'x' });
    expect((await many.end()).code).toBe(4429);
  });
});

describe('values', () => {
  it('come at once and then as they change, shared by the sockets that ask for the same', async () => {
    const first = await opened('gus');
    first.say({ subscribe: ['value'] });
    expect(await first.until((message) => message['channel'] === 'value')).toMatchObject({ data: { value: '100' } });
    expect(first.heard[1]).toEqual({ subscribed: ['value'], account: null, source: 'all', currency: null });
    history.publish('gus', '101');
    await first.until((message) => message['data']?.value === '101');
    const second = await opened('gus');
    second.say({ subscribe: ['value'] });
    expect(await second.until((message) => message['channel'] === 'value')).toMatchObject({ data: { value: '101' } });
    expect([...history.watches.values()].filter((watch) => watch.userId === 'gus')).toHaveLength(1);
    history.publish('gus', '102');
    await Promise.all([first, second].map((client) => client.until((message) => message['data']?.value === '102')));
    second.say({ unsubscribe: ['value'] });
    await second.until((message) => message['unsubscribed']);
    history.publish('gus', '103');
    await first.until((message) => message['data']?.value === '103');
    expect(second.heard.some((message) => message['data']?.value === '103')).toBe(false);
    for (const client of [first, second]) client.socket.close();
  });

  it('of another user\'s account are not found', async () => {
    const client = await opened('hal');
    client.say({ subscribe: ['value'], account: OF_ANOTHER_USER });
    expect(await client.until((message) => message['error'])).toMatchObject({ error: { code: 'not_found', account: OF_ANOTHER_USER } });
    client.say({ subscribe: ['value'], account: SOME_ID, source: 'house', currency: 'EUR' });
    expect(await client.until((message) => message['channel'] === 'value')).toMatchObject({ data: { account: SOME_ID } });
    expect([...history.watches.values()].find((watch) => watch.userId === 'hal')).toMatchObject({ account: SOME_ID, source: 'house', currency: 'EUR' });
    client.socket.close();
  });
});

describe('events', () => {
  it('of syncs and connections follow in order, the user\'s own alone', async () => {
    const connectionId = newId();
    const syncId = newId();
    const say = (log: string, userId: string, type: string, data: object) => logs.get(log)?.append({ userId, stream: `connection-${connectionId}`, expectedVersion: 'any', events: [{ id: newId(), type, time: new Date().toISOString(), data: { userId, connectionId, ...data } }] });
    await say('sync', 'ida', 'SyncStarted', { syncId, provider: 'plaid', reason: 'initial' });
    const client = await opened('ida');
    client.say({ subscribe: ['sync', 'connections', 'alerts'] });
    await client.until((message) => message['subscribed']);
    await say('sync', 'jim', 'SyncStarted', { syncId, provider: 'plaid', reason: 'initial' });
    await say('sync', 'ida', 'SyncFailed', { syncId, provider: 'plaid', code: 'provider_auth', class: 'relink', detail: 'log in again', retryable: false, retryAt: null });
    await say('connections', 'ida', 'ReauthenticationRequired', { code: 'ITEM_LOGIN_REQUIRED', detail: 'log in again' });
    await client.until((message) => message['channel'] === 'connections');
    await say('sync', 'ida', 'SyncCompleted', { syncId, provider: 'plaid', accounts: 1, snapshots: 1, transactions: 2, durationMs: 3, notes: [] });
    await client.until((message) => message['data']?.status === 'completed');
    expect(client.heard.slice(2).map(({ channel, data }) => [channel, data.status ?? data.change])).toEqual([['sync', 'failed'], ['connections', 'reauth_required'], ['sync', 'completed']]);
    client.socket.close();
  });
});

describe('alerts', () => {
  it('that were to be told live are, muted ones and those for others are not', async () => {
    const raise = (userId: string, name: string, given: object = {}) => {
      const alertId = newId();
      const data = {
        userId, alertId, ruleId: newId(), name, kind: 'sync_failing', accountId: null, connectionId: null, cause: { eventId: null, type: 'SyncFailed', at: new Date().toISOString() }, message: 'It fails.',
        figures: { value: '3', threshold: '3', unit: 'count', currency: null, asset: null }, muted: false, deliveries: [{ deliveryId: newId(), kind: 'live', target: 'live' }], ...given,
      };
      return logs.get('alerts')?.append({ userId, stream: `alert-${alertId}`, expectedVersion: 'any', events: [{ id: alertId, type: 'AlertRaised', time: new Date().toISOString(), data }] });
    };
    const client = await opened('moe');
    client.say({ subscribe: ['alerts'] });
    await client.until((message) => message['subscribed']);
    await raise('moe', 'muted', { muted: true });
    await raise('moe', 'by mail', { deliveries: [{ deliveryId: newId(), kind: 'email', target: 'm***@example.com' }] });
    await raise('ned', 'of another');
    await raise('moe', 'told');
    const told = await client.until((message) => message['channel'] === 'alerts');
    expect([fieldErrors(ServerMessage, told), told['data']]).toMatchObject([null, { name: 'told', kind: 'sync_failing', figures: { value: '3' } }]);
    expect(client.heard.filter((message) => message['channel'] === 'alerts')).toHaveLength(1);
    client.socket.close();
  });
});

describe('the way', () => {
  it('of a client that does not read: it gets few values, and the newest is among them', async () => {
    const client = await opened('kim');
    client.say({ subscribe: ['value'] });
    await client.until((message) => message['channel'] === 'value');
    client.socket.pause();
    // Altogether more than the buffers of both ends of the connection take.
    const reasons = Array.from({ length: 20 }, () => ({ code: 'price_missing' as const, detail: 'x'.repeat(2_000) }));
    for (let value = 1; value <= 400; value += 1) {
      history.publish('kim', String(value), { reasons });
      if (value % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    history.publish('kim', '12345678.9');
    const scraped = await waitUntil(async () => {
      const text = await (await fetch(`${gateway.origin}/metrics`)).text();
      return /tidemark_live_superseded_total\{[^}]*\} ([1-9]\d*)/.exec(text)?.[1];
    });
    client.socket.resume();
    await client.until((message) => message['data']?.value === '12345678.9');
    expect(client.heard.at(-1)).toMatchObject({ data: { value: '12345678.9' } });
    const values = client.heard.filter((message) => message['channel'] === 'value').length;
    expect(values).toBeLessThan(402);
    expect(values + Number(scraped)).toBeLessThanOrEqual(402);
    client.socket.close();
  });

  it('of values is found again after the history service forgot them', async () => {
    const client = await opened('lea');
    client.say({ subscribe: ['value'] });
    await client.until((message) => message['channel'] === 'value');
    history.forget();
    await waitUntil(() => [...history.watches.values()].some((watch) => watch.userId === 'lea'), { timeoutMs: 10_000 });
    history.publish('lea', '777');
    await client.until((message) => message['data']?.value === '777');
    client.socket.close();
  });

  it('ends with a code when the gateway stops', async () => {
    const client = await opened('moe');
    await gateway.close();
    gateway = undefined as never;
    expect(await client.end()).toEqual({ code: 1001, reason: 'the gateway stops; connect again' });
  });
});
