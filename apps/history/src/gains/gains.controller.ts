/** Answers `GET /portfolio/gains`. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { HISTORY_READS, isStale } from '../reads/read-context.js';
import type { HistoryReads } from '../reads/read-context.js';
import { gainsOf } from './gains-of.js';

@Controller()
export class GainsController {
  constructor(@Inject(HISTORY_READS) private readonly reads: HistoryReads) {}

  @RpcMethod(historyRpc.gains)
  async gains(payload: RequestOf<typeof historyRpc.gains>, context: RpcContext): Promise<RpcReply<historyRpc.Gains>> {
    const stale = await isStale(this.reads.database, context.after);
    const gains = await gainsOf(this.reads, { ...payload, userId: context.userId });
    return gains.ok ? answered(gains.value, { stale }) : refused(gains.error);
  }
}
