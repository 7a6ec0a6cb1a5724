/**
 * The days of a scope, ready for charts, returns and risk: the one way to them, so that every endpoint has the same sums. Loads the days
 * of the accounts at their newest revision (or one account's at an earlier one), the day's rates, and what crossed the scope's border.
 */
import { problem, realAccounts } from '@tidemark/contracts';
import type { Account, historyRpc, Problem } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { closeMs } from '@tidemark/market';
import type { Database } from '@tidemark/postgres';
import type { HistoryReads } from '../reads/read-context.js';
import type { HistoryAccount } from '../projections/accounts/row.js';
import type { DayNumber } from '../reconstruction/model.js';
import { BlockCache } from '../storage/block-cache.js';
import type { DayColumns } from '../storage/day-columns.js';
import { flowsPart } from '../storage/flows.js';
import type { StoredFlow } from '../storage/flows.js';
import { NEWEST } from '../storage/read-days.js';
import { readColumns } from '../storage/read-columns.js';
import { nothing } from '../storage/read-together.js';
import type { ReadPart } from '../storage/read-together.js';
import type { BorderFlow } from './border-flow.js';
import { combineDays } from './combine-days.js';
import { countedDays } from './counted-days.js';
import type { CountsOn } from './counted-days.js';
import { dayRangesPart } from './day-ranges.js';
import type { DayOfRange, DayRanges } from './day-ranges.js';
import { lastClosedOf, marketOfAccount } from './last-closed.js';
import { matchTransfers } from './match-transfers.js';
import { rangeOf } from './period.js';
import type { RangeAsked } from './period.js';
import { scopeReasons } from './scope-reasons.js';
import { readScopeAccounts } from './scope-accounts.js';
import type { AccountWithHead, ScopeAccounts, ScopeAsked } from './scope-accounts.js';
import type { ScopeDay } from './scope-day.js';

export interface ScopeQuery extends ScopeAsked, RangeAsked {
  /** An earlier revision, of one account. */
  readonly revision?: number | undefined;
}

/** A flow across an account's border. `internal`: its other side is an account of the scope too. */
export interface ScopeFlow extends StoredFlow {
  readonly internal: boolean;
}

export interface ScopeSeries {
  readonly base: string;
  /** What was asked for; `days` begin with the first one that is known. */
  readonly from: DayNumber;
  readonly to: DayNumber;
  readonly days: readonly ScopeDay[];
  readonly reasons: readonly historyRpc.HistoryReason[];
  /** Of one account its revision, of several the sum of theirs. */
  readonly revision: number;
  readonly accounts: readonly HistoryAccount[];
  /** Of every account of the scope, in its own currency; loaded where `flows` is asked for. */
  readonly flows: readonly ScopeFlow[];
  /** Accounts that came into the scope or went, in the base currency. */
  readonly borders: readonly BorderFlow[];
  /** Open, high, low and last of the days on which the scope was watched; loaded where `ranges` is asked for. */
  readonly ranges: DayRanges;
  /** Why an account does not count on a day; null where it does. */
  readonly countsOn: ReadonlyMap<string, CountsOn>;
}

const caches = new WeakMap<Database, BlockCache>();

function cacheOf(database: Database): BlockCache {
  const known = caches.get(database) ?? new BlockCache();
  caches.set(database, known);
  return known;
}

/** What the answer is to list beside its days. */
export interface Listed {
  readonly flows?: boolean;
  readonly ranges?: boolean;
}

