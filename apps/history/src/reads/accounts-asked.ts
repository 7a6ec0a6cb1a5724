/** Which of a user's accounts a request is about, and on which days each of them counts. */
import { notCounted } from '@tidemark/contracts';
import type { NotCounted, Problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { closeOf } from '@tidemark/market';
import type { Day } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import { accountsOfUser, unknownAccount } from '../projections/accounts/query.js';
import type { HistoryAccount } from '../projections/accounts/row.js';

export interface ScopeInput {
  readonly account?: string | undefined;
  /** all, external (linked) or house (kept by hand); all where absent. */
  readonly source?: string | undefined;
}

export interface AccountsAsked {
  /** Every account of the user. */
  readonly all: readonly HistoryAccount[];
  readonly inScope: readonly HistoryAccount[];
  /** An account that is asked for by name always counts; of a portfolio only those that do on that day. */
  counts(accountId: string, day: Day): boolean;
  /** Why an account does not count on that day; null where it does. */
  notCounted(accountId: string, day: Day): NotCounted | null;
}

export async function accountsAsked(client: SqlClient, userId: string, { account, source = 'all' }: ScopeInput): Promise<Result<AccountsAsked, Problem>> {
  const all = await accountsOfUser(client, userId);
  if (account !== undefined && !all.some(({ accountId }) => accountId === account)) return refuse(unknownAccount(account));
  const inScope = all.filter(({ accountId, provider }) => (account === undefined || accountId === account) && (source === 'all' || (source === 'house') === (provider === 'manual')));
  // The rule walks all accounts: once a day is enough.
  const reasons = new Map<Day, Map<string, NotCounted>>();
  const why = (accountId: string, day: Day): NotCounted | null => {
    const known = reasons.get(day) ?? notCounted(all, closeOf(day));
    reasons.set(day, known);
    return known.get(accountId) ?? null;
  };
  return ok({ all, inScope, notCounted: why, counts: (accountId, day) => account === accountId || why(accountId, day) === null });
}
