/**
 * On which days an account counts in the scope's totals. What holds at a day's close holds for the day. Whether an account counts changes
 * a few times in its life, so the rules are asked once between two changes of any account, not once a day.
 */
import { notCounted } from '@tidemark/contracts';
import type { Account, NotCounted } from '@tidemark/contracts';
import type { DayNumber } from '../reconstruction/model.js';

/** Why the account does not count at a day's close; null where it does. */
export type CountsOn = (day: DayNumber) => NotCounted | null;

/**
 * @param accounts all of the user's: a duplicate's twin must be seen even where the question is about the duplicate alone
 * @param closeMs the close of a day in an account's market, in milliseconds
 */
export function countedDays(accounts: readonly Account[], closeMs: (account: Account, day: DayNumber) => number): Map<string, CountsOn> {
  const instants = [...new Set(accounts.flatMap((account) => account.changes.map((change) => Date.parse(change.effectiveAt))))].sort((a, b) => a - b);
  const stretches = instants.map((from) => ({ from, reasons: notCounted(accounts, new Date(from).toISOString()) }));
  return new Map(accounts.map((account) => [account.accountId, stretches.length === 0 ? always : (day: DayNumber) => standing(stretches, closeMs(account, day))?.get(account.accountId) ?? null]));
}

const always: CountsOn = () => null;

/** Before the first change everything counts. */
function standing(stretches: readonly { readonly from: number; readonly reasons: ReadonlyMap<string, NotCounted> }[], at: number): ReadonlyMap<string, NotCounted> | undefined {
  return stretches.findLast((stretch) => stretch.from <= at)?.reasons;
}
