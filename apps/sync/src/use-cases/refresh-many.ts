/** Refreshes several connections, or all of a user's, with an outcome each: one that is refused says why and stops no other. */
import type { LogPosition, Problem, ResponseOf } from '@tidemark/contracts';
import { type syncRpc } from '@tidemark/contracts';
import { add } from '@tidemark/money';
import type { Result } from '@tidemark/kernel';
import { waitForPositions } from '@tidemark/projections';
import { CONNECTION_VIEW } from '../connection/project.js';
import { countAccounts, refreshableConnections } from '../connection/query.js';
import type { SyncDeps } from '../deps.js';
import { refresh } from './refresh.js';
import type { Refreshed } from './refresh.js';

type Answer = ResponseOf<typeof syncRpc.refreshConnections>;
type Outcome = Answer['outcomes'][number];

const NOTHING = { amount: '0', currency: 'USD' };
const SAID: Partial<Record<Problem['code'], Outcome['outcome']>> = { refresh_limited: 'refresh_limited', reauth_required: 'reauth_required', connection_not_active: 'connection_not_active', not_found: 'not_found' };

export interface RefreshManyRequest {
  readonly userId: string;
  /** All that are linked where absent. */
  readonly connectionIds?: readonly string[];
  readonly acceptCost: boolean;
  readonly full: boolean;
  readonly after: readonly LogPosition[];
}

export async function refreshMany(deps: SyncDeps, request: RefreshManyRequest): Promise<{ value: Answer; positions: readonly LogPosition[] }> {
  await waitForPositions(deps.database, [CONNECTION_VIEW], request.after);
  const ids = [...new Set(request.connectionIds ?? (await refreshableConnections(deps.database, request.userId)))];
  const outcomes: Outcome[] = [];
  const positions: LogPosition[] = [];
  for (const connectionId of ids) {
    const done = await refresh(deps, { userId: request.userId, connectionId, acceptCost: request.acceptCost, full: request.full, after: [] });
    outcomes.push(outcomeOf(connectionId, done));
    if (done.ok) positions.push(...done.value.positions);
  }
  const under = outcomes.filter((one) => one.syncId !== null);
  const limited = outcomes.flatMap((one) => (one.overrideCost ? [{ connectionId: one.connectionId, cost: one.overrideCost }] : []));
  return { value: { outcomes, accountCount: await countAccounts(deps.database, under.map((one) => one.connectionId)), totalCost: total(outcomes), needsConfirmation: limited }, positions: newest(positions) };
}

function outcomeOf(connectionId: string, done: Result<Refreshed, Problem>): Outcome {
  if (done.ok) {
    const { syncId, joined, cost } = done.value.value;
    return { connectionId, outcome: joined ? 'joined' : 'started', syncId, cost, detail: joined ? 'a sync of it runs already' : 'a sync has been started', nextFreeRefreshAt: null, overrideCost: null };
  }
  const { code, detail, extra } = done.error;
  const { nextFreeRefreshAt = null, overrideCost = null } = (extra ?? {}) as Partial<Pick<Outcome, 'nextFreeRefreshAt' | 'overrideCost'>>;
  return { connectionId, outcome: SAID[code] ?? 'connection_not_active', syncId: null, cost: NOTHING, detail, nextFreeRefreshAt, overrideCost };
}

/** Providers bill in one currency in any one installation; should that ever differ, only the first one's is summed. */
function total(outcomes: readonly Outcome[]): Answer['totalCost'] {
  const spent = outcomes.map((one) => one.cost).filter((cost) => cost.amount !== '0');
  const currency = spent[0]?.currency ?? NOTHING.currency;
  return { amount: spent.filter((cost) => cost.currency === currency).reduce((sum, cost) => add(sum, cost.amount), '0'), currency };
}

/** All events of one user stand in one partition: the last position says it all. */
function newest(positions: readonly LogPosition[]): LogPosition[] {
  const last = new Map<string, LogPosition>();
  for (const at of positions) last.set(`${at.log}/${at.epoch}/${at.partition}`, at);
  return [...last.values()];
}
