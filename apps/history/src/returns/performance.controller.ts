/** Answers `GET /portfolio/performance`: returns, risk, flows and gains of a period, and a benchmark over the same flows. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { HISTORY_READS, isStale } from '../reads/read-context.js';
import type { HistoryReads } from '../reads/read-context.js';
import { PRICES } from '../prices/prices.controller.js';
import type { Prices } from '../prices/start-prices.js';
import { introduce } from '../prices/introduce.js';
import { benchmarkPrices } from './benchmark-prices.js';
import { loadPeriod } from './load-performance.js';
import { performanceOf } from './performance.js';

@Controller()
export class PerformanceController {
  constructor(@Inject(HISTORY_READS) private readonly reads: HistoryReads, @Inject(PRICES) private readonly prices: Pick<Prices, 'want' | 'deps'>) {}

  @RpcMethod(historyRpc.performance)
  async performance(payload: RequestOf<typeof historyRpc.performance>, context: RpcContext): Promise<RpcReply<historyRpc.Performance>> {
    const stale = await isStale(this.reads.database, context.after);
    const { benchmark, ...query } = payload;
    const { database, prices } = this.reads;
    const { source, settings } = this.prices.deps;
    const closes = benchmarkPrices({
      client: database, prices, most: settings.newBenchmarksADay,
      want: (symbol, from, to) => this.prices.want([{ symbol, from, to }]),
      // Without a source nothing is asked, so nothing is counted.
      introduce: (symbol) => (source === null ? Promise.resolve({ kind: 'known' as const }) : introduce(database, { userId: context.userId, symbol, most: settings.newBenchmarksADay })),
    });
    const loaded = await loadPeriod(this.reads, closes, { query: { ...query, userId: context.userId }, benchmark });
    return loaded.ok ? answered(performanceOf(loaded.value), { stale }) : refused(loaded.error);
  }
}
