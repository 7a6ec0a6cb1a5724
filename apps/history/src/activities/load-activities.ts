/**
 * Pages of the transactions of a scope, by the rule of every sum: an account's rows are those of the days on which it counts, by the
 * effective date of what changed, so that what adds up is what income and returns are made of and the same purchase is listed once. Of an
 * account that is named all are listed, and each says whether it counted.
 */
import type { historyRpc, Problem } from '@tidemark/contracts';
import { instant, ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayNumber } from '@tidemark/market';
import type { DayNumber } from '@tidemark/market';
import { pageOfTransactions } from '../projections/transactions/query.js';
import type { StoredTransaction, TransactionPage } from '../projections/transactions/query.js';
import { accountsAsked } from '../reads/accounts-asked.js';
import type { HistoryReads } from '../reads/read-context.js';
import type { ScopeAsked } from '../series/scope-accounts.js';
import { activityOf } from './activity.js';
import type { ActivityShown } from './activity.js';

export interface ActivityPage {
  readonly items: readonly historyRpc.Activity[];
  readonly more: boolean;
}

export interface ReadActivities {
  /** The day that every period ends with. */
  readonly lastClosed: DayNumber;
  readonly page: (page: TransactionPage) => Promise<ActivityPage>;
}

/** Which accounts, decided once; then page after page. */
export async function activitiesOf(reads: HistoryReads, asked: ScopeAsked): Promise<Result<ReadActivities, Problem>> {
  const accounts = await accountsAsked(reads.database, asked, instant(reads.clock.now()));
  if (!accounts.ok) return accounts;
  const { inScope, lastClosed, notCounted, countedSpans } = accounts.value;
  const spans = inScope.flatMap(({ accountId }) => (accountId === asked.account ? [{ accountId, from: null, to: null }] : countedSpans(accountId)));
  return ok({
    lastClosed,
    page: async (page) => {
      const rows = await pageOfTransactions(reads.database, spans, page);
      const shown = rows.slice(0, page.limit);
      const convert = await conversion(reads, asked.currency, shown);
      const items = shown.map((row) => activityOf(row, { counted: notCounted(row.accountId, row.normalised.date) === null, convert }));
      return { items, more: rows.length > page.limit };
    },
  });
}

/** Each in its own currency unless another is asked for. */
async function conversion({ prices }: HistoryReads, currency: string | undefined, rows: readonly StoredTransaction[]): Promise<ActivityShown['convert']> {
  if (currency === undefined) return null;
  const days = rows.map(({ normalised }) => dayNumber(normalised.date));
  const table = await prices.ratesFor([...new Set([currency, ...rows.flatMap(({ normalised }) => normalised.currency ?? [])])], Math.min(...days), Math.max(...days));
  return { currency, rate: (from, day) => table.rate(from, currency, dayNumber(day)) };
}
