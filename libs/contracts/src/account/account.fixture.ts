/** Accounts for specs, with everything that a spec does not care about filled in. */
import type { Account } from './account.js';

/** A UUID that a person can tell from another. */
export function id(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

export function givenAccount(number: number, given: Partial<Account> = {}): Account {
  return {
    accountId: id(number), userId: 'user-1', connectionId: id(1000 + number), institutionId: 'schwab', institutionName: 'Charles Schwab', provider: 'snaptrade',
    name: `Account ${number}`, displayName: null, type: 'investment', subtype: null, mask: '1234', currency: 'USD', trading: false, changes: [], ...given,
  };
}
