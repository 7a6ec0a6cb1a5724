/**
 * Which accounts count in totals at an instant. A duplicate stands aside for its twin only while that twin is there (known, linked
 * and open): when the twin goes, the real account is still owned and must still count, once.
 */
import { holdingAt } from './account.js';
import type { Account } from './account.js';

export type NotCounted = 'disconnected' | 'closed' | 'excluded' | 'duplicate';

/** @returns why each account that does not count at `at` does not, by account id; an account that counts is absent */
export function notCounted(accounts: readonly Account[], at: string): Map<string, NotCounted> {
  const byId = new Map(accounts.map((account) => [account.accountId, account]));
  const reasons = new Map<string, NotCounted>();
  for (const account of accounts) {
    const reason = gone(account, at) ?? (holdingAt(account, 'excluded', at) === true ? 'excluded' : null) ?? (standsAside(account, byId, at) ? 'duplicate' : null);
    if (reason) reasons.set(account.accountId, reason);
  }
  return reasons;
}

function gone(account: Account, at: string): 'disconnected' | 'closed' | null {
  if (holdingAt(account, 'disconnected', at) === true) return 'disconnected';
  return holdingAt(account, 'closed', at) === true ? 'closed' : null;
}

/** Follows the flags to the account at their end. In a circle of flags the smallest id counts, so that exactly one does. */
function standsAside(account: Account, byId: ReadonlyMap<string, Account>, at: string): boolean {
  const chain = [account.accountId];
  let current = account;
  for (;;) {
    const twin = twinOf(current, byId, at);
    if (!twin) return current !== account;
    const start = chain.indexOf(twin.accountId);
    if (start === 0) return chain.some((id) => id < account.accountId);
    if (start > 0) return true;
    chain.push(twin.accountId);
    current = twin;
  }
}

function twinOf(account: Account, byId: ReadonlyMap<string, Account>, at: string): Account | null {
  const twin = byId.get(String(holdingAt(account, 'duplicate', at)));
  return twin && twin !== account && !gone(twin, at) ? twin : null;
}
