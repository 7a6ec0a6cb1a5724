/** An account as Plaid shows it: its id belongs to the item, its balances are the world's digits. */
import type { Shown } from '../server/sandbox.js';
import type { PlaidItem } from '../state/link-state.js';
import { plaidIdFor } from '../wire/ids.js';
import { jsonNumberOrNull } from '../wire/json-number.js';
import { totalOf } from '../world/worth.js';
import type { Account } from '../world/world.js';
import { PlaidError } from './plaid-error.js';
import { texts, type PlaidBody } from './plaid-operation.js';

const ISO_CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

export function plaidAccountId(item: PlaidItem, accountId: string): string {
  return plaidIdFor('account', item.itemId, accountId);
}

/** ISO and unofficial codes exclude each other. */
export function currencyCodes(currency: string): { iso_currency_code: string | null; unofficial_currency_code: string | null } {
  const iso = ISO_CURRENCIES.has(currency);
  return { iso_currency_code: iso ? currency : null, unofficial_currency_code: iso ? null : currency };
}

export function accountView(sandbox: Shown, item: PlaidItem, account: Account): Record<string, unknown> {
  const { available, limit } = account.balances ?? {};
  const cash = account.cash?.find(({ currency }) => currency === account.currency)?.amount;
  return {
    account_id: plaidAccountId(item, account.id),
    balances: {
      available: jsonNumberOrNull(available === undefined && account.type === 'investment' ? cash : available),
      current: jsonNumberOrNull(totalOf(account, sandbox.world.security)),
      limit: jsonNumberOrNull(limit),
      ...(account.type === 'investment' ? { margin_loan_amount: null } : {}),
      ...currencyCodes(account.currency),
    },
    mask: account.mask,
    name: account.name,
    official_name: account.officialName ?? null,
    type: account.type,
    subtype: account.subtype,
    holder_category: 'personal',
  };
}

/** Those that the request's `account_ids` ask for, all where it asks for none. */
export function chosenAccounts(item: PlaidItem, accounts: Account[], asked: PlaidBody): Account[] {
  const ids = texts(asked, 'account_ids');
  if (ids.length === 0) return accounts;
  const chosen = accounts.filter((account) => ids.includes(plaidAccountId(item, account.id)));
  if (chosen.length !== new Set(ids).size) throw new PlaidError('INVALID_ACCOUNT_ID');
  return chosen;
}
