/** alerts: judges the rules of users as events arrive, and tells whom they name. */
import { randomUUID } from 'node:crypto';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import { migrate, openDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { projectionsMigration, startProjections, startReactors } from '@tidemark/projections';
import { connectNats, createLogger, createMetrics, Opened, RpcClient, startNest, systemClock } from '@tidemark/service';
import type { Env, RunningService, ServiceDefinition } from '@tidemark/service';
import { alertOfUser } from './alert/alert-store.js';
import { AlertsController } from './alert/alerts.controller.js';
import { alertsConfig } from './config.js';
import type { AlertsConfig } from './config.js';
import { deliveryMetrics } from './deliveries/metrics.js';
import { RETRY_DESK, RetryController } from './deliveries/retry.controller.js';
import type { RetryDesk } from './deliveries/retry.controller.js';
import { DeliveryWorker } from './deliveries/worker.js';
import { ALERTS } from './deps.js';
import type { AlertDeps } from './deps.js';
import { DueWorker } from './evaluation/due-worker.js';
import { marketReactor, userReactor } from './evaluation/reactors.js';
import { Sweeper } from './evaluation/sweeper.js';
import { alertMetrics } from './metrics.js';
import { Alerts1763950010000 } from './migrations/alerts.migration.js';
import { Deliveries1764003600000 } from './migrations/deliveries.migration.js';
import { accounts } from './projections/accounts/project.js';
import { connections } from './projections/connections/project.js';
import { rates } from './projections/rates/project.js';
import { lastSnapshots } from './projections/snapshots/project.js';
import { openRuleSecrets } from './rule/rule-secret.js';
import { RulesController } from './rule/rules.controller.js';

export type { AlertsConfig } from './config.js';

export const service: ServiceDefinition = { name: 'alerts', start };

export const PROJECTIONS = [accounts, connections, lastSnapshots, rates];

/** @param partitions of the log, fixed when it is installed */
export const migrations = (partitions?: number) => [eventLogMigration(partitions), projectionsMigration(), Alerts1763950010000, Deliveries1764003600000];

class AlertsModule {}

/** What a test gives in place of the world. */
export interface Given {
  readonly clock?: Clock;
}

async function start(env: Env): Promise<RunningService> {
  return startAlerts(alertsConfig(env));
}

export async function startAlerts(config: AlertsConfig, given: Given = {}): Promise<RunningService> {
  const serviceRole = decodeURIComponent(new URL(config.ALERTS_PG_URL).username);
  if (config.ALERTS_PG_OWNER_URL) await migrate({ ownerUrl: config.ALERTS_PG_OWNER_URL, serviceRole, migrations: migrations(config.TIDEMARK_PARTITIONS) });
  const opened = new Opened();
  try {
    return await run(config, given, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function run(config: AlertsConfig, given: Given, opened: Opened): Promise<RunningService> {
  const logger = createLogger({ service: service.name, level: config.LOG_LEVEL });
  const registry = createMetrics(service.name);
  const partitions = config.TIDEMARK_PARTITIONS;
  const clock = given.clock ?? systemClock;
  const database = opened.add(await openDatabase({ url: config.ALERTS_PG_URL, application: service.name, poolSize: config.ALERTS_PG_POOL }), (one) => one.close());
  const nats = opened.add(await connectNats(config.NATS_URL, service.name), (one) => (one.isClosed() ? Promise.resolve() : one.drain()));
  const log = await EventLog.open({ name: service.name, database, partitions });
  opened.add(await startEventLogServer({ log, nats, logger, relay: config.ALERTS_RELAY === 'on', streamReplicas: config.NATS_STREAM_REPLICAS }), (one) => one.close());
  const keyring = config.ALERTS_KEY;
  const secretsOf = (ruleIds: readonly string[]) => openRuleSecrets(database, keyring, ruleIds, (error) => logger.error({ err: error }, 'the secret of a rule cannot be opened; its webhooks wait'));
  const sender = opened.add(new DeliveryWorker({ database, log, clock, logger, metrics: deliveryMetrics(registry), settings: config.deliveries, secretsOf }, randomUUID()), (one) => one.close());
  const deps: AlertDeps = {
    database, log, nats, rpc: new RpcClient({ nats }), clock, logger, metrics: alertMetrics(registry), keyring, settings: config.judging, deliveries: config.deliveries, wake: () => due.wake(),
  };
  const due = opened.add(new DueWorker(deps), (one) => one.close());
  const sweeper = opened.add(new Sweeper(deps), (one) => one.close());
  const work = { database, nats, partitions, logger };
  opened.add(await startProjections({ ...work, projections: PROJECTIONS }), (one) => one.close());
  opened.add(await startReactors({ ...work, reactors: [userReactor(deps), marketReactor(deps)] }), (one) => one.close());
  // Every alert is an event of this log: after its commit there is something to send.
  opened.add(log.onCommitted(() => sender.wake()), (stop) => Promise.resolve(stop()));
  sender.start();
  due.start();
  sweeper.start();
  const desk: RetryDesk = { database, clock, findAlert: (userId, alertId) => alertOfUser(database, userId, alertId), wake: () => sender.wake() };
  const module = { module: AlertsModule, controllers: [RulesController, AlertsController, RetryController], providers: [{ provide: ALERTS, useValue: deps }, { provide: RETRY_DESK, useValue: desk }] };
  const ready = () => readiness(database);
  const nest = opened.add(await startNest({ module, name: service.name, host: config.ALERTS_HOST, port: config.ALERTS_HTTP_PORT, natsUrl: config.NATS_URL, nats, log: logger, ready, metrics: registry }), (one) => one.close());
  return { name: service.name, port: nest.port, close: () => opened.close() };
}

async function readiness(database: Database): Promise<Record<string, string>> {
  await database.query('SELECT 1');
  return { postgres: 'up' };
}
