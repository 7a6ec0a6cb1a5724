/** What the assets of a user paid: dividends, interest, distributed gains, by month and by asset. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { dayNumber, marketDayOf } from '@tidemark/market';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { resolveTransactions } from '@tidemark/transactions';
import { transactionsOf } from '../projections/transactions/query.js';
import { accountsAsked } from '../reads/accounts-asked.js';
import { daysAsked } from '../reads/days-asked.js';
import { HISTORY_READS, isStale } from '../reads/read-context.js';
import type { HistoryReads } from '../reads/read-context.js';
import { incomeAnswer } from './income-answer.js';
import { incomeEntries } from './income-entry.js';

@Controller()
export class IncomeController {
  constructor(@Inject(HISTORY_READS) private readonly reads: HistoryReads) {}

  @RpcMethod(historyRpc.income)
  async income(payload: RequestOf<typeof historyRpc.income>, context: RpcContext): Promise<RpcReply<historyRpc.Income>> {
    const { database, clock, prices } = this.reads;
    const now = instant(clock.now());
    const today = marketDayOf(now);
    const stale = await isStale(database, context.after);
    const accounts = await accountsAsked(database, { ...payload, userId: context.userId }, now);
    if (!accounts.ok) return refused(accounts.error);
    const { base, inScope, notCounted, lastClosed } = accounts.value;
    const days = daysAsked(payload, lastClosed);
    if (!days.ok) return refused(days.error);
    // All of them, not those of the days alone: a reinvestment is understood by the dividend beside it.
    const transactions = await transactionsOf(database, inScope.map(({ accountId }) => accountId));
    const entries = [...transactions].flatMap(([accountId, own]) => incomeEntries(accountId, resolveTransactions(own)));
    const first = entries.reduce((least, { date }) => Math.min(least, dayNumber(date)), dayNumber(today));
    const rates = await prices.ratesFor([...new Set([base, ...entries.flatMap(({ currency }) => (currency === null ? [] : [currency]))])], first, dayNumber(today));
    const counts = (accountId: string, day: string) => notCounted(accountId, day) === null;
    return answered(incomeAnswer({ currency: base, days: days.value, today, entries, counts, rate: (from, day) => rates.rate(from, base, dayNumber(day)) }), { stale });
  }
}