export async function loadScope(reads: HistoryReads, query: ScopeQuery, { flows = false, ranges = false }: Listed = {}): Promise<Result<ScopeSeries, Problem>> {
  const { database, clock, prices } = reads;
  if (query.revision !== undefined && query.account === undefined) return refuse(invalidRevision('a revision is of one account: name it with account='));
  const found = await readScopeAccounts(database, query);
  if (!found.ok) return found;
  const scope = found.value;
  const range = rangeOf(query, lastClosedOf(scope.all.map((one) => one.account), instant(clock.now())));
  if (!range.ok) return range;
  const only = query.revision === undefined ? null : (scope.inScope[0] as AccountWithHead);
  if (only && (query.revision as number) > only.revision) return refuse(invalidRevision(`the newest revision of account ${only.account.accountId} is ${only.revision}`));
  const reach = reachOf(scope, range.value);
  const countsOn = countedDays(scope.all, closeOfDay);
  const asked = scope.inScope.filter((one) => one.revision > 0).map(({ account, revision }) => ({ accountId: account.accountId, revision: query.revision ?? revision, stated: !account.transactions }));
  const days = { accounts: asked, from: reach.from - 1, to: reach.to, compactedTo: scope.compactedTo ?? reach.to, compacting: scope.compacting };
  const { columns, beside: [stored, watched] } = await readColumns(database, cacheOf(database), days, [
    flowsOf(asked.map((one) => one.accountId), reach, flows, query.revision ?? NEWEST),
    ranges ? dayRangesPart(query, { base: scope.base, ...range.value }) : nothing<DayOfRange>(),
  ]);
  // What does not count that day takes no other's counterpart: a second link of an account has the same transfers.
  const matched = matchTransfers(stored.filter(({ accountId, day }) => countsOn.get(accountId)?.(day) === null));
  const rates = await prices.ratesFor([...new Set([scope.base, ...currenciesOf(columns)])], reach.from - 1, reach.to);
  const real = realAccounts(scope.all.map(({ account }) => account));
  const combined = combineDays({
    base: scope.base, ...reach, rates,
    accounts: asked.map(({ accountId, stated }) => ({ accountId, stated, chunks: columns.get(accountId) ?? [], countsOn: countsOn.get(accountId) as CountsOn, real: real.get(accountId) })),
    internal: sameDay(stored, matched),
  });
  return ok({
    base: scope.base, ...range.value,
    days: combined.days, borders: combined.borders,
    reasons: await scopeReasons(database, { spans: combined.spans, base: scope.base, scope, range: reach, days: combined.days, countsOn }),
    revision: asked.reduce((sum, one) => sum + one.revision, 0),
    accounts: scope.inScope.map((one) => one.account),
    flows: flows ? stored.filter((flow) => flow.day >= reach.from).map((flow) => ({ ...flow, internal: matched.has(flow.id) })) : [],
    ranges: new Map(watched),
    countsOn,
  });
}

/** Within what is known: from the first day of the scope's accounts to the last day of any of the user's, so that all series end together. */
function reachOf({ all, inScope }: ScopeAccounts, { from, to }: { from: DayNumber; to: DayNumber }): { from: DayNumber; to: DayNumber } {
  const firsts = inScope.flatMap((one) => one.firstDay ?? []);
  const lasts = all.flatMap((one) => one.lastDay ?? []);
  const last = Math.min(to, Math.max(...lasts));
  return firsts.length === 0 || lasts.length === 0 ? { from, to: from - 1 } : { from: Math.max(from, Math.min(...firsts)), to: last };
}

const closeOfDay = (account: Account, day: DayNumber): number => closeMs(day, marketOfAccount(account));

/** A scope of one has no transfers within it. The days around are looked at too: the other side of a transfer may lie there. */
function flowsOf(accountIds: readonly string[], { from, to }: { from: DayNumber; to: DayNumber }, all: boolean, revision: number): ReadPart<StoredFlow[]> {
  if (to < from || accountIds.length === 0) return nothing();
  if (all) return flowsPart(accountIds, from, to, revision, { transfersOnly: false });
  return accountIds.length > 1 ? flowsPart(accountIds, from, to, NEWEST, { transfersOnly: true }) : nothing();
}

/** Transfers whose parts are all on one day: they are in neither inflow nor outflow of it. */
function sameDay(flows: readonly StoredFlow[], matched: ReadonlyMap<number, number>): StoredFlow[][] {
  const parts = Map.groupBy(flows.filter((flow) => matched.has(flow.id)), (flow) => matched.get(flow.id));
  return [...parts.values()].filter((group) => group.every((flow) => flow.day === group[0]?.day));
}

function currenciesOf(columns: ReadonlyMap<string, readonly DayColumns[]>): string[] {
  return [...columns.values()].flatMap((chunks) => chunks.flatMap((chunk) => chunk.currencies));
}

function invalidRevision(message: string): Problem {
  return problem('validation_failed', `revision: ${message}`, { errors: [{ field: 'revision', message }] });
}

