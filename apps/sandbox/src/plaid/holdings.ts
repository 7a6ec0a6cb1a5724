/** /investments/holdings/get: every holding of an item's investment accounts, cash included as a holding. */
import { multiply, negate, compare, type Decimal } from '@tidemark/money';
import type { FastifyInstance } from 'fastify';
import type { Sandbox, Shown } from '../server/sandbox.js';
import type { PlaidItem } from '../state/link-state.js';
import { jsonNumber, jsonNumberOrNull, type RawJson } from '../wire/json-number.js';
import { multiplierOf, priceOf, valueOf } from '../world/worth.js';
import type { Account, CashBalance, Holding } from '../world/world.js';
import { accountView, chosenAccounts, currencyCodes, plaidAccountId } from './account-view.js';
import { institutionOf, itemView, readableAccounts } from './item-view.js';
import { PlaidError } from './plaid-error.js';
import { itemOperation, options, type PlaidBody } from './plaid-operation.js';
import { cashSecurityId, cashSecurityView, plaidSecurityId, securityView } from './security-view.js';

export function holdingsRoute(app: FastifyInstance, sandbox: Sandbox): void {
  itemOperation(
    app,
    sandbox,
    { operation: 'investmentsHoldingsGet', path: '/investments/holdings/get', limit: { perItem: 15, perClient: 2_000, code: 'INVESTMENT_HOLDINGS_GET_LIMIT' } },
    (item, body) => holdingsAnswer(sandbox, item, investmentAccounts(sandbox, item, body)),
  );
}

export function holdingsAnswer(sandbox: Shown, item: PlaidItem, accounts: readonly Account[]): object {
  const held = accounts.flatMap((account) => account.holdings ?? []);
  const currencies = new Set(accounts.flatMap((account) => (account.cash ?? []).map(({ currency }) => currency)));
  return {
    accounts: accounts.map((account) => accountView(sandbox, item, account)),
    holdings: accounts.flatMap((account) => [
      ...(account.cash ?? []).map((cash) => cashView(item, account, cash)),
      ...(account.holdings ?? []).map((holding) => holdingView(sandbox, item, account, holding)),
    ]),
    securities: [
      ...[...currencies].map(cashSecurityView),
      ...[...new Set(held.map(({ security }) => security))].map((id) => securityView(sandbox.world.security(id))),
    ],
    item: itemView(sandbox, item),
    is_investments_fallback_item: false,
  };
}

/** @throws PlaidError as Plaid does where an institution or a person has no investments */
export function investmentAccounts(sandbox: Shown, item: PlaidItem, body: PlaidBody): Account[] {
  const readable = readableAccounts(sandbox, item);
  if (!institutionOf(sandbox, item).plaid.products.includes('investments')) throw new PlaidError('PRODUCTS_NOT_SUPPORTED', '["investments"]');
  const accounts = readable.filter((account) => account.investments ?? account.type === 'investment');
  if (accounts.length === 0) throw new PlaidError('NO_INVESTMENT_ACCOUNTS');
  return chosenAccounts(item, accounts, options(body));
}

function cashView(item: PlaidItem, account: Account, cash: CashBalance): Record<string, unknown> {
  return {
    account_id: plaidAccountId(item, account.id),
    security_id: cashSecurityId(cash.currency),
    institution_price: jsonNumber('1'),
    institution_price_as_of: null,
    institution_price_datetime: null,
    institution_value: jsonNumber(cash.amount),
    cost_basis: jsonNumber(cash.amount),
    quantity: jsonNumber(cash.amount),
    ...currencyCodes(cash.currency),
    vested_quantity: null,
    vested_value: null,
  };
}

function holdingView(sandbox: Shown, item: PlaidItem, account: Account, holding: Holding): Record<string, unknown> {
  const security = sandbox.world.security(holding.security);
  const price = priceOf(holding, security);
  return {
    account_id: plaidAccountId(item, account.id),
    security_id: plaidSecurityId(security.id),
    institution_price: jsonNumber(price ?? '0'),
    institution_price_as_of: holding.asOf ?? security.priceAsOf?.slice(0, 10) ?? null,
    institution_price_datetime: null,
    institution_value: jsonNumber(valueOf(holding, security) ?? '0'),
    cost_basis: jsonNumberOrNull(holding.costBasis),
    quantity: inUnderlyingUnits(holding.quantity, multiplierOf(security)),
    ...currencyCodes(security.currency),
    vested_quantity: jsonNumberOrNull(holding.vestedQuantity),
    vested_value: jsonNumberOrNull(holding.vestedValue),
  };
}

/** Plaid counts an option in underlying shares; everything else keeps its digits. */
export function inUnderlyingUnits(quantity: Decimal, multiplier: Decimal): RawJson {
  return jsonNumber(compare(multiplier, '1') === 0 ? quantity : multiply(quantity, multiplier));
}

/** Plaid's sign of an amount: + = cash leaves the account. */
export function asPlaidAmount(amount: Decimal): RawJson {
  return jsonNumber(amount.startsWith('-') ? amount.slice(1) : compare(amount, '0') === 0 ? amount : negateText(amount));
}

function negateText(amount: Decimal): Decimal {
  return /[eE]/.test(amount) ? negate(amount) : `-${amount}`;
}
