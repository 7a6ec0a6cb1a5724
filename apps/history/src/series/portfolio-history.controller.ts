/** Answers `GET /portfolio/history`: the value of a scope on every day of a period, or within the day. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, jsonText, refused, RpcMethod } from '@tidemark/service';
import { readChartOfDay } from '../intraday/days/chart-of-day.js';
import { HISTORY_READS, isStale } from '../reads/read-context.js';
import type { HistoryReads } from '../reads/read-context.js';
import { chartText } from './chart-text.js';
import { loadScope } from './load-scope.js';
import type { ScopeSeries } from './load-scope.js';
import { pointOf } from './point.js';

@Controller()
export class PortfolioHistoryController {
  constructor(@Inject(HISTORY_READS) private readonly reads: HistoryReads) {}

  @RpcMethod(historyRpc.portfolioHistory)
  async history(payload: RequestOf<typeof historyRpc.portfolioHistory>, context: RpcContext): Promise<RpcReply<historyRpc.PortfolioHistory>> {
    const stale = await isStale(this.reads.database, context.after);
    const scope = await loadScope(this.reads, { ...payload, userId: context.userId }, { ranges: true });
    if (!scope.ok) return refused(scope.error);
    const { base, days, reasons, ranges, revision } = scope.value;
    const points = days.map((day) => pointOf(day, ranges.get(day.date)));
    if (payload.period === '1D' && payload.revision === undefined) points.push(...(await this.openDay(scope.value)));
    const chart = chartText({ currency: base, from: days[0]?.date ?? null, to: days.at(-1)?.date ?? null, points, reasons: [...reasons], revision });
    return answered(jsonText<historyRpc.PortfolioHistory>(chart), { stale });
  }

  /** The day that is still open, where it is watched. */
  private openDay({ base, to, accounts, countsOn }: ScopeSeries): Promise<historyRpc.HistoryPoint[]> {
    const counted = accounts.filter(({ accountId }) => countsOn.get(accountId)?.(to + 1) === null);
    return readChartOfDay(this.reads, { base, accountIds: counted.map((account) => account.accountId), closed: to });
  }
}
