/** Gateway and history, each a process of its own, on real Postgres and NATS, and beside them the bare route. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provisionAll } from '../../deploy/provision-all.mjs';
import { openDatabase } from '@tidemark/postgres';
import { startNats, startPostgres } from '@tidemark/testing';
import { launcher } from '../measure/launch.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
export const JWT_SECRET = 'a secret that the bench and its own gateway share, for as long as both run';
const UNLIMITED = '1000000000';

export async function layQueryGround() {
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
  const { databases } = await provisionAll(postgres.adminUrl, { ownerPassword: 'o', servicePassword: 's', readerPassword: 'r' }, ['HISTORY', 'GATEWAY']);
  const general = { NODE_ENV: 'production', LOG_LEVEL: 'error', NATS_URL: nats.url };
  const urls = (name) => ({ [`${name}_PG_URL`]: databases[name].serviceUrl, [`${name}_PG_OWNER_URL`]: databases[name].ownerUrl });
  const launch = launcher(folder, stops);
  const history = await launch('history', at('../../apps/history/dist/main.js'), 'HISTORY_HTTP_PORT', '/health/ready', { ...general, ...urls('HISTORY'), PRICE_SOURCE: 'none', HISTORY_CLOSE_DELAY: '2000h' });
  const limits = { GATEWAY_RATE_LIMIT_USER: UNLIMITED, GATEWAY_RATE_LIMIT_IP: UNLIMITED };
  const gateway = await launch('gateway', at('../../apps/gateway/dist/main.js'), 'GATEWAY_HTTP_PORT', '/health/ready', { ...general, ...urls('GATEWAY'), ...limits, GATEWAY_JWT_SECRET: JWT_SECRET });
  const bare = await launch('bare', at('./bare-history.mjs'), 'BARE_PORT', '/ready', { BARE_PG_URL: databases.HISTORY.serviceUrl });
  const database = await openDatabase({ url: databases.HISTORY.serviceUrl, application: 'bench', poolSize: 2 });
  stops.push(() => database.close());
  const owner = await openDatabase({ url: databases.HISTORY.ownerUrl, application: 'bench', poolSize: 1 });
  stops.push(() => owner.close());
  const pids = { gateway: gateway.pid, history: history.pid, bare: bare.pid, postgres: postgres.pid, nats: nats.pid };
  return { database, owner, gateway: gateway.url, bare: bare.url, pids };
}
