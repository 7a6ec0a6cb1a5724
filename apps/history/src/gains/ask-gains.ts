/** The gains of a scope, for whoever answers with them: the read itself, exports, performance. */
import type { historyRpc, Problem } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { marketDayOf } from '@tidemark/market';
import { accountsAsked } from '../reads/accounts-asked.js';
import { daysAsked, invalidField } from '../reads/days-asked.js';
import type { DaysInput } from '../reads/days-asked.js';
import type { HistoryReads } from '../reads/read-context.js';
import type { ScopeAsked } from '../series/scope-accounts.js';
import { gainsAnswer } from './gains-answer.js';
import { loadGains } from './load-gains.js';
import { realise } from './realise.js';
import { picksAsked } from './specific-lots.js';
import type { LotMethod } from './specific-lots.js';
import { unrealisedLines } from './unrealised.js';

export interface GainsAsked extends ScopeAsked, DaysInput {
  /** One of the contract's LOT_METHODS; first in, first out where absent. */
  readonly method?: string | undefined;
  readonly lots?: string | undefined;
}

export async function askGains(reads: HistoryReads, asked: GainsAsked): Promise<Result<historyRpc.Gains, Problem>> {
  const today = marketDayOf(instant(reads.clock.now()));
  const days = daysAsked(asked, today);
  if (!days.ok) return days;
  const method = (asked.method ?? 'fifo') as LotMethod;
  const picks = picksAsked(method, asked.lots);
  if (!picks.ok) return picks;
  const accounts = await accountsAsked(reads.database, asked);
  if (!accounts.ok) return accounts;
  const { base, all, inScope, notCounted } = accounts.value;
  // Accounts that count stand first: where a duplicate shows the same transfer, the real one has it.
  const countedFirst = all.toSorted((a, b) => Number(notCounted(a.accountId, today) !== null) - Number(notCounted(b.accountId, today) !== null));
  const loaded = await loadGains(reads, countedFirst, base);
  const books = realise({ accounts: loaded.records, method, picks: picks.value, splitsOf: loaded.splitsOf });
  if (books.refusals.length > 0) return refuse(invalidField('lots', books.refusals.join('; ')));
  const scope = new Set(inScope.map(({ accountId }) => accountId));
  const unrealised = unrealisedLines(loaded.held.filter(({ accountId }) => scope.has(accountId)), loaded.market, (accountId, asset) => books.position(accountId, asset));
  const counts = (accountId: string, day: string) => scope.has(accountId) && notCounted(accountId, day) === null;
  return ok(gainsAnswer({ currency: base, method, days: days.value, today, realised: books.lines, unrealised, reasons: books.reasons, counts, rate: loaded.rate }));
}
