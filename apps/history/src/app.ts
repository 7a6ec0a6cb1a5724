/** history: what portfolios were worth. Prices and symbols, reconstruction, end of day, live values, and the answers from them. */
import { randomUUID } from 'node:crypto';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import { migrate, openDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { projectionsMigration, startProjections, startReactors } from '@tidemark/projections';
import { connectNats, createLogger, createMetrics, startNest, systemClock } from '@tidemark/service';
import type { Env, RunningService, ServiceDefinition } from '@tidemark/service';
import { historyConfig } from './config.js';
import type { HistoryConfig } from './config.js';
import { historyModule } from './history.module.js';
import type { PriceSupply, RunDeps } from './jobs/deps.js';
import { noPrices } from './jobs/no-prices.js';
import { accountReactor, marketReactor } from './jobs/react.js';
import { ReconstructionController, WAKE } from './jobs/reconstruction.controller.js';
import { Understanding } from './jobs/understanding.js';
import { ReconstructionWorker } from './jobs/worker.js';
import { runMetrics } from './metrics.js';
import { HistoryDays1763700060000 } from './migrations/days.migration.js';
import { History1763700020000 } from './migrations/history.migration.js';
import { Opened } from './opened.js';
import { accounts } from './projections/accounts/project.js';
import { capturedSnapshots } from './projections/captured-snapshots/project.js';
import { holdings } from './projections/holdings/project.js';
import { settings } from './projections/settings/project.js';
import { transactions } from './projections/transactions/project.js';
import type { HistoryReads } from './reads/read-context.js';
import { reconstruct } from './reconstruction/reconstruct.js';

export type { HistoryConfig } from './config.js';

export const service: ServiceDefinition = { name: 'history', start };

export const PROJECTIONS = [accounts, settings, capturedSnapshots, holdings, transactions];

/** @param partitions of the log, fixed when it is installed */
export const migrations = (partitions?: number) => [eventLogMigration(partitions), projectionsMigration(), History1763700020000, HistoryDays1763700060000];

/** What a test gives in place of the world. */
export interface Given {
  readonly clock?: Clock;
  readonly supply?: PriceSupply;
}

async function start(env: Env): Promise<RunningService> {
  return startHistory(historyConfig(env));
}

export async function startHistory(config: HistoryConfig, given: Given = {}): Promise<RunningService> {
  const serviceRole = decodeURIComponent(new URL(config.HISTORY_PG_URL).username);
  if (config.HISTORY_PG_OWNER_URL) await migrate({ ownerUrl: config.HISTORY_PG_OWNER_URL, serviceRole, migrations: migrations(config.TIDEMARK_PARTITIONS) });
  const opened = new Opened();
  try {
    return await run(config, given, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function run(config: HistoryConfig, given: Given, opened: Opened): Promise<RunningService> {
  const logger = createLogger({ service: service.name, level: config.LOG_LEVEL });
  const registry = createMetrics(service.name);
  const partitions = config.TIDEMARK_PARTITIONS;
  const database = opened.add(await openDatabase({ url: config.HISTORY_PG_URL, application: service.name, poolSize: config.HISTORY_PG_POOL }), (one) => one.close());
  const nats = opened.add(await connectNats(config.NATS_URL, service.name), (one) => (one.isClosed() ? Promise.resolve() : one.drain()));
  const log = await EventLog.open({ name: service.name, database, partitions });
  opened.add(await startEventLogServer({ log, nats, logger, relay: config.HISTORY_RELAY === 'on', streamReplicas: config.NATS_STREAM_REPLICAS }), (one) => one.close());
  const clock = given.clock ?? systemClock;
  const deps: RunDeps = { database, log, clock, logger, metrics: runMetrics(registry), supply: given.supply ?? noPrices, settings: config.runs, reconstruct, wake: () => worker.wake() };
  const worker = new ReconstructionWorker(deps, randomUUID());
  const projections = { database, nats, partitions, logger };
  opened.add(await startProjections({ ...projections, projections: PROJECTIONS }), (one) => one.close());
  opened.add(await startReactors({ ...projections, reactors: [accountReactor(deps), marketReactor(deps)] }), (one) => one.close());
  opened.add(worker, (one) => one.close()).start();
  opened.add(new Understanding(deps), (one) => one.close()).start();
  const reads: HistoryReads = { database, clock, prices: noPrices };
  const module = historyModule({ reads, controllers: [ReconstructionController], providers: [{ provide: WAKE, useValue: deps.wake }] });
  const ready = () => readiness(database);
  const nest = opened.add(await startNest({ module, name: service.name, host: config.HISTORY_HOST, port: config.HISTORY_HTTP_PORT, natsUrl: config.NATS_URL, nats, log: logger, ready, metrics: registry }), (one) => one.close());
  return { name: service.name, port: nest.port, close: () => opened.close() };
}

async function readiness(database: Database): Promise<Record<string, string>> {
  await database.query('SELECT 1');
  return { postgres: 'up' };
}
