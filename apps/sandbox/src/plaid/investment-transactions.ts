/** /investments/transactions/get: newest first, at most 500 a page, 24 months back, in Plaid's signs and words. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox, Shown } from '../server/sandbox.js';
import type { PlaidItem } from '../state/link-state.js';
import { plaidIdFor } from '../wire/ids.js';
import { jsonNumber, jsonNumberOrNull } from '../wire/json-number.js';
import { TRANSACTION_KINDS } from '../world/transaction-kinds.js';
import { newestFirst } from '../world/transaction-order.js';
import { multiplierOf } from '../world/worth.js';
import type { Account, Transaction } from '../world/world.js';
import { accountView, currencyCodes, plaidAccountId } from './account-view.js';
import { asPlaidAmount, inUnderlyingUnits, investmentAccounts } from './holdings.js';
import { itemView } from './item-view.js';
import { PlaidError } from './plaid-error.js';
import { count, itemOperation, options, text, type PlaidBody } from './plaid-operation.js';
import { plaidSecurityId, securityView } from './security-view.js';

const MONTHS_KEPT = 24;

export function investmentTransactionsRoute(app: FastifyInstance, sandbox: Sandbox): void {
  itemOperation(
    app,
    sandbox,
    { operation: 'investmentsTransactionsGet', path: '/investments/transactions/get', limit: { perItem: 30, perClient: 20_000, code: 'INVESTMENT_TRANSACTIONS_LIMIT' } },
    (item, body) => {
      const asked = options(body);
      const size = count(asked, 'count', 100, 1, 500);
      const offset = count(asked, 'offset', 0, 0, Number.MAX_SAFE_INTEGER);
      const [from, to] = [day(body, 'start_date'), day(body, 'end_date')];
      if (from > to) throw new PlaidError('INVALID_FIELD', 'start_date must not be after end_date');
      return investmentTransactionsAnswer(sandbox, item, investmentAccounts(sandbox, item, body), { from, to, offset, size });
    },
  );
}

/** One page of what happened between two days, as far back as Plaid keeps it. */
export function investmentTransactionsAnswer(sandbox: Shown, item: PlaidItem, accounts: readonly Account[], { from, to, offset, size }: { from: string; to: string; offset: number; size: number }): object {
  const oldest = monthsBefore(sandbox.clock.today(), MONTHS_KEPT);
  const found = accounts
    .flatMap((account) => sandbox.world.transactionsOf(account.id))
    .filter(({ date }) => date >= from && date <= to && date >= oldest)
    .sort(newestFirst);
  const page = found.slice(offset, offset + size);
  const securities = new Set(page.flatMap(({ security }) => (security === undefined || security === null ? [] : [security])));
  return {
    item: itemView(sandbox, item),
    accounts: accounts.map((account) => accountView(sandbox, item, account)),
    securities: [...securities].map((id) => securityView(sandbox.world.security(id))),
    investment_transactions: page.map((transaction) => transactionView(sandbox, item, transaction)),
    total_investment_transactions: found.length,
    is_investments_fallback_item: false,
  };
}

function transactionView(sandbox: Shown, item: PlaidItem, transaction: Transaction): Record<string, unknown> {
  const [type, subtype] = TRANSACTION_KINDS[transaction.kind].plaid;
  const security = typeof transaction.security === 'string' ? sandbox.world.security(transaction.security) : null;
  return {
    investment_transaction_id: plaidTransactionId(item, transaction.id),
    cancel_transaction_id: transaction.cancels === undefined ? null : plaidTransactionId(item, transaction.cancels),
    account_id: plaidAccountId(item, transaction.account),
    security_id: security === null ? null : plaidSecurityId(security.id),
    date: transaction.date,
    transaction_datetime: transaction.at ?? null,
    name: transaction.description,
    quantity: inUnderlyingUnits(transaction.quantity ?? '0', security === null ? '1' : multiplierOf(security)),
    amount: asPlaidAmount(transaction.wire?.amount ?? transaction.amount),
    price: jsonNumber(transaction.price ?? '0'),
    fees: jsonNumberOrNull(transaction.fees),
    type: transaction.wire?.plaidType ?? type,
    subtype: transaction.wire?.plaidSubtype ?? subtype,
    ...currencyCodes(transaction.currency),
  };
}

export function plaidTransactionId(item: PlaidItem, transactionId: string): string {
  return plaidIdFor('transaction', item.itemId, transactionId);
}

function day(body: PlaidBody, field: string): string {
  const value = text(body, field);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(Date.parse(value))) throw new PlaidError('INVALID_FIELD', `${field} must be a day such as 2026-11-21`);
  return value;
}

function monthsBefore(today: string, months: number): string {
  const date = new Date(`${today}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() - months);
  return date.toISOString().slice(0, 10);
}
