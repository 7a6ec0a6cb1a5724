/**
 * The read side as it is deployed: real Postgres and NATS, the snapshots service and the gateway each in a process of its own, and
 * beside them the bare route. The logs that snapshots follows are away: nothing is appended while reads are measured.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provisionAll } from '../../deploy/provision-all.mjs';
import { openDatabase } from '@tidemark/postgres';
import { freePort, startChild, startNats, startPostgres, waitUntil } from '@tidemark/testing';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
export const JWT_SECRET = 'a secret that the bench and its own gateway share, for as long as both run';
const UNLIMITED = '1000000000';

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
  const postgres = await startPostgres({});
  stops.push(() => postgres.stop());
  const nats = await startNats({});
  stops.push(() => nats.stop());
  const passwords = { ownerPassword: 'o', servicePassword: 's', readerPassword: 'r' };
  const { databases } = await provisionAll(postgres.adminUrl, passwords, ['SNAPSHOTS', 'GATEWAY']);
  const launch = launcher(folder, stops);
  // The logs' absence is worth a warning in production and would fill the log here.
  const general = { NODE_ENV: 'production', LOG_LEVEL: 'error', NATS_URL: nats.url };
  const urls = (name) => ({ [`${name}_PG_URL`]: databases[name].serviceUrl, [`${name}_PG_OWNER_URL`]: databases[name].ownerUrl });
  const snapshots = await launch('snapshots', at('../../apps/snapshots/dist/main.js'), 'SNAPSHOTS_HTTP_PORT', '/health/ready', { ...general, ...urls('SNAPSHOTS') });
  const limits = { GATEWAY_RATE_LIMIT_USER: UNLIMITED, GATEWAY_RATE_LIMIT_IP: UNLIMITED };
  const gateway = await launch('gateway', at('../../apps/gateway/dist/main.js'), 'GATEWAY_HTTP_PORT', '/health/ready', { ...general, ...urls('GATEWAY'), ...limits, GATEWAY_JWT_SECRET: JWT_SECRET });
  const bare = await launch('bare', at('./bare-route.mjs'), 'BARE_PORT', '/ready', { BARE_PG_URL: databases.SNAPSHOTS.serviceUrl });
  const database = await openDatabase({ url: databases.SNAPSHOTS.serviceUrl, application: 'bench', poolSize: 2 });
  stops.push(() => database.close());
  const adminUrl = new URL(postgres.adminUrl);
  adminUrl.pathname = new URL(databases.SNAPSHOTS.serviceUrl).pathname;
  return { database, adminUrl: adminUrl.href, gateway: gateway.url, bare: bare.url, pids: { gateway: gateway.pid, snapshots: snapshots.pid, nats: nats.pid, postgres: postgres.pid, bare: bare.pid } };
}

/** Starts a script as a process that cannot outlive us, and waits until it answers. */
function launcher(folder, stops) {
  return async (name, script, portVariable, health, env) => {
    const port = await freePort();
    const inherited = { PATH: process.env.PATH, NODE_OPTIONS: process.env.NODE_OPTIONS ?? '' };
    const child = startChild(process.execPath, [script], { logFile: join(folder, `${name}.log`), stopSignal: 'SIGTERM', spawn: { env: { ...inherited, ...env, [portVariable]: String(port) } } });
    stops.push(() => child.stop('SIGTERM'));
    const url = `http://127.0.0.1:${port}`;
    await waitUntil(async () => !child.running() || (await answers(`${url}${health}`)), { timeoutMs: 60_000, describe: () => `${name} to be ready; it said:\n${child.logTail()}` });
    if (!child.running()) throw new Error(`${name} ended; it said:\n${child.logTail()}`);
    return { url, pid: child.pid };
  };
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false; // it does not listen yet, so it is asked again
  }
}
