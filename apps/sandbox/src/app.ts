/** Starts the simulated institutions. Importing starts nothing. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import { coinbase } from './coinbase/coinbase.js';
import { control } from './control/control.js';
import { dydx } from './dydx/dydx.js';
import { fmp } from './fmp/fmp.js';
import { withHistory } from './generate/demo/demo-history.js';
import { lastTradingDay, moveDates } from './generate/demo/move-dates.js';
import { LiveMarket } from './market/live-market.js';
import { plaid } from './plaid/plaid.js';
import { Faults } from './server/faults.js';
import { RateLimits } from './server/rate-limits.js';
import { RequestLog } from './server/request-log.js';
import type { Sandbox, SandboxCredentials, SandboxLog } from './server/sandbox.js';
import { SandboxClock } from './server/sandbox-clock.js';
import { seededIds } from './server/seeded-ids.js';
import { SNAPTRADE_PREFIX } from './snaptrade/snaptrade-operation.js';
import { snaptrade } from './snaptrade/snaptrade.js';
import { LinkState } from './state/link-state.js';
import { StateFile } from './state/state-file.js';
import { validateWorld } from './world/validate-world.js';
import type { WebhookSettings, World } from './world/world.js';
import { WorldStore } from './world/world-store.js';
import { windowPages } from './window/window-page.js';

export type { World } from './world/world.js';
export type { SandboxCredentials, SandboxLog } from './server/sandbox.js';
export { generateWorld } from './generate/generate-world.js';
export { trueValues } from './generate/true-values.js';
export type { TrueValue } from './generate/true-values.js';
export type { GenerateOptions } from './generate/generate-world.js';
export { generateHistory } from './generate/history/generate-history.js';
export type { HistoryOptions } from './generate/history/generate-history.js';
export { trueHistory } from './generate/true-history.js';
export type { TrueDay } from './generate/true-history.js';
export { worldAt } from './generate/world-at.js';
export { offlineAccount } from './offline.js';
export type { OfflineAccount } from './offline.js';

export interface SandboxOptions {
  /** 0 (the default) = any free port. */
  port?: number;
  host?: string;
  /** Default: the demo world with its history. */
  world?: World;
  /** Makes ids and tokens the same at every run. */
  seed?: number;
  now?: () => Date;
  log?: SandboxLog;
  credentials?: Partial<SandboxCredentials>;
  /** Where the world's webhooks go, in place of what the world says. */
  webhooks?: WebhookSettings;
  /** Keeps links over restarts in this file. */
  stateFile?: string;
}

export interface RunningSandbox {
  url: string;
  port: number;
  close(): Promise<void>;
}

export const DEFAULT_CREDENTIALS: SandboxCredentials = {
  plaid: { clientId: 'sandbox-plaid-client', secret: 'sandbox-plaid-secret' },
  snaptrade: { clientId: 'SANDBOX-TIDEMARK', consumerKey: 'sandbox-snaptrade-consumer-key' },
  fmp: { apiKey: 'sandbox-fmp-key' },
};

const SILENT: SandboxLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
const LARGEST_WORLD_BYTES = 256 * 1024 * 1024;

/** The demo world with two years of history behind it, moved to the last trading day before `now`: what `npm start` shows. */
export function demoWithHistory(now: Date): World {
  const today = lastTradingDay(now);
  return withHistory(moveDates(demoWorld(), today), today);
}

/** The demo world, fresh from its file. */
export function demoWorld(): World {
  return JSON.parse(readFileSync(new URL('../worlds/demo.json', import.meta.url), 'utf8')) as World;
}

/** @throws where the world is not valid, naming the fields, or where the port is taken */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  if (!('rawJSON' in JSON)) throw new Error(`the sandbox writes numbers digit for digit, which needs Node 22 or newer: this is ${process.version}, use the project's own`);
  const checked = validateWorld(options.world ?? demoWithHistory((options.now ?? (() => new Date()))()));
  if ('problems' in checked) throw new Error(`the world is not valid: ${checked.problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`);
  const links = new LinkState();
  const file = options.stateFile === undefined ? undefined : new StateFile(options.stateFile, links);
  file?.load();
  const clock = new SandboxClock(options.now ?? (() => new Date()));
  let url = '';
  const world = new WorldStore(options.webhooks === undefined ? checked.world : { ...checked.world, webhooks: { ...checked.world.webhooks, ...options.webhooks } });
  const sandbox: Sandbox = {
    world,
    links,
    clock,
    market: new LiveMarket(world, clock),
    faults: new Faults(),
    limits: new RateLimits(clock),
    requests: new RequestLog(),
    credentials: { ...DEFAULT_CREDENTIALS, ...options.credentials },
    log: options.log ?? SILENT,
    nonces: new Map(),
    newId: seededIds(String(options.seed ?? randomBytes(16).toString('hex'))),
    url: () => url,
    changed: () => file?.changed(),
  };
  const server = build(sandbox);
  const host = options.host ?? '127.0.0.1';
  await server.listen({ port: options.port ?? 0, host });
  const address = server.server.address() as AddressInfo;
  url = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${address.port}`;
  sandbox.log.info('the sandbox listens', { url });
  return {
    url,
    port: address.port,
    close: async () => {
      sandbox.market.stop();
      await server.close();
      file?.write();
    },
  };
}

function build(sandbox: Sandbox): FastifyInstance {
  const server = fastify({ bodyLimit: LARGEST_WORLD_BYTES, forceCloseConnections: true, routerOptions: { maxParamLength: 500 } });
  // An empty body is no body, whatever type it claims: axios calls an empty POST a form, both SDKs send it so.
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? null : JSON.parse(text as string));
    } catch {
      done(Object.assign(new Error('the body is not valid JSON'), { statusCode: 400 }), undefined);
    }
  });
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    if (text === '') done(null, null);
    else done(Object.assign(new Error('the body must be application/json'), { statusCode: 415 }), undefined);
  });
  server.get('/', async () => ({ sandbox: 'tidemark', providers: ['/plaid', '/snaptrade', '/coinbase', '/dydx', '/fmp'], control: '/_control' }));
  windowPages(server, sandbox);
  void server.register(plaid(sandbox), { prefix: '/plaid' });
  void server.register(snaptrade(sandbox, false), { prefix: SNAPTRADE_PREFIX });
  void server.register(snaptrade(sandbox, true), { prefix: `${SNAPTRADE_PREFIX}/api/v1` });
  void server.register(coinbase(sandbox), { prefix: '/coinbase' });
  void server.register(dydx(sandbox), { prefix: '/dydx' });
  void server.register(fmp(sandbox), { prefix: '/fmp' });
  void server.register(control(sandbox), { prefix: '/_control' });
  return server;
}
