/**
 * Which accounts count in totals at an instant. A flag as a duplicate says that two accounts are one real account, which is so on every
 * day, also before anybody noticed: of accounts that are tied by flags exactly one counts at any instant at which one of them is there
 * (linked and open, and something is known of it). The one that counts is the one that the flags lead to; while that one is gone, the one before it on the way.
 * So an account that is linked again takes over where its former link ended, and no day counts twice or not at all.
 */
import { duplicateOf, holdingAt } from './account.js';
import type { Account } from './account.js';

export type NotCounted = 'disconnected' | 'closed' | 'excluded' | 'duplicate';

/**
 * @param isKnown whether anything is known of an account at `at`: one of which nothing is known takes no other's place. Absent: all are.
 * @returns why each account that does not count at `at` does not, by account id; an account that counts is absent
 */
export function notCounted(accounts: readonly Account[], at: string, isKnown: (account: Account) => boolean = () => true): Map<string, NotCounted> {
  const reasons = new Map<string, NotCounted>();
  for (const account of accounts) {
    const reason = gone(account, at);
    if (reason) reasons.set(account.accountId, reason);
  }
  const aside = standingAside(accounts, (account) => !reasons.has(account.accountId) && isKnown(account));
  for (const account of accounts) {
    if (reasons.has(account.accountId)) continue;
    if (holdingAt(account, 'excluded', at) === true) reasons.set(account.accountId, 'excluded');
    else if (aside.has(account.accountId)) reasons.set(account.accountId, 'duplicate');
  }
  return reasons;
}

/** By account id, the id that stands for the real account: the same for all that flags tie together. */
export function realAccounts(accounts: readonly Account[]): Map<string, string> {
  const byId = new Map(accounts.map((account) => [account.accountId, account]));
  return new Map(accounts.map((account) => [account.accountId, placeOf(account, byId).end]));
}

function gone(account: Account, at: string): 'disconnected' | 'closed' | null {
  if (holdingAt(account, 'disconnected', at) === true) return 'disconnected';
  return holdingAt(account, 'closed', at) === true ? 'closed' : null;
}

/** Of each group of accounts that flags tie together, all that are there but one: the nearest to where the flags lead. */
function standingAside(accounts: readonly Account[], isThere: (account: Account) => boolean): Set<string> {
  const byId = new Map(accounts.map((account) => [account.accountId, account]));
  const there = accounts.filter(isThere).map((account) => placeOf(account, byId));
  const counting = new Map<string, Place>();
  for (const place of there) {
    const other = counting.get(place.end);
    if (!other || place.steps < other.steps || (place.steps === other.steps && place.accountId < other.accountId)) counting.set(place.end, place);
  }
  return new Set(there.filter((place) => counting.get(place.end) !== place).map(({ accountId }) => accountId));
}

interface Place {
  readonly accountId: string;
  /** Where its flags lead; the same for all that are one real account. */
  readonly end: string;
  /** How many flags lead there. */
  readonly steps: number;
}

/** Follows the flags to the account at their end. In a circle of flags that is the one with the smallest id. */
function placeOf(account: Account, byId: ReadonlyMap<string, Account>): Place {
  const chain: string[] = [];
  let current: Account | undefined = account;
  while (current && !chain.includes(current.accountId)) {
    chain.push(current.accountId);
    current = byId.get(String(duplicateOf(current)));
  }
  const circle = current ? chain.slice(chain.indexOf(current.accountId)) : chain.slice(-1);
  const end = circle.reduce((least, id) => (id < least ? id : least));
  return { accountId: account.accountId, end, steps: chain.indexOf(end) };
}
