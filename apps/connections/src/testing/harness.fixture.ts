/**
 * The service on a real Postgres, a real NATS and a real log, with providers in memory; requests go over NATS as the gateway's do.
 * A log `sync` of our own stands in for the sync service, so that reactions are seen from event to answer.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogPosition, RequestOf, ResponseOf, RpcContext, RpcContract, RpcReply } from '@tidemark/contracts';
import { parseKeyring, PostgresCredentialStore, prepareCredentialDatabase } from '@tidemark/credentials';
import type { CredentialStore, Keyring } from '@tidemark/credentials';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database, MigrationClass } from '@tidemark/postgres';
import { projectionsMigration, startProjections, startReactors } from '@tidemark/projections';
import { connectNats, createLogger, newId, RpcClient, startNest, systemClock } from '@tidemark/service';
import { startNats, testDatabase } from '@tidemark/testing';
import { PROJECTIONS } from '../app.js';
import { connectionsModule } from '../connections.module.js';
import { flagDuplicates } from '../duplicates/flag-duplicates.js';
import { publishListed } from '../institutions/publish.js';
import { AccountGone1763900003000 } from '../migrations/account-gone.migration.js';
import { AccountTimeZone1763800002000 } from '../migrations/account-time-zone.migration.js';
import { Connections1763700000010 } from '../migrations/connections.migration.js';
import type { Parts } from '../parts.js';
import { connectionHealth } from '../reactions/connection-health.js';
import { readCoverage } from '../routing/read-coverage.js';
import { FakeProvider } from './fake-provider.fixture.js';

const PARTITIONS = 2;

export interface Harness {
  readonly parts: Parts;
  readonly plaid: FakeProvider;
  readonly snaptrade: FakeProvider;
  readonly lines: string[];
  as(userId: string, more?: Partial<RpcContext>): Caller;
  /** Appends to the log `sync`, as the sync service does. */
  sync(userId: string, stream: string, type: string, data: object, time?: string): Promise<readonly LogPosition[]>;
  close(): Promise<void>;
}

export interface Caller {
  <C extends RpcContract>(contract: C, payload: RequestOf<C>): Promise<RpcReply<ResponseOf<C>>>;
}

export async function startHarness(): Promise<Harness> {
  const server = await testDatabase('connections');
  const nats = await startNats();
  const databases: Database[] = [];
  const open = async (name: string, migrations: MigrationClass[]) => {
    const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_${name}`, ownerPassword: 'o', servicePassword: 's' });
    if (name === 'credentials') await prepareCredentialDatabase(urls);
    else await migrate({ ...urls, migrations });
    const database = await openDatabase({ url: urls.serviceUrl, application: 'test' });
    databases.push(database);
    return database;
  };
  const database = await open('connections', [eventLogMigration(), projectionsMigration(), Connections1763700000010, AccountTimeZone1763800002000, AccountGone1763900003000]);
  const syncLog = new EventLog({ name: 'sync', database: await open('sync', [eventLogMigration()]), partitions: PARTITIONS });
  const credentials: CredentialStore = new PostgresCredentialStore(await open('credentials', []), parseKeyring(randomBytes(32).toString('base64')) as Keyring);
  const lines: string[] = [];
  const logger = createLogger({ service: 'connections', level: 'info', destination: { write: (line: string) => void lines.push(line) } });
  const connection = await connectNats(nats.url, 'test');
  const [plaid, snaptrade] = [new FakeProvider('plaid', false), new FakeProvider('snaptrade', true)];
  const parts: Parts = {
    database, credentials, logger, newId, clock: systemClock, coverage: readCoverage(),
    log: new EventLog({ name: 'connections', database, partitions: PARTITIONS }),
    providers: new Map([plaid, snaptrade].map((one) => [one.id, one.configured()])),
    publicUrl: 'https://tidemark.example', adminUserIds: new Set(['root']),
  };
  await publishListed(database, parts.coverage);
  const work = { database, nats: connection, logger, partitions: PARTITIONS, headsMs: 200 };
  const running = [
    await startEventLogServer({ log: parts.log, nats: connection, logger }),
    await startEventLogServer({ log: syncLog, nats: connection, logger }),
    await startProjections({ ...work, projections: PROJECTIONS }),
    await startReactors({ ...work, reactors: [connectionHealth(parts), flagDuplicates(parts)] }),
    await startNest({ module: connectionsModule(parts), name: 'connections', port: 0, natsUrl: nats.url, nats: connection, log: logger, ready: async () => ({}), checkReplies: true }),
  ];
  const client = new RpcClient({ nats: connection });
  return {
    parts, plaid, snaptrade, lines,
    as: (userId, more = {}) => (contract, payload) => client.call(contract, payload, { userId, requestId: newId(), ...more }),
    sync: async (userId, stream, type, data, time = new Date().toISOString()) => {
      const appended = await syncLog.append({ userId, stream, expectedVersion: 'any', events: [{ id: newId(), type, time, data }] });
      return appended.ok ? appended.value.positions : [];
    },
    close: async () => {
      for (const one of running.reverse()) await one.close();
      await connection.drain();
      for (const one of databases) await one.close();
      await nats.stop();
      await sleep(0);
      await server.drop();
    },
  };
}
