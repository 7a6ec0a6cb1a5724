/** sync: pulls accounts, balances, positions and transactions, guards what refreshes cost, hears webhooks, captures snapshots. */
import { randomUUID } from 'node:crypto';
import { openCredentialStore } from '@tidemark/credentials';
import type { CredentialStore } from '@tidemark/credentials';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { migrate, openDatabase } from '@tidemark/postgres';
import { projectionsMigration, startProjections, startReactors } from '@tidemark/projections';
import { connectNats, createLogger, createMetrics, newId, Opened, RpcClient, startNest, systemClock } from '@tidemark/service';
import type { Env, RunningService, ServiceDefinition } from '@tidemark/service';
import { syncConfig } from './config.js';
import type { SyncConfig } from './config.js';
import { connectionView } from './connection/project.js';
import { connectionReactor } from './connection/react.js';
import { costs } from './costs/project.js';
import type { SyncDeps } from './deps.js';
import { Scheduler } from './job/scheduler.js';
import { SyncWorker } from './job/worker.js';
import { syncMetrics } from './metrics.js';
import { Sync1763700010000 } from './migrations/sync.migration.js';
import { WholeRead1763900010000 } from './migrations/whole-read.migration.js';
import { providerDirectory } from './provider-directory.js';
import { SYNC_DEPS, SyncController } from './sync.controller.js';

export type { SyncConfig } from './config.js';

export const service: ServiceDefinition = { name: 'sync', start };

/** @param partitions of the log, fixed when it is installed */
export const migrations = (partitions?: number) => [eventLogMigration(partitions), projectionsMigration(), Sync1763700010000, WholeRead1763900010000];

class SyncModule {}

async function start(env: Env): Promise<RunningService> {
  const config = syncConfig(env);
  const serviceRole = decodeURIComponent(new URL(config.SYNC_PG_URL).username);
  if (config.SYNC_PG_OWNER_URL) await migrate({ ownerUrl: config.SYNC_PG_OWNER_URL, serviceRole, migrations: migrations(config.TIDEMARK_PARTITIONS) });
  const opened = new Opened();
  try {
    return await run(config, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function run(config: SyncConfig, opened: Opened): Promise<RunningService> {
  const logger = createLogger({ service: service.name, level: config.LOG_LEVEL });
  const registry = createMetrics(service.name);
  const partitions = config.TIDEMARK_PARTITIONS;
  const database = opened.add(await openDatabase({ url: config.SYNC_PG_URL, application: service.name, poolSize: config.SYNC_PG_POOL }), (one) => one.close());
  const credentials = opened.add(await openCredentialStore(config, service.name), (one) => one.close());
  const nats = opened.add(await connectNats(config.NATS_URL, service.name), (one) => (one.isClosed() ? Promise.resolve() : one.drain()));
  const log = await EventLog.open({ name: service.name, database, partitions });
  const metrics = syncMetrics(registry);
  const common = { clock: systemClock, random: Math.random, logger, metrics };
  let worker: SyncWorker | null = null;
  const deps: SyncDeps = {
    ...common, database, log, credentials, newId,
    rpc: new RpcClient({ nats }),
    providers: providerDirectory({ ...common, settings: config.providers, credentials }),
    settings: config.settings,
    wake: () => worker?.wake(),
  };
  opened.add(await startEventLogServer({ log, nats, logger, relay: config.SYNC_RELAY === 'on', streamReplicas: config.NATS_STREAM_REPLICAS }), (one) => one.close());
  opened.add(await startProjections({ database, nats, projections: [connectionView, costs], partitions, logger }), (one) => one.close());
  opened.add(await startReactors({ database, nats, reactors: [connectionReactor(deps)], partitions, logger }), (one) => one.close());
  worker = opened.add(new SyncWorker(deps, randomUUID()), (one) => one.close());
  worker.start();
  opened.add(new Scheduler(deps, config.SYNC_SCHEDULE_EVERY), (one) => one.close()).start();
  const module = { module: SyncModule, controllers: [SyncController], providers: [{ provide: SYNC_DEPS, useValue: deps }] };
  const ready = () => readiness(database, credentials);
  const nest = opened.add(await startNest({ module, name: service.name, host: config.SYNC_HOST, port: config.SYNC_HTTP_PORT, natsUrl: config.NATS_URL, nats, log: logger, ready, metrics: registry }), (one) => one.close());
  return { name: service.name, port: nest.port, close: () => opened.close() };
}

async function readiness(database: SyncDeps['database'], credentials: CredentialStore): Promise<Record<string, string>> {
  await database.query('SELECT 1');
  await credentials.check();
  return { postgres: 'up', credentials: 'up' };
}
