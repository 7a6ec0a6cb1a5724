/**
 * The composed stack as it runs in production: every service, the sandbox, Postgres and nats-server are processes of their own, so
 * that any of them can be killed and started again on the same ports and stores. It runs what `nx build` made.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startChild, startNats, startPostgres, waitUntil } from '@tidemark/testing';
import type { Child, Nats, Postgres } from '@tidemark/testing';
import { provisionAll } from '../deploy/provision-all.mjs';
import { environments } from '../tools/standalone/settings.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SECRETS = { ownerPassword: 'owner-pw-4f1c', servicePassword: 'service-pw-9a2e', readerPassword: 'reader-pw-77d0', postgresPassword: '', jwtSecret: 'e2e-jwt-secret-of-more-than-32-characters', credentialsKey: Buffer.alloc(32, 7).toString('base64'), auditKey: Buffer.alloc(32, 9).toString('base64'), alertsKey: `e2e:${Buffer.alloc(32, 11).toString('base64')}` };
export const PLAID = { clientId: 'sandbox-plaid-client', secret: 'sandbox-plaid-secret' };
export const FMP = { apiKey: 'sandbox-fmp-key' };
export const SNAPTRADE = { clientId: 'SANDBOX-TIDEMARK', consumerKey: 'sandbox-snaptrade-consumer-key' };

export type ServiceName = 'connections' | 'sync' | 'snapshots' | 'history' | 'reconciliation' | 'alerts' | 'gateway';
export const SERVICE_NAMES: readonly ServiceName[] = ['connections', 'sync', 'snapshots', 'history', 'reconciliation', 'alerts', 'gateway'];
export type ProcessName = ServiceName | 'sandbox' | 'relay';

export interface Stack {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  readonly nats: Nats;
  readonly postgres: Postgres;
  readonly databases: Record<string, { ownerUrl: string; serviceUrl: string }>;
  /** Every secret that this stack was given. */
  readonly secrets: readonly string[];
  kill(name: ProcessName): Promise<void>;
  start(name: ProcessName): Promise<void>;
  /** The sandbox's own memory of links, with the tokens that it gave out. */
  sandboxState(): string;
  /** Everything that every process wrote. */
  logs(): string;
  close(): Promise<void>;
}

export interface StackOptions {
  /** More or other environment for a service. */
  readonly env?: Partial<Record<ServiceName | 'all' | 'sandbox', Record<string, string>>>;
  readonly world?: string;
  /** Services that take part beside those of the main job. */
  readonly with?: readonly ('reconciliation' | 'alerts')[];
  /** Services that have no part in it: two cores carry no more than they must. */
  readonly without?: readonly ServiceName[];
  /** The relay of sync as a process of its own. */
  readonly separateRelay?: boolean;
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  for (const name of [...SERVICE_NAMES, 'sandbox']) {
    if (!existsSync(join(ROOT, 'apps', name, 'dist', 'main.js'))) throw new Error(`apps/${name} is not built: run \`npm run build\` first`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-e2e-'));
  const [postgres, nats] = await Promise.all([startPostgres({}), startNats({})]);
  const provisioned = await provisionAll(postgres.adminUrl, SECRETS);
  const ports = Object.fromEntries(await Promise.all([...SERVICE_NAMES, 'sandbox'].map(async (name) => [name, await freePort()] as const)));
  const sandboxUrl = `http://127.0.0.1:${ports['sandbox']}`;
  const gatewayUrl = `http://127.0.0.1:${ports['gateway']}`;
  const each = environments({ env: { LOG_LEVEL: 'info', ...options.env?.all }, ports, natsUrl: nats.url, ...provisioned, secrets: SECRETS, sandbox: { url: sandboxUrl, plaid: PLAID, snaptrade: SNAPTRADE, fmp: FMP } });
  const processes = new Map<ProcessName, Child>();
  const logFile = (name: ProcessName): string => join(folder, `${name}.log`);

  const launch = async (name: ProcessName): Promise<void> => {
    const service = name === 'relay' ? 'sync' : name;
    const own = service === 'sandbox' ? { SANDBOX_PORT: String(ports['sandbox']), SANDBOX_STATE: join(folder, 'sandbox.json'), SANDBOX_SNAPTRADE_WEBHOOK: `${gatewayUrl}/api/v1/webhooks/snaptrade`, ...(options.world ? { SANDBOX_WORLD: options.world } : {}) } : each[service];
    const reach = { TIDEMARK_PUBLIC_URL: gatewayUrl };
    const relay = options.separateRelay && name === 'sync' ? { SYNC_RELAY: 'off' } : {};
    const env = { PATH: process.env['PATH'], ...(process.env['NODE_COMPILE_CACHE'] ? { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] } : {}), ...own, ...(service === 'connections' ? reach : {}), ...relay, ...options.env?.[service] };
    const entry = name === 'relay' ? 'apps/sync/dist/relay-main.js' : `apps/${service}/dist/main.js`;
    const child = startChild(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, entry)], { logFile: logFile(name), stopSignal: 'SIGTERM', spawn: { cwd: ROOT, env } });
    processes.set(name, child);
    if (name === 'relay') return;
    const health = name === 'sandbox' ? `${sandboxUrl}/_control/clock` : `http://127.0.0.1:${ports[name]}/health/ready`;
    await waitUntil(async () => {
      if (!child.running()) throw new Error(`${name} ended:\n${child.logTail()}`);
      return (await fetch(health)).ok;
    }, { timeoutMs: 30_000, everyMs: 50, describe: () => `${name} to be ready:\n${child.logTail()}` });
  };

  const stack: Stack = {
    apiUrl: gatewayUrl,
    sandboxUrl,
    nats,
    postgres,
    databases: provisioned.databases,
    secrets: [...Object.values(SECRETS).filter((secret) => secret.length > 0), PLAID.secret, SNAPTRADE.consumerKey],
    kill: async (name) => { await processes.get(name)?.stop('SIGKILL'); },
    start: launch,
    sandboxState: () => readFileSync(join(folder, 'sandbox.json'), 'utf8'),
    logs: () => [...processes.keys()].map((name) => (existsSync(logFile(name)) ? readFileSync(logFile(name), 'utf8') : '')).join('\n'),
    close: async () => {
      await Promise.all([...processes.values()].map((child) => child.stop('SIGTERM', 15_000)));
      await nats.stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await launch('sandbox');
    // Two at a time: migrations and module loading keep both cores busy.
    await Promise.all([launch('connections'), launch('sync')]);
    await Promise.all([launch('snapshots'), ...(options.without?.includes('history') ? [] : [launch('history')]), launch('gateway'), ...(options.with ?? []).map((name) => launch(name)), ...(options.separateRelay ? [launch('relay')] : [])]);
    return stack;
  } catch (error) {
    await stack.close();
    throw error;
  }
}
