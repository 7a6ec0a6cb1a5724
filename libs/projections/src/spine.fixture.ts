/** A log in one database and a read model in another, on real Postgres and NATS: the smallest whole spine, for the specs of this library. */
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/nats-core';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import type { EventLogger } from '@tidemark/event-log';
import { uuidV7 } from '@tidemark/kernel';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { startNats, testDatabase } from '@tidemark/testing';
import type { Nats } from '@tidemark/testing';
import type { EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { Projection } from './projection.js';
import { projectionsMigration } from './schema.migration.js';

export interface Spine {
  readonly log: EventLog;
  readonly reader: Database;
  readonly owner: Database;
  readonly server: Nats;
  readonly nats: NatsConnection;
  readonly lines: string[];
  readonly logger: EventLogger;
  append(userId: string, count?: number): Promise<void>;
  connect(): Promise<NatsConnection>;
  close(): Promise<void>;
}

export async function startSpine(name: string): Promise<Spine> {
  const database = await testDatabase(name);
  const server = await startNats({});
  const logUrls = await provisionDatabase({ adminUrl: database.adminUrl, database: `${database.prefix}_log`, ownerPassword: 'o', servicePassword: 's' });
  const readUrls = await provisionDatabase({ adminUrl: database.adminUrl, database: `${database.prefix}_read`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: logUrls.ownerUrl, serviceRole: logUrls.serviceRole, migrations: [eventLogMigration()] });
  await migrate({ ownerUrl: readUrls.ownerUrl, serviceRole: readUrls.serviceRole, migrations: [projectionsMigration()] });
  const writer = await openDatabase({ url: logUrls.serviceUrl, application: 'writer' });
  const reader = await openDatabase({ url: readUrls.serviceUrl, application: 'reader' });
  const owner = await openDatabase({ url: readUrls.ownerUrl, application: 'owner', poolSize: 1 });
  await owner.query(`CREATE TABLE seen (userid text, streamversion int, position bigint, worker text, PRIMARY KEY (userid, streamversion))`);
  await owner.query(`GRANT SELECT, INSERT ON seen TO "${readUrls.serviceRole}"`);
  const lines: string[] = [];
  const note = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: EventLogger = { info: note, warn: note, error: note };
  const log = new EventLog({ name: 'connections', database: writer });
  const open: NatsConnection[] = [];
  const dial = async (): Promise<NatsConnection> => {
    const connection = await connect({ servers: server.url, reconnectTimeWait: 100, maxReconnectAttempts: -1 });
    open.push(connection);
    return connection;
  };
  const nats = await dial();
  const running = await startEventLogServer({ log, nats, logger, leaseMs: 1_500 });
  return {
    log, reader, owner, server, nats, lines, logger, connect: dial,
    append: async (userId, count = 1) => {
      for (let index = 0; index < count; index += 1) {
        const done = await log.append({ userId, stream: `settings-${userId}`, expectedVersion: 'any', events: [settingsChanged(userId)] });
        if (!done.ok) throw new Error(JSON.stringify(done.error));
      }
    },
    close: async () => {
      await running.close();
      for (const connection of open) await connection.close();
      await Promise.all([writer.close(), reader.close(), owner.close()]);
      await server.stop();
      await database.drop();
    },
  };
}

function settingsChanged(userId: string) {
  return { id: uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(16))), type: 'UserSettingsChanged', time: new Date().toISOString(), data: { userId, baseCurrency: 'USD', timeZone: 'UTC' } };
}

/** Writes one row an event; its primary key makes a second application fail, so that "once" is checked by the database. */
export function seenProjection(name: string, worker = 'one', before: (events: readonly EventEnvelope[]) => void = () => undefined): Projection {
  return {
    name,
    logs: ['connections'],
    async apply(tx: SqlClient, events) {
      before(events);
      await tx.query('INSERT INTO seen SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) CROSS JOIN (SELECT $4::text) w', [events.map((e) => e.userid), events.map((e) => e.streamversion), events.map((e) => e.position), worker]);
    },
  };
}
