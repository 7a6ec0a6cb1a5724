/** Deliveries on a database of their own, and receivers on this machine that do what a test says. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { alertsRpc, DeliveryTarget } from '@tidemark/contracts';
import { EventLog, eventLogMigration } from '@tidemark/event-log';
import { instant } from '@tidemark/kernel';
import type { Clock } from '@tidemark/kernel';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { createLogger, createMetrics, readConfig } from '@tidemark/service';
import { testDatabase } from '@tidemark/testing';
import { Deliveries1764003600000 } from '../migrations/deliveries.migration.js';
import { createDeliveries } from './create-deliveries.js';
import { deliveriesOf } from './list-deliveries.js';
import type { DeliveryDeps } from './deps.js';
import { deliveryMetrics } from './metrics.js';
import { deliverySettings, deliverySettingsOf } from './settings.js';
import { DeliveryWorker } from './worker.js';

export const SECRET = 'whsec-0123456789abcdef';

export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  /** Connections that were ever made. */
  readonly connections: () => number;
  readonly open: () => number;
  close(): Promise<void>;
}

/** @param answer what it does with a request that has come as a whole; default: 204 */
export async function startReceiver(answer: (request: Received, response: ServerResponse, socket: Socket) => void = (_, response) => void response.writeHead(204).end()): Promise<Receiver> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const one = { path: request.url ?? '', method: request.method ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8'), at: performance.now() };
      received.push(one);
      answer(one, response, request.socket);
    });
    response.on('error', () => undefined);
  });
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
  return { port, url: `http://127.0.0.1:${port}/hook`, received, connections: () => connections, open: () => sockets.size, close };
}

export function alertMessage(raisedAt: number, name = 'Low cash'): alertsRpc.AlertMessage {
  return {
    alertId: randomUUID(), ruleId: randomUUID(), name, kind: 'balance_below', accountId: null, connectionId: null, raisedAt: instant(raisedAt), cause: { eventId: null, type: 'BalanceSnapshotCaptured', at: instant(raisedAt) },
    message: 'The portfolio is worth 900.5 USD, below 1000 USD.', figures: { value: '900.5', threshold: '1000', unit: 'money', currency: 'USD', asset: null },
  };
}

export interface Bench {
  readonly database: Database;
  readonly log: EventLog;
  /** Every line that was logged. */
  readonly lines: string[];
  readonly metrics: () => Promise<string>;
  /** A worker that is started, on what a test changes. */
  worker(given?: Partial<DeliveryDeps> & { readonly env?: Record<string, string>; readonly lock?: { readonly lockMs: number } }): DeliveryWorker;
  raise(targets: readonly DeliveryTarget[], given?: { userId?: string; muted?: boolean; name?: string; at?: number }): Promise<alertsRpc.AlertMessage>;
  deliveries(alertId: string): Promise<alertsRpc.Alert['deliveries']>;
  close(): Promise<void>;
}

export async function deliveryBench(name: string, clock: Clock = { now: () => Date.now() }): Promise<Bench> {
  const server = await testDatabase(name);
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_log`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [eventLogMigration(), Deliveries1764003600000] });
  const database = await openDatabase({ url: urls.serviceUrl, application: 'test' });
  const log = new EventLog({ name: 'alerts', database });
  const lines: string[] = [];
  const logger = createLogger({ service: 'alerts', level: 'trace', destination: { write: (line) => void lines.push(line) } });
  const registry = createMetrics('alerts');
  const metrics = deliveryMetrics(registry);
  const workers: DeliveryWorker[] = [];
  return {
    database, log, lines, metrics: () => registry.metrics(),
    worker({ env = {}, lock = { lockMs: 30_000 }, ...given } = {}) {
      const settings = deliverySettingsOf(readConfig(deliverySettings, { ALERTS_ALLOW_PRIVATE: '127.0.0.1,localhost', ...env }));
      // Their own poll would hide a wake that is missing.
      const deps = { database, log, clock, logger, metrics, settings: { ...settings, pollMs: 60_000, ...lock }, secretsOf: async (ruleIds: readonly string[]) => new Map(ruleIds.map((id) => [id, SECRET])), random: () => 0.5, ...given };
      const worker = new DeliveryWorker(deps, randomUUID());
      workers.push(worker);
      worker.start();
      return worker;
    },
    async raise(targets, { userId = 'ann', muted = false, name: ruleName, at = clock.now() } = {}) {
      const message = alertMessage(at, ruleName);
      await database.transaction((tx) => createDeliveries(tx, [{ userId, message, deliveries: targets, muted }], at));
      return message;
    },
    deliveries: async (alertId) => (await deliveriesOf(database, [alertId])).get(alertId) ?? [],
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      await database.close();
      await server.drop();
    },
  };
}
