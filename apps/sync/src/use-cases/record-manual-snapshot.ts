/** A person types in what a manual account holds. sync records it, since it is the one producer of snapshots. */
import { connectionsRpc, problem, type syncRpc } from '@tidemark/contracts';
import type { LogPosition, Problem, RequestOf, ResponseOf } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { waitForPositions } from '@tidemark/projections';
import { CONNECTION_VIEW } from '../connection/project.js';
import { findAccount } from '../connection/query.js';
import type { AccountRow } from '../connection/query.js';
import type { SyncDeps } from '../deps.js';
import { decideManualSnapshot } from '../manual/manual-snapshot.decide.js';
import { accountStream } from '../run/context.js';

export interface ManualSnapshotRequest {
  readonly userId: string;
  readonly requestId: string;
  readonly after: readonly LogPosition[];
  readonly payload: RequestOf<typeof syncRpc.recordManualSnapshot>;
}

export interface Recorded {
  readonly value: ResponseOf<typeof syncRpc.recordManualSnapshot>;
  readonly positions: readonly LogPosition[];
}

export async function recordManualSnapshot(deps: SyncDeps, request: ManualSnapshotRequest): Promise<Result<Recorded, Problem>> {
  const { userId, payload } = request;
  const { accountId, capturedAt, balances } = payload;
  const found = await accountOf(deps, request);
  if (!found.ok) return found;
  const account = found.value;
  if (account.provider !== 'manual') return refuse(problem('conflict', 'snapshots of this account come from its provider; only those of a manual account can be entered (make one with POST /accounts)'));
  if (account.status !== 'active' || account.currency === null) return refuse(problem('conflict', `this account is ${account.status} and takes no snapshots any more`));
  const now = deps.clock.now();
  const decided = decideManualSnapshot({ now, snapshotId: deps.newId(), userId, account: { accountId, currency: account.currency }, balances, ...(capturedAt === undefined ? {} : { capturedAt }) });
  if (!decided.ok) return refuse(problem('validation_failed', 'the snapshot cannot be recorded as it is', { errors: decided.error }));
  const { snapshotId } = decided.value;
  const appended = await deps.log.append({ userId, stream: accountStream(accountId), expectedVersion: 'any', events: [{ id: snapshotId, type: 'BalanceSnapshotCaptured', time: instant(now), data: decided.value }] });
  if (!appended.ok) throw new Error(`a new snapshot was refused by the log: ${appended.error.kind}`);
  return ok({ value: { snapshotId, accountId, capturedAt: decided.value.capturedAt }, positions: appended.value.positions });
}

type Entered = Pick<AccountRow, 'provider' | 'status' | 'currency'>;

/** One that was made a moment ago may be unknown here yet: then connections, whose account it is, is asked on behalf of the same user. */
async function accountOf({ database, rpc }: SyncDeps, { userId, requestId, after, payload: { accountId } }: ManualSnapshotRequest): Promise<Result<Entered, Problem>> {
  await waitForPositions(database, [CONNECTION_VIEW], after);
  const known = await findAccount(database, accountId, userId);
  if (known) return ok(known);
  const reply = await rpc.call(connectionsRpc.getAccount, { accountId }, { userId, requestId });
  if (reply.ok) return ok(reply.value);
  return refuse(reply.error.code === 'not_found' ? problem('not_found', 'there is no such account') : reply.error);
}
