/** An account and its balances as SnapTrade shows them. */
import { add, type Decimal } from '@tidemark/money';
import type { Shown } from '../server/sandbox.js';
import { uuidFor } from '../wire/ids.js';
import { jsonNumber, jsonNumberOrNull } from '../wire/json-number.js';
import { totalOf, valueOf } from '../world/worth.js';
import type { Account, AccountType } from '../world/world.js';
import { brokerageOf, snapAccountId, transactionsBehind, type FoundAccount } from './authorizations.js';

const CATEGORIES: Record<AccountType, string | null> = { investment: 'INVESTMENT', depository: 'DEPOSIT', credit: 'LOC', loan: 'LOC', other: null };
const currencyNames = new Intl.DisplayNames('en', { type: 'currency', fallback: 'code' });

export function accountView(sandbox: Shown, { authorization, account }: FoundAccount): Record<string, unknown> {
  const total = totalOf(account, sandbox.world.security);
  const synced = authorization.disabledAt ?? sandbox.clock.now().toISOString();
  const first = transactionsBehind(sandbox, authorization, account.id).reduce<string | null>((least, { date }) => (least === null || date < least ? date : least), null);
  return {
    id: snapAccountId(authorization, account.id),
    brokerage_authorization: authorization.id,
    name: account.name,
    number: account.number,
    institution_account_id: uuidFor('institution-account', account.id),
    institution_name: brokerageOf(sandbox, authorization).name,
    created_date: authorization.createdAt,
    funding_date: null,
    opening_date: account.openedOn === undefined ? null : `${account.openedOn}T00:00:00Z`,
    sync_status: {
      transactions: { initial_sync_completed: true, last_successful_sync: synced.slice(0, 10), first_transaction_date: first },
      holdings: { initial_sync_completed: true, last_successful_sync: synced, holdings_unavailable: account.investments === false },
    },
    balance: { total: total === null ? null : { amount: jsonNumber(total), currency: account.currency } },
    status: account.closed === true ? 'closed' : 'open',
    raw_type: account.subtype,
    account_category: CATEGORIES[account.type],
    meta: {},
    portfolio_group: uuidFor('portfolio-group', authorization.id),
    cash_restrictions: [],
    is_paper: account.paper ?? false,
  };
}

export function currencyView(code: string): Record<string, unknown> {
  return { id: uuidFor('currency', code), code, name: /^[A-Z]{3}$/.test(code) ? (currencyNames.of(code) ?? code) : code };
}

/** One balance a currency. Money-market funds count in `cash` too, though they are positions as well. */
export function balancesView(sandbox: Shown, account: Account): object[] {
  const fundsLikeCash = new Map<string, Decimal>();
  for (const holding of account.holdings ?? []) {
    const security = sandbox.world.security(holding.security);
    if (security.kind !== 'money_market') continue;
    fundsLikeCash.set(security.currency, add(fundsLikeCash.get(security.currency) ?? '0', valueOf(holding, security) ?? '0'));
  }
  const cash = new Map((account.cash ?? []).map((balance) => [balance.currency, balance]));
  return [...new Set([...cash.keys(), ...fundsLikeCash.keys()])].map((code) => {
    const held = cash.get(code);
    const funds = fundsLikeCash.get(code);
    const total = funds === undefined ? (held?.amount ?? '0') : add(held?.amount ?? '0', funds);
    return {
      currency: currencyView(code),
      cash: jsonNumber(total),
      buying_power: jsonNumberOrNull(held?.buyingPower === undefined ? total : held.buyingPower),
    };
  });
}
