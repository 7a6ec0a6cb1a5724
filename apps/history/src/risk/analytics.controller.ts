/** Answers `GET /portfolio/analytics`: how concentrated and how risky what is held now is, by the year behind it. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { loadHeld } from '../allocation/load-held.js';
import { HISTORY_READS, isStale } from '../reads/read-context.js';
import type { HistoryReads } from '../reads/read-context.js';
import { loadYear } from './load-year.js';
import { concentration } from './concentration.js';
import { diversificationScore, riskScore } from './score.js';

@Controller()
export class AnalyticsController {
  constructor(@Inject(HISTORY_READS) private readonly reads: HistoryReads) {}

  @RpcMethod(historyRpc.analytics)
  async analytics(payload: RequestOf<typeof historyRpc.analytics>, context: RpcContext): Promise<RpcReply<historyRpc.Analytics>> {
    const stale = await isStale(this.reads.database, context.after);
    const asked = { ...payload, userId: context.userId };
    const held = await loadHeld(this.reads, asked);
    if (!held.ok) return refused(held.error);
    const year = await loadYear(this.reads, asked);
    if (!year.ok) return refused(year.error);
    const { base, asOf, reasons, aside } = held.value;
    return answered({ currency: base, asOf, riskScore: riskScore(held.value, year.value), diversificationScore: diversificationScore(held.value), ...concentration(held.value), reasons: [...reasons, ...aside, ...year.value.reasons] }, { stale });
  }
}
