import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidV7 } from '@tidemark/kernel';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { testDatabase } from '@tidemark/testing';
import type { TestDatabase } from '@tidemark/testing';
import { EventLog } from './event-log.js';
import { eventLogMigration } from './schema.migration.js';
import type { NewEvent } from './append.js';

let server: TestDatabase;
let database: Database;
let owner: Database;
let log: EventLog;

beforeAll(async () => {
  server = await testDatabase('event_log');
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_log`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [eventLogMigration()] });
  database = await openDatabase({ url: urls.serviceUrl, application: 'test' });
  owner = await openDatabase({ url: urls.ownerUrl, application: 'test-owner', poolSize: 1 });
  log = new EventLog({ name: 'connections', database });
});

afterAll(async () => {
  await database.close();
  await owner.close();
  await server.drop();
});

function settings(userId: string): NewEvent {
  return { id: newId(), type: 'UserSettingsChanged', time: new Date().toISOString(), data: { userId, baseCurrency: 'USD', timeZone: 'UTC' } };
}

function newId(): string {
  return uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
}

describe('a provisioned database', () => {
  it('compiles no statements, on whatever server it is', async () => {
    const { rows } = await owner.query('SELECT setconfig FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE d.datname = current_database() AND setrole = 0');
    expect(rows).toEqual([{ setconfig: ['jit=off'] }]);
  });
});

describe('the event log', () => {
  it('numbers a stream from 1 and refuses an append whose expected version is not the stream’s', async () => {
    const first = await log.append({ userId: 'ada', stream: 'settings-ada', expectedVersion: 0, events: [settings('ada'), settings('ada')] });
    expect(first.ok && first.value.events.map((event) => event.streamVersion)).toEqual([1, 2]);
    const second = await log.append({ userId: 'ada', stream: 'settings-ada', expectedVersion: 1, events: [settings('ada')] });
    expect(second).toEqual({ ok: false, error: { kind: 'version_conflict', stream: 'settings-ada', expected: 1, actual: 2 } });
    expect((await log.readStream('ada', 'settings-ada')).map((event) => event.streamversion)).toEqual([1, 2]);
  });

  it('answers an event that is already there as a duplicate and stores nothing twice', async () => {
    const event = settings('eve');
    await log.append({ userId: 'eve', stream: 'settings-eve', expectedVersion: 'any', events: [event] });
    const again = await log.append({ userId: 'eve', stream: 'settings-eve', expectedVersion: 'any', events: [event] });
    expect(again).toEqual({ ok: false, error: { kind: 'duplicate_event', id: event.id } });
    expect(await log.readStream('eve', 'settings-eve')).toHaveLength(1);
  });

  it('throws at an event of ours that its own schema refuses, and leaves the log as it was', () => {
    expect(() => log.append({ userId: 'x', stream: 's', expectedVersion: 0, events: [{ ...settings('x'), data: { userId: 'x' } }] })).toThrow(/UserSettingsChanged is malformed/);
  });

  it('keeps positions gapless and one winner per expected version while many append at once', async () => {
    const before = (await log.heads()).reduce((sum, head) => sum + head.position, 0);
    const results = await Promise.all(
      Array.from({ length: 400 }, (_, index) => {
        const user = `user-${index % 40}`;
        return log.append({ userId: user, stream: `settings-${user}`, expectedVersion: index % 10 === 0 ? 0 : 'any', events: [settings(user)] });
      }),
    );
    const stored = results.filter((result) => result.ok).length;
    const after = (await log.heads()).reduce((sum, head) => sum + head.position, 0);
    expect(after - before).toBe(stored);
    expect(stored).toBeGreaterThanOrEqual(360);
    for (const head of await log.heads()) {
      const events = await log.readPartition(head.partition, 0, 10_000);
      expect(events.map((event) => event.position)).toEqual(Array.from({ length: head.position }, (_, index) => index + 1));
    }
  });

  it('writes rows and events together or not at all', async () => {
    await owner.query('CREATE TABLE note (text text)');
    await owner.query('GRANT SELECT, INSERT ON note TO PUBLIC');
    const refused = await log.transaction(async (tx) => {
      await tx.query('INSERT INTO note VALUES ($1)', ['lost']);
      tx.append({ userId: 'bob', stream: 'settings-bob', expectedVersion: 7, events: [settings('bob')] });
    });
    expect(refused.ok).toBe(false);
    const done = await log.transaction(async (tx) => {
      await tx.query('INSERT INTO note VALUES ($1)', ['kept']);
      tx.append({ userId: 'bob', stream: 'settings-bob', expectedVersion: 0, events: [settings('bob')] });
      tx.append({ userId: 'bob', stream: 'settings-bob', expectedVersion: 1, events: [settings('bob')] });
      return 'value';
    });
    expect(done.ok && done.value.value).toBe('value');
    expect((await database.query('SELECT text FROM note')).rows).toEqual([{ text: 'kept' }]);
    expect(await log.readStream('bob', 'settings-bob')).toHaveLength(2);
  });

  it.each(['UPDATE log.event SET type = \'x\'', 'DELETE FROM log.event', 'TRUNCATE log.event', 'TRUNCATE log.event_3'])('refuses %s to the service and to the owner', async (statement) => {
    await expect(database.query(statement)).rejects.toThrow(/permission denied/);
    await expect(owner.query(statement)).rejects.toThrow(/events are immutable/);
  });

  it('refuses the service to write a position of its own choice over another or to change the epoch', async () => {
    await expect(database.query('UPDATE log.head SET epoch = 9')).rejects.toThrow(/permission denied/);
    await expect(database.query('DELETE FROM log.head')).rejects.toThrow(/permission denied/);
  });
});
