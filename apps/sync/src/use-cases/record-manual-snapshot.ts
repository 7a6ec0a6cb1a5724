/** A person types in what a manual account holds. sync records it, since it is the one producer of snapshots. */
import { problem, type syncRpc } from '@tidemark/contracts';
import type { LogPosition, Problem, RequestOf, ResponseOf } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { waitForPositions } from '@tidemark/projections';
import { CONNECTION_VIEW } from '../connection/project.js';
import { findAccount } from '../connection/query.js';
import type { SyncDeps } from '../deps.js';
import { decideManualSnapshot } from '../manual/manual-snapshot.decide.js';
import { accountStream } from '../run/context.js';

export interface ManualSnapshotRequest {
  readonly userId: string;
  readonly after: readonly LogPosition[];
  readonly payload: RequestOf<typeof syncRpc.recordManualSnapshot>;
}

export interface Recorded {
  readonly value: ResponseOf<typeof syncRpc.recordManualSnapshot>;
  readonly positions: readonly LogPosition[];
}

export async function recordManualSnapshot(deps: SyncDeps, { userId, after, payload }: ManualSnapshotRequest): Promise<Result<Recorded, Problem>> {
  const { accountId, capturedAt, balances } = payload;
  // The account may have been made a moment ago.
  await waitForPositions(deps.database, [CONNECTION_VIEW], after);
  const account = await findAccount(deps.database, accountId, userId);
  if (!account) return refuse(problem('not_found', 'there is no such account'));
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
