/** What was made on what was sold, lot by lot, and what is made so far on what is held. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { marketDayOf } from '@tidemark/market';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { accountsAsked } from '../reads/accounts-asked.js';
import { daysAsked, invalidField } from '../reads/days-asked.js';
import { HISTORY_READS, isStale } from '../reads/read-context.js';
import type { HistoryReads } from '../reads/read-context.js';
import { gainsAnswer } from './gains-answer.js';
import { loadGains } from './load-gains.js';
import { realise } from './realise.js';
import { picksAsked } from './specific-lots.js';
import type { LotMethod } from './specific-lots.js';
import { unrealisedLines } from './unrealised.js';

@Controller()
export class GainsController {
  constructor(@Inject(HISTORY_READS) private readonly reads: HistoryReads) {}

  @RpcMethod(historyRpc.gains)
  async gains(payload: RequestOf<typeof historyRpc.gains>, context: RpcContext): Promise<RpcReply<historyRpc.Gains>> {
    const { database, clock } = this.reads;
    const today = marketDayOf(instant(clock.now()));
    const days = daysAsked(payload, today);
    if (!days.ok) return refused(days.error);
    const method = (payload.method ?? 'fifo') as LotMethod;
    const picks = picksAsked(method, payload.lots);
    if (!picks.ok) return refused(picks.error);
    const stale = await isStale(database, context.after);
    const accounts = await accountsAsked(database, { ...payload, userId: context.userId });
    if (!accounts.ok) return refused(accounts.error);
    const { base, all, inScope, notCounted } = accounts.value;
    // Accounts that count stand first: where a duplicate shows the same transfer, the real one has it.
    const counted = all.toSorted((a, b) => Number(notCounted(a.accountId, today) !== null) - Number(notCounted(b.accountId, today) !== null));
    const loaded = await loadGains(this.reads, counted, base);
    const books = realise({ accounts: loaded.records, method, picks: picks.value, splitsOf: loaded.splitsOf });
    if (books.refusals.length > 0) return refused(invalidField('lots', books.refusals.join('; ')));
    const scope = new Set(inScope.map(({ accountId }) => accountId));
    const unrealised = unrealisedLines(loaded.held.filter(({ accountId }) => scope.has(accountId)), loaded.market, (accountId, asset) => books.position(accountId, asset));
    const counts = (accountId: string, day: string) => scope.has(accountId) && notCounted(accountId, day) === null;
    return answered(gainsAnswer({ currency: base, method, days: days.value, today, realised: books.lines, unrealised, reasons: books.reasons, counts, rate: loaded.rate }), { stale });
  }
}
