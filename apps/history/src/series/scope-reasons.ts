/** Why days of a series are not to be relied on altogether, in words, each with the days it holds for. */
import { accountName } from '@tidemark/contracts';
import type { historyRpc } from '@tidemark/contracts';
import { dayOf } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber } from '../reconstruction/model.js';
import { readReasons } from '../storage/reasons.js';
import type { SpanOf } from './combine-days.js';
import type { CountsOn } from './counted-days.js';
import type { DaySpan } from './day-spans.js';
import type { AccountWithHead, ScopeAccounts } from './scope-accounts.js';
import type { ScopeDay } from './scope-day.js';

export interface ReasonsGiven {
  readonly spans: readonly DaySpan<SpanOf>[];
  readonly base: string;
  readonly scope: ScopeAccounts;
  readonly range: { readonly from: DayNumber; readonly to: DayNumber };
  readonly days: readonly ScopeDay[];
  readonly countsOn: ReadonlyMap<string, CountsOn>;
}

type HistoryReason = historyRpc.HistoryReason;

export async function scopeReasons(client: SqlClient, given: ReasonsGiven): Promise<HistoryReason[]> {
  const { spans, base, scope } = given;
  const ids = [...new Set(spans.flatMap(({ what }) => ('reason' in what ? [what.reason] : [])))];
  const stored = await readReasons(client, ids);
  const ofDays = spans.flatMap(({ what, from, to }): HistoryReason[] => {
    const days = { from: dayOf(from), to: dayOf(to) };
    if ('currency' in what) return [{ code: what.code, detail: what.code === 'rate_missing' ? `There is no rate from ${what.currency} to ${base}.` : `The rate from ${what.currency} to ${base} is more than 7 days old.`, ...days }];
    if ('code' in what) return [{ code: 'carried', detail: 'The close of these days is under way: the value before is carried.', accountId: what.accountId, ...days }];
    const reason = stored.get(what.reason);
    return reason ? [{ code: reason.code, detail: reason.detail, accountId: what.accountId, ...(reason.asset === undefined ? {} : { asset: reason.asset }), ...days }] : [];
  });
  return [...ofRuns(scope), ...standingAside(given), ...ofDays];
}

/** What is not known because it is not computed, or not computed any more. Pure. */
export function ofRuns({ inScope }: Pick<ScopeAccounts, 'inScope'>): HistoryReason[] {
  return inScope.flatMap((one): HistoryReason[] => {
    const said = saidOf(one);
    return said ? [{ ...said, accountId: one.account.accountId }] : [];
  });
}

function saidOf({ account, revision, run }: AccountWithHead): Pick<HistoryReason, 'code' | 'detail'> | null {
  const name = accountName(account);
  const shown = `what is shown is of revision ${revision}`;
  if (run === 'failed') return { code: 'reconstruction_failed', detail: `The last reconstruction of ${name} failed: ${revision === 0 ? 'nothing is known of its days' : shown}. GET /portfolio/reconstructions/${account.accountId} says why.` };
  if (revision === 0) return { code: 'reconstruction_pending', detail: run === null ? `The history of ${name} is not computed yet: that begins by itself after its first sync.` : `The history of ${name} is not computed yet: it is under way.` };
  return run === null || run === 'completed' ? null : { code: 'reconstruction_running', detail: `The history of ${name} is being computed again: ${shown}.` };
}

/** Accounts that have days in the range and count on none of its last: said once, for whoever misses them in the sum. */
function standingAside({ scope, range, countsOn }: ReasonsGiven): HistoryReason[] {
  return scope.inScope.flatMap(({ account, firstDay, revision }): HistoryReason[] => {
    const why = countsOn.get(account.accountId)?.(range.to);
    if (revision === 0 || !why || firstDay === null || firstDay > range.to) return [];
    return [{ code: 'no_history', detail: `${accountName(account)} is in no total since then: ${WORDS[why]}.`, accountId: account.accountId, from: dayOf(since(countsOn.get(account.accountId) as CountsOn, range)), to: dayOf(range.to) }];
  });
}

const WORDS = { duplicate: 'it is the same account as another', excluded: 'you took it out', closed: 'it is closed', disconnected: 'its connection was removed' } as const;

/** The first day of the stretch that ends with the range's last day. */
function since(countsOn: CountsOn, { from, to }: { readonly from: DayNumber; readonly to: DayNumber }): DayNumber {
  let day = to;
  while (day > from && countsOn(day - 1) !== null) day -= 1;
  return day;
}
