/**
 * Alerts as they are deployed: real Postgres and NATS; alerts and snapshots in processes of their own; the logs that they follow are
 * this process's, which says what happens in the world; and a receiver of webhooks that notes when each arrived.
 */
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provisionAll } from '../../deploy/provision-all.mjs';
import { EventLog, eventLogMigration, startEventLogServer } from '@tidemark/event-log';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import { connectNats, createLogger, RpcClient } from '@tidemark/service';
import { startNats, startPostgres } from '@tidemark/testing';
import { launcher } from '../measure/launch.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const LOGS = ['connections', 'sync', 'reconciliation', 'history'];

export async function layGround() {
  const stops = [];
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    return { ...(await start(stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(stops) {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  stops.push(async () => rmSync(folder, { recursive: true, force: true }));
  const [postgres, nats, receiver] = await Promise.all([startPostgres({}), startNats({}), startReceiver()]);
  stops.push(() => postgres.stop(), () => nats.stop(), () => receiver.close());
  const { databases } = await provisionAll(postgres.adminUrl, { ownerPassword: 'o', servicePassword: 's', readerPassword: 'r' }, ['SNAPSHOTS', 'ALERTS']);
  const logs = {};
  for (const name of LOGS) logs[name] = await openLog(name, postgres, nats, stops);
  const launch = launcher(folder, stops);
  const general = { NODE_ENV: 'production', LOG_LEVEL: 'error', NATS_URL: nats.url };
  const urls = (name) => ({ [`${name}_PG_URL`]: databases[name].serviceUrl, [`${name}_PG_OWNER_URL`]: databases[name].ownerUrl });
  const snapshots = await launch('snapshots', at('../../apps/snapshots/dist/main.js'), 'SNAPSHOTS_HTTP_PORT', '/health/ready', { ...general, ...urls('SNAPSHOTS') });
  const alerts = await launch('alerts', at('../../apps/alerts/dist/main.js'), 'ALERTS_HTTP_PORT', '/health/ready', { ...general, ...urls('ALERTS'), ALERTS_KEY: `bench:${Buffer.alloc(32, 11).toString('base64')}`, ALERTS_ALLOW_PRIVATE: '127.0.0.1' });
  const connection = await connectNats(nats.url, 'bench');
  stops.push(() => connection.close());
  const database = await openDatabase({ url: databases.ALERTS.ownerUrl, application: 'bench', poolSize: 2 });
  stops.push(() => database.close());
  return { logs, receiver, database, rpc: new RpcClient({ nats: connection }), adminUrl: postgres.adminUrl, pids: { alerts: alerts.pid, snapshots: snapshots.pid, nats: nats.pid, postgres: postgres.pid } };
}

async function openLog(name, postgres, nats, stops) {
  const urls = await provisionDatabase({ adminUrl: postgres.adminUrl, database: `bench_${name}`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [eventLogMigration()] });
  const database = await openDatabase({ url: urls.serviceUrl, application: `bench-${name}`, poolSize: 6 });
  const connection = await connectNats(nats.url, name);
  const log = await EventLog.open({ name, database });
  const served = await startEventLogServer({ log, nats: connection, logger: createLogger({ service: name, level: 'error' }), relay: true });
  stops.push(() => database.close(), () => connection.close(), () => served.close());
  return log;
}

/** Answers 204 at once. `arrived`: by the id of the event that caused an alert, when the first webhook of it came, and how many came. */
function startReceiver() {
  const arrived = new Map();
  const server = createServer((request, answer) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const { cause, kind } = JSON.parse(Buffer.concat(parts).toString());
      const seen = arrived.get(cause.eventId);
      arrived.set(cause.eventId, seen ? { ...seen, times: seen.times + 1 } : { at: performance.now(), kind, times: 1 });
      answer.writeHead(204).end();
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}/hook`, arrived, close: () => new Promise((done) => server.close(done) && server.closeAllConnections()) }));
  });
}
