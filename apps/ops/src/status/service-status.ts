/** Whether every service is ready, asked of each itself; one that does not answer is down and says why. */
import Table from 'cli-table3';

export interface ServiceStatus {
  readonly service: string;
  readonly url: string;
  readonly status: 'up' | 'down';
  /** What it needs, each `up` or what is wrong with it; empty where it did not answer. */
  readonly checks: Readonly<Record<string, string>>;
  /** Why it is down, where its checks do not say. */
  readonly problem: string | null;
}

/** Service → the variable that moves it, and its port without one. */
const PORTS = { gateway: ['GATEWAY_HTTP_PORT', 3000], connections: ['CONNECTIONS_HTTP_PORT', 3001], sync: ['SYNC_HTTP_PORT', 3002], snapshots: ['SNAPSHOTS_HTTP_PORT', 3003], history: ['HISTORY_HTTP_PORT', 3004], reconciliation: ['RECONCILIATION_HTTP_PORT', 3005], alerts: ['ALERTS_HTTP_PORT', 3006] } as const;

const TIMEOUT_MS = 5_000;

/**
 * @param given `service=url`, for those that are not at their port of this machine
 * @throws where one is not of that form or names no service
 */
export function serviceUrls(given: readonly string[], env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const urls: Record<string, string> = Object.fromEntries(Object.entries(PORTS).map(([name, [variable, port]]) => [name, `http://127.0.0.1:${env[variable] ?? port}`]));
  for (const one of given) {
    const [, name = '', url = ''] = /^([a-z]+)=(https?:\/\/.+)$/.exec(one) ?? [];
    if (!(name in urls) || !URL.canParse(url)) throw new Error(`--at takes <service>=<url>, with one of ${Object.keys(urls).join(', ')}; not "${one}"`);
    urls[name] = url.replace(/\/+$/, '');
  }
  return urls;
}

export async function readStatus(urls: Readonly<Record<string, string>>): Promise<ServiceStatus[]> {
  return Promise.all(Object.entries(urls).map(([service, url]) => statusOf(service, url)));
}

async function statusOf(service: string, url: string): Promise<ServiceStatus> {
  const down = (problem: string, checks = {}): ServiceStatus => ({ service, url, status: 'down', checks, problem });
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = (await answer.json()) as { status?: string; service?: string; checks?: Record<string, string> };
    if (body.service !== service) return down(`another thing answers there: ${body.service ?? `status ${answer.status}`}`);
    return { service, url, status: answer.ok && body.status === 'up' ? 'up' : 'down', checks: body.checks ?? {}, problem: null };
  } catch (error) {
    const { name } = error as Error;
    if (name === 'SyntaxError') return down('what answers there is no service of Tidemark');
    return down(name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS / 1_000} s` : 'nothing answers there');
  }
}

export function statusTable(all: readonly ServiceStatus[]): string {
  const table = new Table({ head: ['Service', 'Address', 'Status', 'What it needs'], style: { head: [], border: [] } });
  for (const { service, url, status, checks, problem } of all) table.push([service, url, status, problem ?? Object.entries(checks).map(([name, state]) => `${name}: ${state}`).join(', ')]);
  return table.toString();
}
