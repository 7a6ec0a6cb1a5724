/** The one place where the parts of the service meet. Order: configuration, databases, log, read models, reactors, requests, chores. */
import type { NatsConnection } from '@nats-io/nats-core';
import { ensureAccountNumberKey, openCredentialStore, prepareCredentialDatabase } from '@tidemark/credentials';
import type { CredentialStore } from '@tidemark/credentials';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { migrate, openDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { projectionsMigration, startProjections, startReactors } from '@tidemark/projections';
import { createProviders } from '@tidemark/providers';
import type { CallRecord } from '@tidemark/providers';
import { connectNats, createLogger, createMetrics, newId, startNest, systemClock } from '@tidemark/service';
import type { Env, Logger, RunningService, ServiceDefinition } from '@tidemark/service';
import { startChores } from './background/chores.js';
import { readConnectionsConfig } from './config.js';
import type { ConnectionsConfig } from './config.js';
import { connectionsModule } from './connections.module.js';
import { flagDuplicates } from './duplicates/flag-duplicates.js';
import { publishListed } from './institutions/publish.js';
import { countCalls } from './metrics.js';
import { AccountGone1763900003000 } from './migrations/account-gone.migration.js';
import { AccountTimeZone1763800002000 } from './migrations/account-time-zone.migration.js';
import { Connections1763700000010 } from './migrations/connections.migration.js';
import type { ConfiguredProvider, Parts } from './parts.js';
import { accountHoldings } from './projections/account-holdings/project.js';
import { accountList } from './projections/account-list/project.js';
import { connectionList } from './projections/connection-list/project.js';
import { connectionSync } from './projections/connection-sync/project.js';
import { userSettings } from './projections/user-settings/project.js';
import { connectionHealth } from './reactions/connection-health.js';
import { readCoverage } from './routing/read-coverage.js';

export type { ConnectionsConfig } from './config.js';

const NAME = 'connections';

export const PROJECTIONS = [connectionList, connectionSync, accountList, accountHoldings, userSettings];

export const service: ServiceDefinition = {
  name: NAME,
  start: async (env: Env) => {
    const config = readConnectionsConfig(env);
    const closing: (() => Promise<unknown>)[] = [];
    const close = async () => {
      for (const one of closing.splice(0).reverse()) await one();
    };
    try {
      return await start(config, closing, close);
    } catch (error) {
      await close();
      throw error;
    }
  },
};

async function start(config: ConnectionsConfig, closing: (() => Promise<unknown>)[], close: () => Promise<void>): Promise<RunningService> {
  const logger = createLogger({ service: NAME, level: config.LOG_LEVEL });
  const coverage = readCoverage();
  await migrateAll(config);
  const database = await openDatabase({ url: config.CONNECTIONS_PG_URL, application: `tidemark-${NAME}`, poolSize: config.CONNECTIONS_PG_POOL });
  closing.push(() => database.close());
  const credentials = await openCredentialStore(config, `tidemark-${NAME}`);
  closing.push(() => credentials.close());
  const nats = await connectNats(config.NATS_URL, NAME);
  closing.push(async () => (nats.isClosed() ? undefined : nats.drain()));
  const log = await EventLog.open({ name: NAME, database, partitions: config.TIDEMARK_PARTITIONS });
  const server = await startEventLogServer({ log, nats, logger, streamReplicas: config.NATS_STREAM_REPLICAS });
  closing.push(() => server.close());
  const metrics = createMetrics(NAME);
  const parts: Parts = {
    database, log, credentials, coverage, logger, newId, clock: systemClock,
    providers: await configuredProviders(config, credentials, logger, countCalls(metrics)),
    publicUrl: config.TIDEMARK_PUBLIC_URL.replace(/\/+$/, ''),
    adminUserIds: new Set(config.ADMIN_USER_IDS),
  };
  await publishListed(database, coverage);
  const work = { database, nats, logger, partitions: config.TIDEMARK_PARTITIONS };
  const projections = await startProjections({ ...work, projections: PROJECTIONS });
  closing.push(() => projections.close());
  const reactors = await startReactors({ ...work, reactors: [connectionHealth(parts), flagDuplicates(parts)] });
  closing.push(() => reactors.close());
  const nest = await startNest({ module: connectionsModule(parts), name: NAME, host: config.CONNECTIONS_HOST, port: config.CONNECTIONS_HTTP_PORT, natsUrl: config.NATS_URL, nats, metrics, log: logger, ready: () => ready(database, credentials, nats) });
  closing.push(() => nest.close());
  const chores = startChores(parts, config);
  closing.push(() => chores.close());
  return { name: NAME, port: nest.port, close };
}

async function migrateAll(config: ConnectionsConfig): Promise<void> {
  const { CONNECTIONS_PG_OWNER_URL: ownerUrl, CREDENTIALS_PG_OWNER_URL: credentialsOwnerUrl } = config;
  if (ownerUrl) await migrate({ ownerUrl, serviceRole: roleOf(config.CONNECTIONS_PG_URL), migrations: [eventLogMigration(config.TIDEMARK_PARTITIONS), projectionsMigration(), Connections1763700000010, AccountTimeZone1763800002000, AccountGone1763900003000] });
  if (config.CREDENTIALS_STORE !== 'postgres' || !credentialsOwnerUrl || !config.CREDENTIALS_PG_URL) return;
  const readers = config.CREDENTIALS_READER_ROLES;
  await prepareCredentialDatabase({ ownerUrl: credentialsOwnerUrl, serviceRole: roleOf(config.CREDENTIALS_PG_URL), ...(readers.length > 0 ? { readers } : {}) });
}

function roleOf(databaseUrl: string): string {
  return decodeURIComponent(new URL(databaseUrl).username);
}

async function configuredProviders(config: ConnectionsConfig, credentials: CredentialStore, log: Logger, onCall: (record: CallRecord) => void): Promise<ReadonlyMap<string, ConfiguredProvider>> {
  const accountNumberKey = await ensureAccountNumberKey(credentials);
  const ports = createProviders(config.providers, {
    clock: systemClock,
    random: Math.random,
    log,
    onCall,
    accountNumberKey,
  });
  return new Map(config.providers.flatMap((settings) => {
    const port = ports.get(settings.id);
    return port ? [[settings.id, { port, settings }] as const] : [];
  }));
}

async function ready(database: Database, credentials: CredentialStore, nats: NatsConnection): Promise<Record<string, string>> {
  const answer = async (work: Promise<unknown>) => work.then(() => 'up', (error: unknown) => (error instanceof Error ? error.message : 'no answer'));
  const [postgres, store] = await Promise.all([answer(database.query('SELECT 1')), answer(credentials.check())]);
  return { postgres, credentials: store, nats: nats.isClosed() ? 'closed' : 'up' };
}
