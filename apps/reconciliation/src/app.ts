/** reconciliation: compares what should be with what is, explains what differs, and keeps an audit trail of both. */
import { randomUUID } from 'node:crypto';
import { openCredentialStore } from '@tidemark/credentials';
import type { CredentialStore } from '@tidemark/credentials';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import { migrate, openDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { projectionsMigration, startProjections, startReactors } from '@tidemark/projections';
import { connectNats, createLogger, createMetrics, newId, Opened, startNest, systemClock } from '@tidemark/service';
import type { Env, RunningService, ServiceDefinition } from '@tidemark/service';
import { AUDIT, AuditController } from './audit/audit.controller.js';
import { reconciliationConfig } from './config.js';
import type { ReconciliationConfig } from './config.js';
import type { ReconciliationDeps } from './deps.js';
import { providerDirectory } from './fetch/provider-directory.js';
import { IMPORTS } from './imports/import-deps.js';
import { ImportsController } from './imports/imports.controller.js';
import { reconciliationMetrics } from './metrics.js';
import { Audit1764100000020 } from './migrations/audit.migration.js';
import { Imports1764100000030 } from './migrations/imports.migration.js';
import { ReadModels1764000000000 } from './migrations/read-models.migration.js';
import { Runs1764000010000 } from './migrations/runs.migration.js';
import { accounts } from './projections/accounts/project.js';
import { connections } from './projections/connections/project.js';
import { snapshots } from './projections/snapshots/project.js';
import { transactions } from './projections/transactions/project.js';
import { RECONCILIATION_DEPS, ReconciliationController } from './reconciliation.controller.js';
import { REPORTS, ReportsController } from './reports/reports.controller.js';
import { ender } from './runs/end-gone.js';
import { eraser } from './runs/erase-runs.js';
import { Scheduler } from './runs/scheduler.js';
import { TaskWorker } from './runs/worker.js';

export type { ReconciliationConfig } from './config.js';

export const service: ServiceDefinition = { name: 'reconciliation', start };

const CONTROLLERS = [ReconciliationController, ImportsController, AuditController, ReportsController];

export const PROJECTIONS = [accounts, connections, snapshots, transactions];

/** @param partitions of the log, fixed when it is installed */
export const migrations = (partitions?: number) => [eventLogMigration(partitions), projectionsMigration(), ReadModels1764000000000, Runs1764000010000, Audit1764100000020, Imports1764100000030];

/** What a test gives in place of the world. */
export interface Given {
  readonly clock?: Clock;
  /** Of provider calls, whose signatures go by real time whatever the other clock says. */
  readonly callClock?: Clock;
  readonly random?: () => number;
  /** Waits between the attempts of a provider call. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

class ReconciliationModule {}

async function start(env: Env): Promise<RunningService> {
  return startReconciliation(reconciliationConfig(env));
}

export async function startReconciliation(config: ReconciliationConfig, given: Given = {}): Promise<RunningService> {
  const serviceRole = decodeURIComponent(new URL(config.RECONCILIATION_PG_URL).username);
  if (config.RECONCILIATION_PG_OWNER_URL) await migrate({ ownerUrl: config.RECONCILIATION_PG_OWNER_URL, serviceRole, migrations: migrations(config.TIDEMARK_PARTITIONS) });
  const opened = new Opened();
  try {
    return await run(config, given, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function run(config: ReconciliationConfig, given: Given, opened: Opened): Promise<RunningService> {
  const logger = createLogger({ service: service.name, level: config.LOG_LEVEL });
  const registry = createMetrics(service.name);
  const partitions = config.TIDEMARK_PARTITIONS;
  const database = opened.add(await openDatabase({ url: config.RECONCILIATION_PG_URL, application: service.name, poolSize: config.RECONCILIATION_PG_POOL }), (one) => one.close());
  const credentials = opened.add(await openCredentialStore(config, service.name), (one) => one.close());
  const nats = opened.add(await connectNats(config.NATS_URL, service.name), (one) => (one.isClosed() ? Promise.resolve() : one.drain()));
  const log = await EventLog.open({ name: service.name, database, partitions });
  opened.add(await startEventLogServer({ log, nats, logger, relay: config.RECONCILIATION_RELAY === 'on', streamReplicas: config.NATS_STREAM_REPLICAS }), (one) => one.close());
  const common = { clock: given.clock ?? systemClock, random: given.random ?? Math.random, logger, metrics: reconciliationMetrics(registry) };
  const deps: ReconciliationDeps = {
    ...common, database, log, credentials, newId, auditKey: config.AUDIT_KEY, tolerance: config.tolerance, settings: config.runs,
    providers: providerDirectory({ ...common, clock: given.callClock ?? common.clock, settings: config.providers, credentials, ...(given.sleep ? { sleep: given.sleep } : {}) }),
    wake: () => worker.wake(),
  };
  const worker = new TaskWorker(deps, randomUUID());
  const work = { database, nats, partitions, logger };
  opened.add(await startProjections({ ...work, projections: PROJECTIONS }), (one) => one.close());
  opened.add(await startReactors({ ...work, reactors: [eraser(deps), ender(deps)] }), (one) => one.close());
  opened.add(worker, (one) => one.close()).start();
  opened.add(new Scheduler(deps), (one) => one.close()).start();
  const parts = [{ provide: RECONCILIATION_DEPS, useValue: deps }, { provide: IMPORTS, useValue: deps }, { provide: REPORTS, useValue: database }, { provide: AUDIT, useValue: { database, log, key: deps.auditKey } }];
  const module = { module: ReconciliationModule, controllers: CONTROLLERS, providers: parts };
  const ready = () => readiness(database, credentials);
  const nest = opened.add(await startNest({ module, name: service.name, host: config.RECONCILIATION_HOST, port: config.RECONCILIATION_HTTP_PORT, natsUrl: config.NATS_URL, nats, log: logger, ready, metrics: registry }), (one) => one.close());
  return { name: service.name, port: nest.port, close: () => opened.close() };
}

async function readiness(database: Database, credentials: CredentialStore): Promise<Record<string, string>> {
  await database.query('SELECT 1');
  await credentials.check();
  return { postgres: 'up', credentials: 'up' };
}
