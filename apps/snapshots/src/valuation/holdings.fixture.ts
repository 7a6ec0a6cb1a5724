/** Builders for specs: accounts and snapshots with everything that a spec does not care about filled in. */
import type { Account, BalanceLine } from '@tidemark/contracts';
import type { PricedLine } from './market-view.js';
import { noRates } from './rate.js';
import type { AccountHoldings, Holdings } from './portfolio.js';
import type { HeldSnapshot } from './value-account.js';

export const AT = '2026-11-20T21:00:00.000Z';
export const PREVIOUS_CLOSE = '2026-11-19T21:00:00.000Z';

/** A UUID that a person can tell from another. */
export function id(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

export function givenAccount(number: number, given: Partial<Account> = {}): Account {
  return {
    accountId: id(number),
    userId: 'user-1',
    connectionId: id(1000 + number),
    institutionId: 'schwab',
    institutionName: 'Charles Schwab',
    provider: 'snaptrade',
    name: `Account ${number}`,
    displayName: null,
    type: 'investment',
    subtype: null,
    mask: '1234',
    currency: 'USD',
    trading: false,
    changes: [],
    ...given,
  };
}

export function givenSnapshot(balances: readonly PricedLine[], given: Partial<HeldSnapshot> = {}): HeldSnapshot {
  return { snapshotId: id(9000), capturedAt: AT, currency: 'USD', balance: null, balances, ...given };
}

export function held(account: Account, balances: readonly PricedLine[] | null, before: readonly PricedLine[] | null = null): AccountHoldings {
  return {
    account,
    snapshot: balances && givenSnapshot(balances),
    previous: before && givenSnapshot(before, { snapshotId: id(9001), capturedAt: PREVIOUS_CLOSE }),
    parked: false,
  };
}

export function holdings(accounts: readonly AccountHoldings[], given: Partial<Holdings> = {}): Holdings {
  return { accounts, at: AT, previousClose: PREVIOUS_CLOSE, base: 'USD', rate: noRates, ...given };
}

export const usd = (quantity: string): BalanceLine => ({ asset: 'currency:USD', quantity });

export function stock(symbol: string, quantity: string, price: string | null, given: Partial<PricedLine> = {}): PricedLine {
  return { asset: `equity:${symbol}`, quantity, price, costBasis: null, ...given };
}
