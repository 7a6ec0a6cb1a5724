/**
 * A user's accounts valued at one instant. Both portfolio endpoints are made from this, so that there is one truth:
 * portfolio value = Σ account values = Σ positions + cash, each the sum of the same lines.
 */
import { duplicateOf, notCounted } from '@tidemark/contracts';
import type { Account, NotCounted } from '@tidemark/contracts';
import type { RateOf } from './rate.js';
import { valueAccount } from './value-account.js';
import type { HeldSnapshot, ValuedAccount } from './value-account.js';

export interface AccountHoldings {
  readonly account: Account;
  /** The latest snapshot at the instant asked for; null where the first one is later. */
  readonly snapshot: HeldSnapshot | null;
  /** The latest snapshot at the close before. */
  readonly previous: HeldSnapshot | null;
  readonly parked: boolean;
}

export interface Holdings {
  /** All the accounts of the user: a duplicate's twin must be seen even where the answer is about the duplicate alone. */
  readonly accounts: readonly AccountHoldings[];
  readonly at: string;
  readonly previousClose: string;
  readonly base: string;
  readonly rate: RateOf;
}

/** Which accounts an answer is about. */
export interface Scope {
  readonly accountId?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly provider?: string | undefined;
  /** `house`: accounts that the user keeps by hand; `external`: the others; else all. */
  readonly source?: string | undefined;
}

export interface AccountEntry {
  readonly account: Account;
  readonly counted: boolean;
  readonly why: NotCounted | null;
  readonly twin: string | null;
  readonly parked: boolean;
  readonly now: ValuedAccount | null;
  readonly before: ValuedAccount | null;
}

export function valuePortfolio(holdings: Holdings, scope: Scope): AccountEntry[] {
  const { at, previousClose, base, rate } = holdings;
  const known = new Set(holdings.accounts.filter(({ snapshot }) => snapshot !== null).map(({ account }) => account.accountId));
  const reasons = notCounted(holdings.accounts.map((held) => held.account), at, ({ accountId }) => known.has(accountId));
  return holdings.accounts
    .filter((held) => inScope(held.account, scope))
    .map(({ account, snapshot, previous, parked }) => {
      const why = reasons.get(account.accountId) ?? null;
      return {
        account,
        counted: why === null,
        why,
        twin: why === 'duplicate' ? duplicateOf(account) : null,
        parked,
        now: snapshot && valueAccount(snapshot, { base, at, rate }),
        before: previous && valueAccount(previous, { base, at: previousClose, rate }),
      };
    });
}

export function inScope(account: Account, scope: Scope): boolean {
  if (scope.accountId && account.accountId !== scope.accountId) return false;
  if (scope.connectionId && account.connectionId !== scope.connectionId) return false;
  if (scope.provider && account.provider !== scope.provider) return false;
  if (scope.source === 'house') return account.provider === 'manual';
  return scope.source !== 'external' || account.provider !== 'manual';
}
