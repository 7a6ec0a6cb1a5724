import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import type { EventEnvelope } from '@tidemark/contracts';
import { uuidV7 } from '@tidemark/kernel';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { startNats, testDatabase, waitUntil } from '@tidemark/testing';
import type { Nats, TestDatabase } from '@tidemark/testing';
import { EventLog } from './event-log.js';
import { startEventLogServer } from './event-log-server.js';
import { readLog } from './log-query.js';
import { eventLogMigration } from './schema.migration.js';
import { streamName } from './subjects.js';
import { userFeed } from './user-feed.js';

const note = (fields: object, message: string): void => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
const quiet = { info: note, warn: note, error: note };

let server: TestDatabase;
let bus: Nats;
let database: Database;
let nats: NatsConnection;
let log: EventLog;

beforeAll(async () => {
  server = await testDatabase('relay');
  bus = await startNats({});
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_log`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [eventLogMigration(4)] });
  database = await openDatabase({ url: urls.serviceUrl, application: 'test' });
  nats = await connect({ servers: bus.url, reconnectTimeWait: 100, maxReconnectAttempts: -1 });
  log = new EventLog({ name: 'sync', database, partitions: 4 });
});

afterAll(async () => {
  await nats.close();
  await database.close();
  await bus.stop();
  await server.drop();
});

async function append(userId: string, bytes = 0): Promise<void> {
  const data = { userId, connectionId: null, provider: 'plaid', kind: 'X', providerConnectionId: null, sentAt: null, action: 'ignore', body: { filler: 'x'.repeat(bytes) } };
  const done = await log.append({ userId, stream: `webhook-${userId}`, expectedVersion: 'any', events: [{ id: uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(16))), type: 'WebhookReceived', time: new Date().toISOString(), data }] });
  if (!done.ok) throw new Error(JSON.stringify(done.error));
}

/** What the stream of a partition holds, in order. */
async function streamed(partition: number): Promise<{ position: number; dataref?: string; data?: unknown }[]> {
  const manager = await jetstreamManager(nats);
  const { state } = await manager.streams.info(streamName(partition));
  const events: { position: number }[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq += 1) {
    const message = await manager.streams.getMessage(streamName(partition), { seq });
    if (message) events.push(message.json());
  }
  return events;
}

async function complete(): Promise<boolean> {
  for (const head of await log.heads()) {
    const positions = (await streamed(head.partition)).map((event) => event.position);
    if (positions.join() !== Array.from({ length: head.position }, (_, index) => index + 1).join()) return false;
  }
  return true;
}

describe('the relay', () => {
  it('publishes what was committed before it started and after, once and in order', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, index) => append(`user-${index}`)));
    const running = await startEventLogServer({ log, nats, logger: quiet, leaseMs: 900 });
    await Promise.all(Array.from({ length: 30 }, (_, index) => append(`user-${index}`)));
    await waitUntil(complete, { describe: 'the streams to hold every event once, in order' });
    await running.close();
  });

  it('goes on where its predecessor stopped and publishes nothing twice', async () => {
    const first = await startEventLogServer({ log, nats, logger: quiet, leaseMs: 900, holder: 'first' });
    const second = await startEventLogServer({ log, nats, logger: quiet, leaseMs: 900, holder: 'second' });
    await Promise.all(Array.from({ length: 40 }, (_, index) => append(`user-${index}`)));
    await first.close();
    await Promise.all(Array.from({ length: 40 }, (_, index) => append(`user-${index}`)));
    await waitUntil(complete, { describe: 'the streams to be complete after the hand-over' });
    await second.close();
  });

  it('fills streams again that were lost with their disk', async () => {
    const running = await startEventLogServer({ log, nats, logger: quiet, leaseMs: 900 });
    await append('ada');
    await waitUntil(complete, { describe: 'the streams before the loss' });
    await bus.kill();
    await rm(bus.storeDir, { recursive: true, force: true });
    await append('ada');
    await bus.restart();
    await append('ada');
    await waitUntil(complete, { describe: 'the streams after the loss', timeoutMs: 25_000 });
    await running.close();
  });

  it('sends an event too large for the bus by reference, and the log gives it whole', async () => {
    const running = await startEventLogServer({ log, nats, logger: quiet, leaseMs: 900 });
    await append('large', 3_000_000);
    const partition = log.partitionOf('large');
    await waitUntil(complete, { describe: 'the reference to be in the stream' });
    const last = (await streamed(partition)).at(-1);
    expect(last?.data).toBeUndefined();
    expect(last?.dataref).toBe(`log:sync/1/${partition}/${last?.position ?? 0}`);
    const { events } = await readLog(nats, 'sync', { partition, after: (last?.position ?? 0) - 1, limit: 1 });
    expect((events[0] as EventEnvelope<{ body: { filler: string } }>).data.body.filler).toHaveLength(3_000_000);
    await running.close();
  });

  it('gives one user’s events to a feed, from the start and as they come, and nobody else’s', async () => {
    const running = await startEventLogServer({ log, nats, logger: quiet, leaseMs: 900 });
    await append('feed');
    await append('other');
    const stop = new AbortController();
    const got: number[] = [];
    const reading = (async () => {
      for await (const { event } of userFeed({ nats, logs: ['sync'], userId: 'feed', after: {}, signal: stop.signal })) {
        expect(event.userid).toBe('feed');
        got.push(event.streamversion);
      }
    })();
    await waitUntil(() => got.length === 1, { describe: 'the first event' });
    await append('feed');
    await waitUntil(() => got.length === 2, { describe: 'the live event', timeoutMs: 2_000 });
    stop.abort();
    await reading;
    expect(got).toEqual([1, 2]);
    await running.close();
  });
});
