/** Which of a user's accounts a request is about, in which currency, which day is over for all of them, and on which days each of them counts. */
import type { NotCounted, Problem } from '@tidemark/contracts';
import { ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { closeMs, dayNumber, dayOf, marketDayNumber, marketOf } from '@tidemark/market';
import type { Day, DayNumber } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { HistoryAccount } from '../projections/accounts/row.js';
import { countedDays } from '../series/counted-days.js';
import { lastClosedOf } from '../series/last-closed.js';
import { readScopeAccounts } from '../series/scope-accounts.js';
import type { ScopeAsked } from '../series/scope-accounts.js';

export interface AccountsAsked {
  /** The currency of sums: the one asked for, else the user's. */
  readonly base: string;
  /** Every account of the user. */
  readonly all: readonly HistoryAccount[];
  readonly inScope: readonly HistoryAccount[];
  /** The day that every period ends with. */
  readonly lastClosed: DayNumber;
  /** Why an account counts in no sum on that day, as its history has it; null where it does. */
  readonly notCounted: (accountId: string, day: Day) => NotCounted | null;
  /** The stretches of days on which an account counts, oldest first. */
  readonly countedSpans: (accountId: string) => CountedSpan[];
}

/** Both ends included; null: without an end on that side. */
export interface CountedSpan {
  readonly accountId: string;
  readonly from: Day | null;
  readonly to: Day | null;
}

export async function accountsAsked(client: SqlClient, asked: ScopeAsked, now: string): Promise<Result<AccountsAsked, Problem>> {
  const scope = await readScopeAccounts(client, asked);
  if (!scope.ok) return scope;
  const all = scope.value.all.map(({ account }) => account);
  const zones = new Map(all.map(({ accountId, timeZone }) => [accountId, timeZone === null ? undefined : marketOf(timeZone)]));
  const closeOf = ({ accountId }: Pick<HistoryAccount, 'accountId'>, day: number) => closeMs(day, zones.get(accountId));
  const counted = countedDays(scope.value.all, closeOf);
  const notCounted: AccountsAsked['notCounted'] = (accountId, day) => counted.get(accountId)?.(dayNumber(day)) ?? null;
  const begun = scope.value.all.flatMap(({ account, firstDay }) => (firstDay === null ? [] : closeOf(account, firstDay)));
  const changed = [...begun, ...all.flatMap(({ changes }) => changes.map(({ effectiveAt }) => Date.parse(effectiveAt)))];
  const countedSpans = (accountId: string): CountedSpan[] => {
    // What holds at a day's close holds for the day: a change, or the first day of a twin, holds from the market day that it falls on.
    const starts = [...new Set(changed.map((at) => marketDayNumber(at, zones.get(accountId))))].sort((a, b) => a - b).map(dayOf);
    const spans = [null, ...starts].map((from, index): CountedSpan => ({ accountId, from, to: starts[index] === undefined ? null : dayOf(dayNumber(starts[index]) - 1) }));
    return spans.filter(({ from, to }) => (from ?? to) === null || notCounted(accountId, (from ?? to) as Day) === null);
  };
  return ok({ base: scope.value.base, all, inScope: scope.value.inScope.map(({ account }) => account), lastClosed: lastClosedOf(all, now), notCounted, countedSpans });
}
