/**
 * On which days an account counts in the scope's totals. What holds at a day's close holds for the day. Whether an account counts changes
 * a few times in its life, so the rules are asked once between two changes of any account, not once a day. An account of which no day
 * is known yet (its history begins later, or is not computed) takes the place of no other: else a day would count not at all.
 */
import { duplicateOf, notCounted } from '@tidemark/contracts';
import type { Account, NotCounted } from '@tidemark/contracts';
import type { DayNumber } from '../reconstruction/model.js';

/** Why an account does not count at a day's close; null where it does. */
export type CountsOn = (day: DayNumber) => NotCounted | null;

/** An account with the first day that is known of it; null where none is. */
export interface KnownAccount {
  readonly account: Account;
  readonly firstDay: DayNumber | null;
}

type Stretch = { readonly from: number; readonly reasons: ReadonlyMap<string, NotCounted> };

/** Before every instant there can be. */
const EVER = -8.64e15;

/**
 * @param known all of the user's: a duplicate's twin must be seen even where the question is about the duplicate alone
 * @param closeMs the close of a day in an account's market, in milliseconds
 */
export function countedDays(known: readonly KnownAccount[], closeMs: (account: Account, day: DayNumber) => number): Map<string, CountsOn> {
  const begins = new Map(known.map(({ account, firstDay }) => [account.accountId, firstDay === null ? Infinity : closeMs(account, firstDay)]));
  const tied = known.some(({ account }) => duplicateOf(account) !== null);
  const changes = known.flatMap(({ account }) => account.changes.map((change) => Date.parse(change.effectiveAt)));
  const instants = [...new Set([EVER, ...changes, ...(tied ? [...begins.values()].filter(Number.isFinite) : [])])].sort((a, b) => a - b);
  const accounts = known.map(({ account }) => account);
  const stretches = instants.map((from): Stretch => ({ from, reasons: notCounted(accounts, new Date(from).toISOString(), ({ accountId }) => (begins.get(accountId) as number) <= from) }));
  return new Map(accounts.map((account) => [account.accountId, stretches.every(({ reasons }) => reasons.size === 0) ? always : (day: DayNumber) => standing(stretches, closeMs(account, day)).get(account.accountId) ?? null]));
}

const always: CountsOn = () => null;

function standing(stretches: readonly Stretch[], at: number): ReadonlyMap<string, NotCounted> {
  return (stretches.findLast((stretch) => stretch.from <= at) as Stretch).reasons;
}
