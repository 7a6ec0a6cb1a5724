/** Live values as they are deployed: real Postgres and NATS, history and gateway each in a process of its own, and the price source's socket here. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provisionAll } from '../../deploy/provision-all.mjs';
import { openDatabase } from '@tidemark/postgres';
import { startNats, startPostgres } from '@tidemark/testing';
import { launcher } from '../measure/launch.mjs';
import { FMP_KEY, startTicker } from './ticker.mjs';

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
  const [postgres, nats, ticker] = await Promise.all([startPostgres({}), startNats({}), startTicker()]);
  stops.push(() => postgres.stop(), () => nats.stop(), () => ticker.close());
  const { databases } = await provisionAll(postgres.adminUrl, { ownerPassword: 'o', servicePassword: 's', readerPassword: 'r' }, ['HISTORY', 'GATEWAY']);
  const launch = launcher(folder, stops);
  const general = { NODE_ENV: 'production', LOG_LEVEL: 'error', NATS_URL: nats.url };
  const urls = (name) => ({ [`${name}_PG_URL`]: databases[name].serviceUrl, [`${name}_PG_OWNER_URL`]: databases[name].ownerUrl });
  const quotes = { QUOTES: 'stream', QUOTES_HOURS: 'always', FMP_WS_URL: ticker.url, FMP_API_KEY: FMP_KEY };
  const limits = { GATEWAY_RATE_LIMIT_USER: UNLIMITED, GATEWAY_RATE_LIMIT_IP: UNLIMITED, GATEWAY_JWT_SECRET: JWT_SECRET };
  const [history, gateway] = await Promise.all([
    launch('history', at('../../apps/history/dist/main.js'), 'HISTORY_HTTP_PORT', '/health/ready', { ...general, ...urls('HISTORY'), ...quotes }),
    launch('gateway', at('../../apps/gateway/dist/main.js'), 'GATEWAY_HTTP_PORT', '/health/ready', { ...general, ...urls('GATEWAY'), ...limits }),
  ]);
  const database = await openDatabase({ url: databases.HISTORY.serviceUrl, application: 'bench', poolSize: 2 });
  stops.push(() => database.close());
  return { database, ticker, gateway: gateway.url, pids: { gateway: gateway.pid, history: history.pid, nats: nats.pid, postgres: postgres.pid } };
}
