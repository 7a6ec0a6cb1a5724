/** Answers `GET /portfolio/allocation`: what the value of a scope is made of now. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { HISTORY_READS, isStale } from '../reads/read-context.js';
import type { HistoryReads } from '../reads/read-context.js';
import { allocate } from './allocate.js';
import { loadHeld } from './load-held.js';
import { sectorsOf } from './sectors.js';

@Controller()
export class AllocationController {
  constructor(@Inject(HISTORY_READS) private readonly reads: HistoryReads) {}

  @RpcMethod(historyRpc.allocation)
  async allocation(payload: RequestOf<typeof historyRpc.allocation>, context: RpcContext): Promise<RpcReply<historyRpc.Allocation>> {
    const stale = await isStale(this.reads.database, context.after);
    const held = await loadHeld(this.reads, { ...payload, userId: context.userId });
    if (!held.ok) return refused(held.error);
    const { base, asOf, total, complete, aside } = held.value;
    const { by = 'class' } = payload;
    const sectors = by === 'sector' ? await sectorsOf(this.reads.database, held.value.lines.map((line) => line.asset)) : new Map<string, string>();
    const { slices, reasons } = allocate(held.value, by, (asset) => sectors.get(asset) ?? null);
    return answered({ currency: base, asOf, by, slices, total, complete, reasons: [...reasons, ...aside] }, { stale });
  }
}
