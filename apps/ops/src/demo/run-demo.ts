/** The product's main flow over its public API: link, sync, snapshot, event, projection, answer. Each step says what it did. */
import type { connectionsRpc, EventEnvelope, snapshotsRpc } from '@tidemark/contracts';
import { ApiClient } from '../api-client.js';
import { linkInstitution } from './link-institution.js';
import type { LinkedInstitution, LinkPlan } from './link-institution.js';
import { recordedEvents } from './recorded-events.js';

export interface DemoOptions {
  /** Where the gateway listens, such as `http://localhost:3000`. */
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  /** The same user again keeps what is linked; a new one is made where none is named. */
  readonly userId?: string;
  readonly step: (title: string, lines: readonly string[]) => void;
}

export interface DemoResult {
  readonly userId: string;
  readonly token: string;
  readonly linked: readonly LinkedInstitution[];
  readonly accounts: readonly connectionsRpc.Account[];
  readonly value: snapshotsRpc.PortfolioValue;
  readonly positions: snapshotsRpc.PortfolioPositions;
  readonly events: readonly EventEnvelope[];
}

/** Trading, no trading, a bank, and funds: what routing has to tell apart. */
const PLANS: readonly LinkPlan[] = [{ institutionId: 'charles-schwab', needTrading: true }, { institutionId: 'fidelity' }, { institutionId: 'chase' }, { institutionId: 'vanguard' }];

export async function runFlow(options: DemoOptions): Promise<DemoResult> {
  const anonymous = new ApiClient(`${options.apiUrl}/api/v1`);
  const { body: user } = await anonymous.post<{ token: string; userId: string }>('/dev/token', options.userId ? { userId: options.userId } : {});
  const api = anonymous.withToken(user.token);
  options.step('A user', [`${user.userId} (POST /dev/token)`]);

  const linked = await linkMissing(api, options);
  const { body: accounts } = await api.get<{ items: connectionsRpc.Account[] }>('/accounts');
  const events = await recordedEvents(api, linked.reduce((sum, one) => sum + one.sync.counts.snapshots, 0));
  options.step('Events, by the position at which the log holds them', snapshotLines(events));

  const { body: value } = await api.get<snapshotsRpc.PortfolioValue>('/portfolio/value', positionOf(events));
  const { body: positions } = await api.get<snapshotsRpc.PortfolioPositions>('/portfolio/positions', positionOf(events));
  options.step('The portfolio, read back through the gateway', [
    `value ${value.value ?? 'unknown'} ${value.currency}, complete: ${String(value.complete)}, quality ${value.quality}`,
    ...reasonLines(value.reasons),
    `${positions.positions.length} positions, cash ${positions.cash.map((cash) => `${cash.amount} ${cash.currency}`).join(', ')}`,
  ]);
  return { userId: user.userId, token: user.token, linked, accounts: accounts.items, value, positions, events };
}

async function linkMissing(api: ApiClient, options: DemoOptions): Promise<LinkedInstitution[]> {
  const { body: there } = await api.get<{ items: connectionsRpc.Connection[] }>('/connections');
  const linked: LinkedInstitution[] = [];
  for (const plan of PLANS) {
    const already = there.items.find((one) => one.institutionId === plan.institutionId && one.status !== 'pending' && one.status !== 'disconnected');
    if (already) {
      options.step(`${already.institutionName}: linked already`, [`through ${already.provider}, ${already.status}`]);
      continue;
    }
    const one = await linkInstitution(api, options.sandboxUrl, plan);
    linked.push(one);
    options.step(`${one.institution}: linked through ${one.provider}`, linkLines(one));
  }
  return linked;
}

function linkLines(one: LinkedInstitution): string[] {
  const { sync } = one;
  return [
    one.reason,
    `requested at ${one.requestedAt ?? 'an unknown position'}, linked at ${one.completedAt ?? 'an unknown position'}`,
    `trading: ${one.accounts.some((account) => account.capabilities.trading) ? 'yes' : 'no'}`,
    ...sync.steps.map((step) => `sync: ${step.name} ${step.status}${step.durationMs === null ? '' : ` in ${step.durationMs} ms`}${step.detail ? ` (${step.detail})` : ''}`),
    `${sync.counts.accounts} accounts, ${sync.counts.snapshots} snapshots, ${sync.counts.transactions} transactions`,
  ];
}

function snapshotLines(events: readonly EventEnvelope[]): string[] {
  return events.map((event) => `${event.source}:${event.epoch}:${event.partition}:${event.position}  ${event.type}  ${event.subject}`);
}

/** Each reason once: several accounts may have the same. */
export function reasonLines(reasons: readonly snapshotsRpc.Reason[]): string[] {
  const times = new Map<string, number>();
  for (const { code, detail } of reasons) times.set(`${code}: ${detail}`, (times.get(`${code}: ${detail}`) ?? 0) + 1);
  return [...times].map(([line, count]) => (count > 1 ? `${line} (${count} times)` : line));
}

/** The newest position of each log, as `Tidemark-Position` takes it: the reads then wait for these events. */
function positionOf(events: readonly EventEnvelope[]): string | null {
  const last = new Map<string, string>();
  for (const { source, epoch, partition, position } of events) last.set(`${source}/${partition}`, `${source}:${epoch}:${partition}:${position}`);
  return last.size > 0 ? [...last.values()].join(',') : null;
}
