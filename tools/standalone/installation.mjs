/**
 * The whole of Tidemark on one machine, as a thing to start and stop: Postgres, NATS, the sandbox and every service in one
 * process. Used by `npm start`, by the end-to-end tests and by the benches, each with a state folder of its own.
 */
import { accessSync, chmodSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_CREDENTIALS, startSandbox } from '@tidemark/app-sandbox';
import { provisionAll } from '../../deploy/provision-all.mjs';
import { Plain } from '../bootstrap/console.mjs';
import { localNats, localPostgres } from './infrastructure.mjs';
import { choosePorts, demandFree, settledPorts } from './ports.mjs';
import { demandNotRunning, removeNote, writeNote } from './running.mjs';
import { loadSecrets } from './secrets.mjs';
import { startServices, stopServices } from './services.mjs';
import { environments } from './settings.mjs';

const load = (name) => import(`@tidemark/app-${name}`);

/**
 * @typedef {object} Installation
 * @property {string} apiUrl
 * @property {string} docsUrl Swagger UI
 * @property {string} sandboxUrl
 * @property {string} natsUrl
 * @property {string | undefined} jwtSecret what the gateway checks tokens with; undefined when the user brought an issuer
 * @property {string} adminUrl Postgres, as its superuser
 * @property {Record<string, string>} healthUrls service → where it says how it is
 * @property {Record<string, Record<string, string | undefined>>} environments what each service was started with
 * @property {{ postgres: number | undefined, nats: number | undefined }} pids
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{
 *   folder: string,
 *   env?: Record<string, string | undefined>,
 *   step?: <T>(title: string, work: (progress: (what: string) => void) => Promise<T>) => Promise<T>,
 * }} options `folder` keeps data and secrets; `step` reports progress
 * @returns {Promise<Installation>}
 */
export async function startInstallation({ folder, env = process.env, step = (_title, work) => work(() => undefined) }) {
  makeFolder(folder);
  // As root, Postgres runs as another user and must pass through to its data; secrets are kept by their own file's mode.
  if (process.getuid?.() === 0) chmodSync(folder, 0o711);
  demandNotRunning(folder);
  const chosen = choosePorts(env);
  await demandFree(chosen);
  const ports = await settledPorts(chosen);
  writeNote(folder, {});
  const stops = [() => removeNote(folder)];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    return { ...(await startAll({ folder, env, step, ports, stops })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Plain(`${folder} cannot keep the state of an installation: ${error.code === 'EEXIST' ? 'it is a file' : error.message}`, ['name a folder that can be written: TIDEMARK_STATE_DIR=another-folder npm start']);
  }
}

async function startAll({ folder, env, step, ports, stops }) {
  const secrets = loadSecrets(folder);
  const postgres = await step(env.PG_URL ? 'Postgres (PG_URL)' : 'Postgres', (log) => localPostgres({ folder, env, password: secrets.postgresPassword, log }));
  stops.push(() => postgres.stop());
  const nats = await step(env.NATS_URL ? 'NATS (NATS_URL)' : 'NATS', (log) => localNats({ folder, env, log }));
  stops.push(() => nats.stop());
  const provisioned = await step('databases and roles', () => provisionAll(postgres.adminUrl, secrets));
  const sandbox = await step('sandbox', () => startSandbox({ port: ports.sandbox, stateFile: join(folder, 'sandbox.json'), webhooks: webhooks(ports), log: quiet, ...world(env) }));
  stops.push(() => sandbox.close());
  const each = environments({ env, ports, natsUrl: nats.url, ...provisioned, secrets, sandbox: { url: sandbox.url, ...DEFAULT_CREDENTIALS } });
  const services = await step('services', (progress) => startServices(each, load, progress));
  stops.push(() => stopServices(services));
  const at = Object.fromEntries(services.map(({ name, port }) => [name, `http://127.0.0.1:${port}`]));
  const addresses = { apiUrl: at.gateway, docsUrl: `${at.gateway}/docs`, sandboxUrl: sandbox.url, natsUrl: nats.url };
  const pids = { postgres: postgres.pid, nats: nats.pid };
  writeNote(folder, { ...addresses, pids });
  return {
    ...addresses,
    adminUrl: postgres.adminUrl,
    healthUrls: Object.fromEntries(Object.entries(at).map(([name, url]) => [name, `${url}/health/ready`])),
    environments: each,
    jwtSecret: each.gateway.GATEWAY_JWT_SECRET,
    pids,
  };
}

/** The world that SANDBOX_WORLD names, else the sandbox's own. */
const world = ({ SANDBOX_WORLD: file }) => (file ? { world: JSON.parse(readFileSync(file, 'utf8')) } : {});

/** SnapTrade's go to one address a client; Plaid's to the one that each item was linked with (TIDEMARK_PUBLIC_URL). */
const webhooks = ({ gateway }) => ({ snaptrade: `http://127.0.0.1:${gateway}/api/v1/webhooks/snaptrade` });

/** The sandbox plays the world outside: only its troubles are worth a line here. */
const quiet = {
  info: () => undefined,
  warn: (message, details) => process.stderr.write(`sandbox: ${message} ${JSON.stringify(details ?? {})}\n`),
  error: (message, details) => process.stderr.write(`sandbox: ${message} ${JSON.stringify(details ?? {})}\n`),
};
