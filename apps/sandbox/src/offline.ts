/**
 * The providers' answers about one account of a world, as the text that goes onto the wire, without a server, keys or links: for comparing what
 * a reader makes of them with the truth, thousands of times. It is the same code that answers over HTTP.
 */
import { accountView } from './plaid/account-view.js';
import { transactionsSyncAnswer } from './plaid/bank-transactions.js';
import { holdingsAnswer } from './plaid/holdings.js';
import { investmentTransactionsAnswer } from './plaid/investment-transactions.js';
import { itemView } from './plaid/item-view.js';
import type { Shown } from './server/sandbox.js';
import { SandboxClock } from './server/sandbox-clock.js';
import { balancesView } from './snaptrade/account-view.js';
import { positionsAnswer } from './snaptrade/accounts.js';
import { activitiesPage } from './snaptrade/activities.js';
import type { PlaidItem, SnapAuthorization } from './state/link-state.js';
import type { Account, World } from './world/world.js';
import { WorldStore } from './world/world-store.js';

const PAGE = 500;

export interface OfflineAccount {
  /** `/investments/holdings/get`, and every page of `/investments/transactions/get`. */
  plaid: { holdings(): string; transactions(): string[] };
  /** `/accounts/get`, and every page of `/transactions/sync`: what a bank account is read through. */
  bank: { accounts(): string; transactions(): string[] };
  /** `positions/all`, `balances`, and every page of `activities`. */
  snaptrade: { positions(): string; balances(): string; activities(): string[] };
}

/** @param now what the clock of the institutions says */
export function offlineAccount(world: World, accountId: string, now: Date): OfflineAccount {
  const shown: Shown = { world: new WorldStore(world), clock: new SandboxClock(() => now) };
  const account = shown.world.account(accountId);
  if (account === undefined) throw new Error(`the world has no account "${accountId}"`);
  return { plaid: plaidTexts(shown, account), bank: bankTexts(shown, account), snaptrade: snaptradeTexts(shown, account) };
}

function itemOf(shown: Shown, account: Account): PlaidItem {
  return { itemId: 'offline', accessToken: '', institution: account.institution, person: account.person, accounts: [account.id], products: ['investments'], webhook: null, error: null, createdAt: shown.clock.now().toISOString(), removed: false, journal: [] };
}

function bankTexts(shown: Shown, account: Account): OfflineAccount['bank'] {
  const item = itemOf(shown, account);
  return {
    accounts: () => JSON.stringify({ accounts: [accountView(shown, item, account)], item: itemView(shown, item) }),
    transactions: () => {
      const pages: string[] = [];
      for (let cursor: string | null = null, more = true; more; ) {
        const page = transactionsSyncAnswer(shown, item, [account], { size: PAGE, cursor });
        pages.push(JSON.stringify(page));
        [cursor, more] = [page.next_cursor, page.has_more];
      }
      return pages;
    },
  };
}

/** The offsets of the pages of an account's transactions, at least one. */
function offsets(shown: Shown, account: Account): number[] {
  const pages = Math.max(1, Math.ceil(shown.world.transactionsOf(account.id).length / PAGE));
  return Array.from({ length: pages }, (_, index) => index * PAGE);
}

function plaidTexts(shown: Shown, account: Account): OfflineAccount['plaid'] {
  const item = itemOf(shown, account);
  const range = { from: '0000-01-01', to: '9999-12-31', size: PAGE };
  return {
    holdings: () => JSON.stringify(holdingsAnswer(shown, item, [account])),
    transactions: () => offsets(shown, account).map((offset) => JSON.stringify(investmentTransactionsAnswer(shown, item, [account], { ...range, offset }))),
  };
}

function snaptradeTexts(shown: Shown, account: Account): OfflineAccount['snaptrade'] {
  const now = shown.clock.now().toISOString();
  const authorization: SnapAuthorization = { id: 'offline', userId: 'offline', institution: account.institution, person: account.person, type: 'read', createdAt: now, updatedAt: now, disabledAt: null, disabledBy: null, accounts: [account.id], cached: null };
  const found = { authorization, account };
  return {
    positions: () => JSON.stringify(positionsAnswer(shown, found)),
    balances: () => JSON.stringify(balancesView(shown, account)),
    activities: () => offsets(shown, account).map((offset) => JSON.stringify(activitiesPage(shown, found, { limit: String(PAGE), offset: String(offset) }))),
  };
}
