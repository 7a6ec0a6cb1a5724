/** history: what portfolios were worth. Prices and symbols, reconstruction, end of day, live values, and the answers from them. */
import { randomUUID } from 'node:crypto';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import { migrate, openDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { projectionsMigration, startProjections, startReactors } from '@tidemark/projections';
import { connectNats, createLogger, createMetrics, Opened, startNest, systemClock } from '@tidemark/service';
import type { Env, RunningService, ServiceDefinition } from '@tidemark/service';
import { ActivitiesController } from './activities/activities.controller.js';
import { AllocationController } from './allocation/allocation.controller.js';
import { CLOSING, CloseController } from './closing/close.controller.js';
import { startClosing } from './closing/start-closing.js';
import { composePrices } from './compose-prices.js';
import { historyConfig } from './config.js';
import type { HistoryConfig } from './config.js';
import { ExportController } from './exports/export.controller.js';
import { GainsController } from './gains/gains.controller.js';
import { historyModule } from './history.module.js';
import { IncomeController } from './income/income.controller.js';
import { startIntraday } from './intraday/start-intraday.js';
import { WATCH_DESK, WatchController } from './intraday/watches/watch.controller.js';
import type { PriceSupply, RunDeps } from './jobs/deps.js';
import { releaseWaiting } from './jobs/queue.js';
import { accountReactor, marketReactor } from './jobs/react.js';
import { ReconstructionController, WAKE } from './jobs/reconstruction.controller.js';
import { Understanding } from './jobs/understanding.js';
import { ReconstructionWorker } from './jobs/worker.js';
import { runMetrics } from './metrics.js';
import { Closing1763700070000 } from './migrations/closing.migration.js';
import { HistoryDays1763700060000 } from './migrations/days.migration.js';
import { History1763700020000 } from './migrations/history.migration.js';
import { HistoryIntraday1763700080000 } from './migrations/intraday.migration.js';
import { Prices1763710030000 } from './migrations/prices.migration.js';
import { Introduced1763900020000 } from './migrations/introduced.migration.js';
import type { PriceSource } from './price-source/price-source.js';
import { PRICES, PricesController } from './prices/prices.controller.js';
import { accounts } from './projections/accounts/project.js';
import { capturedSnapshots } from './projections/captured-snapshots/project.js';
import { holdings } from './projections/holdings/project.js';
import { settings } from './projections/settings/project.js';
import { transactions } from './projections/transactions/project.js';
import { reconstruct } from './reconstruction/reconstruct.js';
import { PerformanceController } from './returns/performance.controller.js';
import { AnalyticsController } from './risk/analytics.controller.js';
import { PortfolioHistoryController } from './series/portfolio-history.controller.js';

export type { HistoryConfig } from './config.js';

export const service: ServiceDefinition = { name: 'history', start };

const CONTROLLERS = [
  ReconstructionController, PortfolioHistoryController, ActivitiesController, PerformanceController, AllocationController, AnalyticsController, GainsController, IncomeController, ExportController, PricesController,
  CloseController, WatchController,
];

export const PROJECTIONS = [accounts, settings, capturedSnapshots, holdings, transactions];

/** @param partitions of the log, fixed when it is installed */
export const migrations = (partitions?: number) => [eventLogMigration(partitions), projectionsMigration(), History1763700020000, HistoryDays1763700060000, Closing1763700070000, HistoryIntraday1763700080000, Prices1763710030000, Introduced1763900020000];

/** What a test gives in place of the world. */
export interface Given {
  readonly clock?: Clock;
  readonly source?: PriceSource | null;
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
  const settled = async (runIds: readonly string[]): Promise<void> => {
    await releaseWaiting(database, runIds);
    worker.wake();
  };
  const { prices, supply, quotes } = composePrices(config, { database, log, clock, logger, registry, settled, ...(given.source === undefined ? {} : { source: given.source }) });
  opened.add(prices, (one) => one.close());
  const deps: RunDeps = { database, log, clock, logger, metrics: runMetrics(registry), supply: given.supply ?? supply, settings: config.runs, reconstruct, wake: () => worker.wake() };
  const worker = new ReconstructionWorker(deps, randomUUID());
  const work = { database, nats, partitions, logger };
  opened.add(await startProjections({ ...work, projections: PROJECTIONS }), (one) => one.close());
  opened.add(await startReactors({ ...work, reactors: [accountReactor(deps), marketReactor(deps)] }), (one) => one.close());
  opened.add(worker, (one) => one.close()).start();
  opened.add(new Understanding(deps), (one) => one.close()).start();
  const closing = opened.add(startClosing({ database, log, clock, logger, supply: deps.supply, settings: config.closing, wake: deps.wake }, randomUUID()), (one) => one.close());
  const intraday = opened.add(await startIntraday({ ...work, clock, metrics: registry, prices: prices.reads, quotes, hours: config.QUOTES_HOURS }), (one) => one.close());
  const module = historyModule({
    reads: { database, clock, prices: prices.reads },
    controllers: CONTROLLERS,
    providers: [{ provide: WAKE, useValue: deps.wake }, { provide: PRICES, useValue: prices }, { provide: CLOSING, useValue: closing.desk }, { provide: WATCH_DESK, useValue: intraday.desk }],
  });
  const ready = () => readiness(database);
  const nest = opened.add(await startNest({ module, name: service.name, host: config.HISTORY_HOST, port: config.HISTORY_HTTP_PORT, natsUrl: config.NATS_URL, nats, log: logger, ready, metrics: registry }), (one) => one.close());
  return { name: service.name, port: nest.port, close: () => opened.close() };
}

async function readiness(database: Database): Promise<Record<string, string>> {
  await database.query('SELECT 1');
  return { postgres: 'up' };
}
