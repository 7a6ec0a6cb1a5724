/**
 * Refreshes one connection because its user asks: joins a sync that is open, else reserves the cost and queues a sync, both in one
 * transaction. Of two that come at once, whoever loses finds the other's sync (the open-job index) or its reservation (the
 * stream's version), and so joins or is refused: there is one paid call.
 */
import { problem, type syncRpc } from '@tidemark/contracts';
import type { LogPosition, Problem, ResponseOf } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { waitForPositions } from '@tidemark/projections';
import { CONNECTION_VIEW } from '../connection/project.js';
import { findConnection } from '../connection/query.js';
import type { ConnectionRow } from '../connection/query.js';
import type { KnownProvider, SyncDeps } from '../deps.js';
import { enqueue, openSync, wantWhole } from '../job/enqueue.js';
import { loadLedger, toAppend } from '../refresh/ledger.js';
import { decide } from '../refresh/refresh.decide.js';
import type { RefreshRefusal } from '../refresh/refresh.decide.js';

export interface RefreshRequest {
  readonly userId: string;
  readonly connectionId: string;
  readonly acceptCost: boolean;
  /** Read the whole range of transactions, not the newest part alone. */
  readonly full: boolean;
  readonly after: readonly LogPosition[];
}

export interface Refreshed {
  readonly value: ResponseOf<typeof syncRpc.refreshConnection>;
  readonly positions: readonly LogPosition[];
}

const TRIES = 10;

export async function refresh(deps: SyncDeps, request: RefreshRequest): Promise<Result<Refreshed, Problem>> {
  await waitForPositions(deps.database, [CONNECTION_VIEW], request.after);
  const connection = await findConnection(deps.database, request.connectionId, request.userId);
  const refused = refusalOf(connection);
  if (refused || !connection) return refuse(refused ?? problem('not_found', 'there is no such connection'));
  const provider = await deps.providers.get(connection.provider);
  if (!provider) return refuse(problem('provider_disabled', `the provider ${connection.provider} is switched off; try again later`));
  for (let tried = 0; tried < TRIES; tried += 1) {
    const done = await tryRefresh(deps, request, connection, provider);
    if (done) return done;
  }
  return refuse(problem('conflict', 'other refreshes of this connection keep coming in between: try again in a moment'));
}

function refusalOf(connection: ConnectionRow | null): Problem | null {
  if (!connection) return problem('not_found', 'there is no such connection');
  if (connection.status === 'pending') return problem('connection_not_active', 'the connection has not been completed yet: complete the link first');
  if (connection.status === 'disconnected') return problem('connection_not_active', 'the connection was removed: link the institution again');
  if (connection.status === 'reauth_required' || connection.blocked === 'relink') return problem('reauth_required', 'the institution wants its customer to sign in again: reconnect first');
  return null;
}

/** @returns null where another request came in between */
async function tryRefresh(deps: SyncDeps, request: RefreshRequest, connection: ConnectionRow, { refresh: policy }: KnownProvider): Promise<Result<Refreshed, Problem> | null> {
  const { userId, connectionId } = request;
  const free = { amount: '0', currency: policy.cost.currency };
  const open = await openSync(deps.database, connectionId);
  if (open) {
    if (request.full && !(await deps.database.transaction((tx) => wantWhole(tx, request)))) return null;
    return ok({ value: { syncId: open, joined: true, cost: free }, positions: [] });
  }
  const subject = { userId, connectionId, provider: connection.provider };
  const { state, version } = await loadLedger(deps.log, userId, connectionId);
  const now = deps.clock.now();
  const syncId = deps.newId();
  const decided = decide({ type: 'reserve', now, subject, syncId, acceptCost: request.acceptCost, policy }, state);
  if (!decided.ok) return deny(deps, subject, version, decided.error);
  const done = await deps.log.transaction(async (tx) => {
    const queued = await enqueue(tx, { syncId, connectionId, userId, provider: connection.provider, reason: 'on_demand', requestedAt: instant(now), refreshCost: policy.cost });
    if (request.full) await wantWhole(tx, request);
    if (!queued.joined) tx.append(toAppend(subject, version, decided.value, syncId));
    return queued;
  });
  if (!done.ok) return null;
  deps.wake();
  const queued = done.value.value;
  return ok({ value: { ...queued, cost: queued.joined ? free : policy.cost }, positions: done.value.positions });
}

async function deny(deps: SyncDeps, subject: { userId: string; connectionId: string; provider: string }, version: number, { denied }: RefreshRefusal): Promise<Result<Refreshed, Problem> | null> {
  const appended = await deps.log.append(toAppend(subject, version, [denied]));
  if (!appended.ok && appended.error.kind === 'version_conflict') return null;
  const { nextFreeRefreshAt, overrideCost } = denied.data;
  const detail = `this connection was refreshed within the last 24 hours; the next refresh is free of confirmation at ${nextFreeRefreshAt}; to refresh now, accept the cost of ${overrideCost.amount} ${overrideCost.currency} (acceptCost: true)`;
  return refuse(problem('refresh_limited', detail, { extra: { nextFreeRefreshAt, overrideCost } }));
}
