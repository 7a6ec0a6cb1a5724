/** The event stream over a real log: a user's own events, in order, resumable, whatever happens to the bus. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { connectNats, createLogger, newId } from '@tidemark/service';
import { startNats, testDatabase } from '@tidemark/testing';
import type { Nats, TestDatabase } from '@tidemark/testing';
import { createParser } from 'eventsource-parser';
import { ApiClient } from '../../testing/api-client.js';
import { startGateway } from '../../testing/start-gateway.js';
import type { TestGateway } from '../../testing/start-gateway.js';
import { EVENT_LOGS } from './events.route.js';

describe('GET /events', () => {
  let nats: Nats;
  let server: TestDatabase;
  let gateway: TestGateway;
  let token: string;
  let log: EventLog;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    nats = await startNats();
    server = await testDatabase('events');
    for (const name of EVENT_LOGS) {
      const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_${name}`, ownerPassword: 'o', servicePassword: 's' });
      await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [eventLogMigration()] });
      const database: Database = await openDatabase({ url: urls.serviceUrl, application: 'test' });
      const connection = await connectNats(nats.url, name);
      const made = new EventLog({ name, database });
      const served = await startEventLogServer({ log: made, nats: connection, logger: createLogger({ service: name, level: 'silent' }) });
      closing.push(() => served.close(), () => connection.close(), () => database.close());
      if (name === 'connections') log = made;
    }
    gateway = await startGateway(nats.url, { GATEWAY_EVENTS_PER_USER: '2' });
    token = await tokenOf('ann');
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    for (const close of closing) await close();
    await server?.drop();
    await nats?.stop();
  }, 60_000);

  const tokenOf = async (userId: string) => {
    const made = await fetch(`${gateway.origin}/api/v1/dev/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ userId }) });
    return ((await made.json()) as { token: string }).token;
  };

  const change = (userId: string, baseCurrency: string) =>
    log.append({ userId, stream: `settings-${userId}`, expectedVersion: 'any', events: [{ id: newId(), type: 'UserSettingsChanged', time: new Date().toISOString(), data: { userId, baseCurrency, timeZone: 'UTC' } }] });

  it('gives a user\'s own events in order, goes on with the last id, and follows what comes', async () => {
    for (const currency of ['USD', 'EUR', 'CHF']) await change('ann', currency);
    await change('bob', 'GBP');
    const first = await take(2, '/events');
    expect(first.map(({ event }) => (event.data as { baseCurrency: string }).baseCurrency)).toEqual(['USD', 'EUR']);
    expect(first[0]?.event).toMatchObject({ specversion: '1.0', type: 'UserSettingsChanged', source: 'connections', userid: 'ann', streamversion: 1 });
    const live = take(2, '/events?after=ignored-because-of-the-header', { 'last-event-id': first[1]?.id ?? '' });
    setTimeout(() => void change('bob', 'JPY').then(() => change('ann', 'SEK')), 300);
    expect((await live).map(({ event }) => (event.data as { baseCurrency: string }).baseCurrency)).toEqual(['CHF', 'SEK']);
  });

  it('filters by type, and bounds the streams of one user', async () => {
    const ended = new AbortController();
    const carl = await tokenOf('carl');
    const open = () => fetch(`${gateway.origin}/api/v1/events?types=SyncStarted`, { headers: { authorization: `Bearer ${carl}` }, signal: ended.signal });
    const streams = [await open(), await open()];
    expect(streams.map((one) => one.headers.get('content-type'))).toEqual(Array(2).fill('text/event-stream; charset=utf-8'));
    const third = await open();
    expect([third.status, ((await third.json()) as { code: string }).code]).toEqual([429, 'rate_limited']);
    ended.abort();
  });

  it('needs a token like everything else', async () => {
    const ann = await ApiClient.open(gateway.origin, 'ann');
    expect((await ann.ask('GET', '/events', { token: null })).body).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  /** Reads so many events and leaves. */
  async function take(count: number, path: string, headers: Record<string, string> = {}): Promise<{ id: string | undefined; event: { data: unknown } & Record<string, unknown> }[]> {
    const found: { id: string | undefined; event: { data: unknown } & Record<string, unknown> }[] = [];
    const response = await fetch(`${gateway.origin}/api/v1${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
    if (response.status !== 200) throw new Error(await response.text());
    const parser = createParser({ onEvent: ({ id, data }) => void found.push({ id, event: JSON.parse(data) as { data: unknown } & Record<string, unknown> }) });
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (found.length >= count) break;
    }
    return found.slice(0, count);
  }
});
