/** alerts: judges the rules of users as events arrive, and tells whom they name. */
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { migrate, openDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { projectionsMigration } from '@tidemark/projections';
import { connectNats, createLogger, createMetrics, Opened, startNest } from '@tidemark/service';
import type { Env, RunningService, ServiceDefinition } from '@tidemark/service';
import { alertsConfig } from './config.js';
import type { AlertsConfig } from './config.js';

export type { AlertsConfig } from './config.js';

export const service: ServiceDefinition = { name: 'alerts', start };

/** @param partitions of the log, fixed when it is installed */
export const migrations = (partitions?: number) => [eventLogMigration(partitions), projectionsMigration()];

class AlertsModule {}

async function start(env: Env): Promise<RunningService> {
  const config = alertsConfig(env);
  const serviceRole = decodeURIComponent(new URL(config.ALERTS_PG_URL).username);
  if (config.ALERTS_PG_OWNER_URL) await migrate({ ownerUrl: config.ALERTS_PG_OWNER_URL, serviceRole, migrations: migrations(config.TIDEMARK_PARTITIONS) });
  const opened = new Opened();
  try {
    return await run(config, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function run(config: AlertsConfig, opened: Opened): Promise<RunningService> {
  const logger = createLogger({ service: service.name, level: config.LOG_LEVEL });
  const registry = createMetrics(service.name);
  const partitions = config.TIDEMARK_PARTITIONS;
  const database = opened.add(await openDatabase({ url: config.ALERTS_PG_URL, application: service.name, poolSize: config.ALERTS_PG_POOL }), (one) => one.close());
  const nats = opened.add(await connectNats(config.NATS_URL, service.name), (one) => (one.isClosed() ? Promise.resolve() : one.drain()));
  const log = await EventLog.open({ name: service.name, database, partitions });
  opened.add(await startEventLogServer({ log, nats, logger, relay: config.ALERTS_RELAY === 'on', streamReplicas: config.NATS_STREAM_REPLICAS }), (one) => one.close());
  const module = { module: AlertsModule, controllers: [], providers: [] };
  const ready = () => readiness(database);
  const nest = opened.add(await startNest({ module, name: service.name, host: config.ALERTS_HOST, port: config.ALERTS_HTTP_PORT, natsUrl: config.NATS_URL, nats, log: logger, ready, metrics: registry }), (one) => one.close());
  return { name: service.name, port: nest.port, close: () => opened.close() };
}

async function readiness(database: Database): Promise<Record<string, string>> {
  await database.query('SELECT 1');
  return { postgres: 'up' };
}
