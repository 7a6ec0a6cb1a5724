import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import pg from 'pg';
import { startNats, testDatabase } from '../index.js';
import type { Nats, TestDatabase } from '../index.js';

async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a test database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase('infrastructure spec');
  });
  afterAll(() => database.drop());

  it('is empty, ours to administer, and durable', async () => {
    const [settings] = await query<{ fsync: string; commits: string; pages: string; db: string }>(
      database.adminUrl,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits, current_setting('full_page_writes') AS pages, current_database() AS db`,
    );
    expect(settings).toEqual({ fsync: 'on', commits: 'on', pages: 'on', db: database.database });
  });

  it('goes with every database and role that carries its prefix', async () => {
    const second = await testDatabase('second');
    await query(second.adminUrl, `CREATE ROLE ${second.prefix}_owner`);
    await query(second.adminUrl, `CREATE DATABASE ${second.prefix}_more OWNER ${second.prefix}_owner`);
    await second.drop();
    expect(await query(database.adminUrl, `SELECT 1 FROM pg_database WHERE datname LIKE '${second.prefix}%' UNION ALL SELECT 1 FROM pg_roles WHERE rolname LIKE '${second.prefix}%'`)).toEqual([]);
  });
});

describe('a nats-server', () => {
  let nats: Nats;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.stop());

  const stored = async () => {
    const connection = await connect({ servers: nats.url });
    try {
      const manager = await jetstreamManager(connection);
      const streams = await manager.streams.list().next();
      return streams.map((stream) => stream.state.messages);
    } finally {
      await connection.close();
    }
  };

  it('keeps what it acknowledged through kill -9 and a restart on the same port', async () => {
    const connection = await connect({ servers: nats.url });
    await (await jetstreamManager(connection)).streams.add({ name: 'S', subjects: ['s.>'] });
    await jetstream(connection).publish('s.1', 'one');
    await connection.close();
    const first = nats.pid;
    await nats.kill();
    await nats.restart();
    expect(nats.pid).not.toBe(first);
    expect(await stored()).toEqual([1]);
  });

  it('starts with nothing when its store was deleted', async () => {
    await nats.kill();
    rmSync(nats.storeDir, { recursive: true });
    await nats.restart();
    expect(await stored()).toEqual([]);
  });
});
