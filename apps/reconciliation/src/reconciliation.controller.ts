/** What other services may ask of reconciliation about runs and discrepancies, one method a contract. */
import { Controller, Inject } from '@nestjs/common';
import { DEFAULT_LIMIT, problem, reconciliationRpc as rpc } from '@tidemark/contracts';
import type { LogPosition, RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { waitForPositions } from '@tidemark/projections';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { READ_MODELS } from './deps.js';
import type { ReconciliationDeps } from './deps.js';
import { resolveDiscrepancy } from './discrepancies/resolve-discrepancy.js';
import { findDiscrepancy, listDiscrepancies } from './reads/discrepancies.js';
import { pageOfRows, readCursor } from './reads/page-cursor.js';
import { findReport, listRuns } from './reads/runs.js';
import { requestRun } from './runs/request.js';

export const RECONCILIATION_DEPS = Symbol('ReconciliationDeps');

@Controller()
export class ReconciliationController {
  constructor(@Inject(RECONCILIATION_DEPS) private readonly deps: ReconciliationDeps) {}

  @RpcMethod(rpc.startReconciliation)
  async start({ accountIds, tolerance }: RequestOf<typeof rpc.startReconciliation>, { userId, after }: RpcContext): Promise<RpcReply<ResponseOf<typeof rpc.startReconciliation>>> {
    await this.seen(after);
    const done = await requestRun(this.deps, { userId, reason: 'requested', accountIds: accountIds ?? null, tolerance });
    return done.ok ? answered({ id: done.value.runId, joined: done.value.joined }, done.value.positions) : refused(done.error);
  }

  @RpcMethod(rpc.listReconciliations)
  async list({ status, limit = DEFAULT_LIMIT, cursor }: RequestOf<typeof rpc.listReconciliations>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof rpc.listReconciliations>>> {
    const after = readCursor(cursor);
    if (!after.ok) return refused(after.error);
    const rows = await listRuns(this.deps.database, { userId, status, after: after.value, limit });
    return answered(pageOfRows(rows, limit, ({ requestedAt: at, id }) => ({ at, id }), (row) => row));
  }

  @RpcMethod(rpc.getReconciliation)
  async get({ reconciliationId }: RequestOf<typeof rpc.getReconciliation>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof rpc.getReconciliation>>> {
    const report = await findReport(this.deps.database, userId, reconciliationId);
    return report ? answered(report) : refused(problem('not_found', `There is no reconciliation ${reconciliationId}.`));
  }

  @RpcMethod(rpc.listDiscrepancies)
  async discrepancies({ status, accountId, limit = DEFAULT_LIMIT, cursor }: RequestOf<typeof rpc.listDiscrepancies>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof rpc.listDiscrepancies>>> {
    const after = readCursor(cursor);
    if (!after.ok) return refused(after.error);
    const rows = await listDiscrepancies(this.deps.database, { userId, status, accountId, after: after.value, limit });
    return answered(pageOfRows(rows, limit, ({ openedAt: at, id }) => ({ at, id }), (row) => row));
  }

  @RpcMethod(rpc.getDiscrepancy)
  async discrepancy({ discrepancyId }: RequestOf<typeof rpc.getDiscrepancy>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof rpc.getDiscrepancy>>> {
    const found = await findDiscrepancy(this.deps.database, userId, discrepancyId);
    return found ? answered(found) : refused(problem('not_found', `There is no discrepancy ${discrepancyId}.`));
  }

  @RpcMethod(rpc.resolveDiscrepancy)
  async resolve({ discrepancyId, note }: RequestOf<typeof rpc.resolveDiscrepancy>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof rpc.resolveDiscrepancy>>> {
    const done = await resolveDiscrepancy(this.deps, { userId, discrepancyId, note });
    return done.ok ? answered(done.value.discrepancy, done.value.positions) : refused(done.error);
  }

  /** Waits for what the caller wrote just now: an account that was linked a moment ago is known then. */
  private async seen(after: readonly LogPosition[] | undefined): Promise<void> {
    if (after !== undefined) await waitForPositions(this.deps.database, READ_MODELS, after);
  }
}
