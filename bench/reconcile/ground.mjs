/** Reconciliation as it is deployed: real Postgres and NATS, the sandbox with a generated world, and four services in processes of their own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provisionAll } from '../../deploy/provision-all.mjs';
import { generateWorld } from '@tidemark/app-sandbox';
import { openDatabase } from '@tidemark/postgres';
import { freePort, startNats, startPostgres } from '@tidemark/testing';
import { environments } from '../../tools/standalone/settings.mjs';
import { launcher } from '../measure/launch.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const SECRETS = { ownerPassword: 'o', servicePassword: 's', readerPassword: 'r', jwtSecret: 'a secret that the bench and its own gateway share, for as long as both run', credentialsKey: Buffer.alloc(32, 7).toString('base64'), auditKey: Buffer.alloc(32, 9).toString('base64'), alertsKey: `bench:${Buffer.alloc(32, 11).toString('base64')}` };
const UNLIMITED = '1000000';

/** @param {{ users: number, accountsEach: number, holdingsEach: number }} size */
export async function layGround(size) {
  const stops = [];
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    return { ...(await start(size, stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start({ users, accountsEach, holdingsEach }, stops) {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  stops.push(async () => rmSync(folder, { recursive: true, force: true }));
  const world = generateWorld({ seed: 11, persons: users, accountsPerPerson: accountsEach, holdingsPerAccount: holdingsEach, transactionsPerAccount: 2 });
  const file = join(folder, 'world.json');
  writeFileSync(file, JSON.stringify({ ...world, rateLimits: { enabled: false }, accounts: world.accounts.map((account) => ({ ...account, institution: 'schwab', type: 'investment', subtype: 'brokerage' })) }));
  const [postgres, nats] = await Promise.all([startPostgres({}), startNats({})]);
  stops.push(() => postgres.stop(), () => nats.stop());
  const provisioned = await provisionAll(postgres.adminUrl, SECRETS);
  const launch = launcher(folder, stops);
  const sandbox = await launch('sandbox', at('../../apps/sandbox/dist/main.js'), 'SANDBOX_PORT', '/_control/clock', { SANDBOX_WORLD: file });
  const ports = Object.fromEntries(await Promise.all(['connections', 'sync', 'snapshots', 'history', 'reconciliation', 'alerts', 'gateway'].map(async (name) => [name, await freePort()])));
  const keys = { plaid: { clientId: 'sandbox-plaid-client', secret: 'sandbox-plaid-secret' }, snaptrade: { clientId: 'SANDBOX-TIDEMARK', consumerKey: 'sandbox-snaptrade-consumer-key' }, fmp: { apiKey: 'sandbox-fmp-key' } };
  const env = { LOG_LEVEL: 'error', NODE_ENV: 'development', RECONCILIATION_PER_MINUTE: UNLIMITED.slice(0, 5), RECONCILIATION_CONCURRENCY: '64', RECONCILIATION_PROVIDER_CONCURRENCY: '64', SNAPTRADE_REQUESTS_PER_MINUTE: UNLIMITED, GATEWAY_RATE_LIMIT_USER: UNLIMITED, GATEWAY_RATE_LIMIT_IP: UNLIMITED };
  const each = environments({ env, ports, natsUrl: nats.url, ...provisioned, secrets: SECRETS, sandbox: { url: sandbox.url, ...keys } });
  const service = (name) => launch(name, at(`../../apps/${name}/dist/main.js`), `${name.toUpperCase()}_HTTP_PORT`, '/health/ready', each[name]);
  const [connections, sync] = [await service('connections'), await service('sync')];
  const [reconciliation, gateway] = await Promise.all([service('reconciliation'), service('gateway')]);
  const database = await openDatabase({ url: provisioned.databases.RECONCILIATION.ownerUrl, application: 'bench', poolSize: 2 });
  stops.push(() => database.close());
  return { database, adminUrl: postgres.adminUrl, sandbox: sandbox.url, gateway: gateway.url, pids: { sandbox: sandbox.pid, connections: connections.pid, sync: sync.pid, reconciliation: reconciliation.pid, gateway: gateway.pid, nats: nats.pid, postgres: postgres.pid } };
}
