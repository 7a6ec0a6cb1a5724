/** Scopes as specs give them: accounts, days, rates. */
import type { Account } from '@tidemark/contracts';
import { dayNumber } from '@tidemark/market';
import { divide } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { RateTable } from '../reads/read-context.js';
import type { AccountDay } from '../reconstruction/model.js';
import { columnsOf } from '../storage/day-columns.js';
import type { StoredFlow } from '../storage/flows.js';
import type { AccountDays } from './combine-days.js';
import type { CountsOn } from './counted-days.js';

export const day = dayNumber;

export function accountDays(accountId: string, days: readonly AccountDay[], countsOn: CountsOn = () => null): AccountDays {
  return { accountId, chunks: [columnsOf(days)], countsOn };
}

/** Dollars for one unit, the same every day unless a day has its own; null: there is none. */
export function rates(usd: Readonly<Record<string, Decimal>>, on: (currency: string, day: number) => Decimal | null | undefined = () => undefined): RateTable {
  const of = (currency: string, at: number) => (currency === 'USD' ? '1' : on(currency, at) === undefined ? (usd[currency] ?? null) : (on(currency, at) as Decimal | null));
  return {
    rate: (currency, base, at) => {
      const [one, other] = [of(currency, at), of(base, at)];
      return currency === base ? '1' : one === null || other === null ? null : divide(one, other);
    },
    age: () => 0,
  };
}

let ids = 0;

export function flow(accountId: string, date: string, given: Partial<StoredFlow>): StoredFlow {
  ids += 1;
  return { id: ids, accountId, day: day(date), transactionId: null, kind: 'cash_transfer', transfer: true, asset: null, units: null, currency: 'USD', amount: null, ...given };
}

export function account(accountId: string, changes: Account['changes'] = []): Account {
  return { accountId, userId: 'u', connectionId: null, institutionId: null, institutionName: null, provider: 'plaid', name: accountId, displayName: null, type: 'investment', subtype: null, mask: null, currency: 'USD', trading: false, changes };
}
