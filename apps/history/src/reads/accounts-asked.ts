/** Which of a user's accounts a request is about, in which currency, and on which days each of them counts. */
import type { NotCounted, Problem } from '@tidemark/contracts';
import { ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { closeMs, dayNumber, marketOf } from '@tidemark/market';
import type { Day } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { HistoryAccount } from '../projections/accounts/row.js';
import { countedDays } from '../series/counted-days.js';
import { readScopeAccounts } from '../series/scope-accounts.js';
import type { ScopeAsked } from '../series/scope-accounts.js';

export interface AccountsAsked {
  /** The currency of sums: the one asked for, else the user's. */
  readonly base: string;
  /** Every account of the user. */
  readonly all: readonly HistoryAccount[];
  readonly inScope: readonly HistoryAccount[];
  /** Why an account counts in no sum on that day, as its history has it; null where it does. */
  readonly notCounted: (accountId: string, day: Day) => NotCounted | null;
}

export async function accountsAsked(client: SqlClient, asked: ScopeAsked): Promise<Result<AccountsAsked, Problem>> {
  const scope = await readScopeAccounts(client, asked);
  if (!scope.ok) return scope;
  const all = scope.value.all.map(({ account }) => account);
  const zones = new Map(all.map(({ accountId, timeZone }) => [accountId, timeZone === null ? undefined : marketOf(timeZone)]));
  const counted = countedDays(all, ({ accountId }, day) => closeMs(day, zones.get(accountId)));
  return ok({ base: scope.value.base, all, inScope: scope.value.inScope.map(({ account }) => account), notCounted: (accountId, day) => counted.get(accountId)?.(dayNumber(day)) ?? null });
}
