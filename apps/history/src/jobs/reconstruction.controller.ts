/** Reconstructions as their owner sees them: how far one is and what it found, and asking for one. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc, problem } from '@tidemark/contracts';
import type { Problem, RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { Database } from '@tidemark/postgres';
import { answered, newId, refused, RpcMethod } from '@tidemark/service';
import { accountOfUser, unknownAccount } from '../projections/accounts/query.js';
import type { HistoryAccount } from '../projections/accounts/row.js';
import { HISTORY_READS, isStale } from '../reads/read-context.js';
import type { HistoryReads } from '../reads/read-context.js';
import { findReconstruction } from './find-reconstruction.js';
import { requestRuns } from './request.js';

/** Injection token of a function that tells the workers of this process that there is something to do. */
export const WAKE = Symbol('wake-reconstructions');

@Controller()
export class ReconstructionController {
  constructor(
    @Inject(HISTORY_READS) private readonly reads: HistoryReads,
    @Inject(WAKE) private readonly wake: () => void,
  ) {}

  @RpcMethod(historyRpc.getReconstruction)
  async get({ accountId }: RequestOf<typeof historyRpc.getReconstruction>, context: RpcContext): Promise<RpcReply<historyRpc.Reconstruction>> {
    const { database } = this.reads;
    const stale = await isStale(database, context.after);
    const account = await captured(database, context.userId, accountId);
    if (!account.ok) return refused(account.error);
    const found = await findReconstruction(database, context.userId, accountId);
    return found ? answered(found, { stale }) : refused(problem('not_found', 'No reconstruction of this account has begun yet; it begins by itself after its first sync.'));
  }

  @RpcMethod(historyRpc.startReconstruction)
  async start({ accountId }: RequestOf<typeof historyRpc.startReconstruction>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof historyRpc.startReconstruction>>> {
    const { database } = this.reads;
    await isStale(database, context.after);
    const account = await captured(database, context.userId, accountId);
    if (!account.ok) return refused(account.error);
    const asked = newId();
    const [run] = await requestRuns(database, [{ accountId, userId: context.userId, connectionId: account.value.connectionId, runId: asked, cause: 'requested' }]);
    if (!run) return refused(unknownAccount(accountId));
    this.wake();
    return answered({ accountId, runId: run.runId, joined: run.runId !== asked });
  }
}

/** The account, where it is the user's and there is something to compute from. */
async function captured(database: Database, userId: string, accountId: string): Promise<Result<HistoryAccount, Problem>> {
  const account = await accountOfUser(database, userId, accountId);
  if (!account) return refuse(unknownAccount(accountId));
  const { rowCount } = await database.query('SELECT 1 FROM held_snapshot WHERE account_id = $1', [accountId]);
  return rowCount > 0 ? ok(account) : refuse(problem('no_snapshot', 'No snapshot of this account has been captured yet: there is nothing to reconstruct from.'));
}
