/** What other services may ask of sync, one method a contract. */
import { Controller, Inject } from '@nestjs/common';
import { syncRpc } from '@tidemark/contracts';
import type { Problem, RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import type { Result } from '@tidemark/kernel';
import { waitForPositions } from '@tidemark/projections';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { COSTS } from './costs/project.js';
import { costsOf } from './costs/query.js';
import type { SyncDeps } from './deps.js';
import { getSync } from './use-cases/get-sync.js';
import { receiveWebhook } from './use-cases/receive-webhook.js';
import { recordManualSnapshot } from './use-cases/record-manual-snapshot.js';
import { refresh } from './use-cases/refresh.js';
import { refreshMany } from './use-cases/refresh-many.js';

export const SYNC_DEPS = Symbol('SyncDeps');

@Controller()
export class SyncController {
  constructor(@Inject(SYNC_DEPS) private readonly deps: SyncDeps) {}

  @RpcMethod(syncRpc.refreshConnection)
  async refresh(payload: RequestOf<typeof syncRpc.refreshConnection>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof syncRpc.refreshConnection>>> {
    const done = await refresh(this.deps, { userId: context.userId, connectionId: payload.connectionId, acceptCost: payload.acceptCost ?? false, full: payload.full ?? false, after: context.after ?? [] });
    return done.ok ? answered(done.value.value, done.value.positions) : refused(done.error);
  }

  @RpcMethod(syncRpc.refreshConnections)
  async refreshMany(payload: RequestOf<typeof syncRpc.refreshConnections>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof syncRpc.refreshConnections>>> {
    const { connectionIds, acceptCost = false, full = false } = payload;
    const done = await refreshMany(this.deps, { userId: context.userId, acceptCost, full, after: context.after ?? [], ...(connectionIds ? { connectionIds } : {}) });
    return answered(done.value, done.positions);
  }

  @RpcMethod(syncRpc.getSync)
  async getSync(payload: RequestOf<typeof syncRpc.getSync>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof syncRpc.getSync>>> {
    const found = await getSync(this.deps, { userId: context.userId, syncId: payload.syncId, after: context.after ?? [] });
    return found.ok ? answered(found.value.sync, found.value.positions) : refused(found.error);
  }

  @RpcMethod(syncRpc.recordManualSnapshot)
  async recordManualSnapshot(payload: RequestOf<typeof syncRpc.recordManualSnapshot>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof syncRpc.recordManualSnapshot>>> {
    const done = await recordManualSnapshot(this.deps, { userId: context.userId, requestId: context.requestId, after: context.after ?? [], payload });
    return done.ok ? answered(done.value.value, done.value.positions) : refused(done.error);
  }

  @RpcMethod(syncRpc.receiveWebhook)
  async receiveWebhook(payload: RequestOf<typeof syncRpc.receiveWebhook>): Promise<RpcReply<ResponseOf<typeof syncRpc.receiveWebhook>>> {
    return replied(await receiveWebhook(this.deps, payload));
  }

  @RpcMethod(syncRpc.getCosts)
  async getCosts(payload: RequestOf<typeof syncRpc.getCosts>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof syncRpc.getCosts>>> {
    const fresh = await waitForPositions(this.deps.database, [COSTS], context.after ?? []);
    return answered({ items: await costsOf(this.deps.database, context.userId, payload.month ?? null) }, { stale: !fresh });
  }
}

function replied<T>(result: Result<T, Problem>): RpcReply<T> {
  return result.ok ? answered(result.value) : refused(result.error);
}
