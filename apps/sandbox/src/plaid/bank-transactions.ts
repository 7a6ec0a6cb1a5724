/**
 * /transactions/sync. Plaid's cursor is a place in the history of changes, so the sandbox keeps that history: at
 * every call it compares the world with what the item's journal last saw and appends what was added, modified or
 * removed. A page is a stretch of the journal in which only the last change of each transaction counts.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Sandbox, Shown } from '../server/sandbox.js';
import type { JournalEntry, PlaidItem } from '../state/link-state.js';
import { oldestFirst } from '../world/transaction-order.js';
import type { Account, Transaction } from '../world/world.js';
import { accountView, chosenAccounts, currencyCodes, plaidAccountId } from './account-view.js';
import { asPlaidAmount } from './holdings.js';
import { plaidTransactionId } from './investment-transactions.js';
import { readableAccounts } from './item-view.js';
import { PlaidError } from './plaid-error.js';
import { count, itemOperation, optionalText, options } from './plaid-operation.js';

export function bankTransactionsRoute(app: FastifyInstance, sandbox: Sandbox): void {
  itemOperation(
    app,
    sandbox,
    { operation: 'transactionsSync', path: '/transactions/sync', limit: { perItem: 50, perClient: 2_500, code: 'TRANSACTIONS_SYNC_LIMIT' } },
    (item, body) => transactionsSyncAnswer(sandbox, item, chosenAccounts(item, readableAccounts(sandbox, item), options(body)), { size: count(body, 'count', 100, 1, 500), cursor: optionalText(body, 'cursor') }),
  );
}

/** One page of changes after a cursor. */
export function transactionsSyncAnswer(sandbox: Shown, item: PlaidItem, accounts: Account[], { size, cursor }: { size: number; cursor: string | null }): { has_more: boolean; next_cursor: string } {
  const current = bringUpToDate(sandbox, item, accounts);
  const page = stretch(item, placeOf(item, cursor), size);
  const bodies = (change: 'added' | 'modified'): object[] =>
    page.entries.filter((entry) => entry.change === change).map((entry) => transactionView(item, current.get(entry.transaction)!));
  const answer = {
    transactions_update_status: 'HISTORICAL_UPDATE_COMPLETE',
    accounts: accounts.map((account) => accountView(sandbox, item, account)),
    added: bodies('added'),
    modified: bodies('modified'),
    removed: page.entries
      .filter(({ change }) => change === 'removed')
      .map((entry) => ({ transaction_id: plaidTransactionId(item, entry.transaction), account_id: plaidAccountId(item, entry.account) })),
  };
  return { ...answer, next_cursor: cursorAt(item, page.next), has_more: page.next < item.journal.length };
}

/** Appends to the journal what has changed in the world since the last look. */
function bringUpToDate(sandbox: Shown, item: PlaidItem, accounts: Account[]): Map<string, Transaction> {
  const bank = accounts.filter((account) => account.type !== 'investment');
  const current = new Map(
    bank.flatMap((account) => sandbox.world.transactionsOf(account.id)).sort(oldestFirst).map((transaction) => [transaction.id, transaction]),
  );
  const known = new Map(item.journal.map((entry) => [entry.transaction, entry]));
  for (const [id, transaction] of current) {
    const before = known.get(id);
    const digest = createHash('sha256').update(JSON.stringify(transaction)).digest('base64url').slice(0, 16);
    const entry = { transaction: id, account: transaction.account, digest };
    if (before === undefined || before.change === 'removed') item.journal.push({ ...entry, change: 'added' });
    else if (before.digest !== digest) item.journal.push({ ...entry, change: 'modified' });
  }
  const looked = new Set(bank.map(({ id }) => id));
  for (const [id, before] of known) {
    if (before.change !== 'removed' && !current.has(id) && looked.has(before.account)) item.journal.push({ ...before, change: 'removed' });
  }
  return current;
}

/** Up to `size` net changes after a place: what was added and removed since does not show at all. */
function stretch(item: PlaidItem, from: number, size: number): { entries: JournalEntry[]; next: number } {
  const existed = new Map<string, boolean>();
  for (const entry of item.journal.slice(0, from)) existed.set(entry.transaction, entry.change !== 'removed');
  const last = new Map(item.journal.map((entry, index) => [entry.transaction, index]));
  const entries: JournalEntry[] = [];
  let next = from;
  for (; next < item.journal.length && entries.length < size; next += 1) {
    const entry = item.journal[next]!;
    if (last.get(entry.transaction) !== next) continue;
    const there = existed.get(entry.transaction) === true;
    if (entry.change === 'removed' && !there) continue;
    entries.push({ ...entry, change: entry.change === 'removed' ? 'removed' : there ? 'modified' : 'added' });
  }
  return { entries, next };
}

function cursorAt(item: PlaidItem, place: number): string {
  return Buffer.from(`${item.itemId}:${place}`).toString('base64');
}

function placeOf(item: PlaidItem, cursor: string | null): number {
  if (cursor === null) return 0;
  const [itemId, place] = Buffer.from(cursor, 'base64').toString().split(':');
  if (itemId !== item.itemId || !/^\d+$/.test(place ?? '') || Number(place) > item.journal.length) {
    throw new PlaidError('INVALID_FIELD', 'cursor not associated with access_token');
  }
  return Number(place);
}

/** Plaid's categories (personal finance category taxonomy) of what the world tells apart. */
const CATEGORIES: Partial<Record<Transaction['kind'], readonly [primary: string, detailed: string]>> = {
  deposit: ['INCOME', 'INCOME_WAGES'],
  interest: ['INCOME', 'INCOME_INTEREST_EARNED'],
  purchase: ['GENERAL_MERCHANDISE', 'GENERAL_MERCHANDISE_OTHER_GENERAL_MERCHANDISE'],
  withdrawal: ['TRANSFER_OUT', 'TRANSFER_OUT_WITHDRAWAL'],
  payment: ['LOAN_PAYMENTS', 'LOAN_PAYMENTS_CREDIT_CARD_PAYMENT'],
  fee: ['BANK_FEES', 'BANK_FEES_OTHER_BANK_FEES'],
};

function categoryOf({ kind }: Transaction): object | null {
  const category = CATEGORIES[kind];
  return category === undefined ? null : { primary: category[0], detailed: category[1], confidence_level: 'VERY_HIGH' };
}

function transactionView(item: PlaidItem, transaction: Transaction): Record<string, unknown> {
  return {
    transaction_id: plaidTransactionId(item, transaction.id),
    account_id: plaidAccountId(item, transaction.account),
    amount: asPlaidAmount(transaction.amount),
    ...currencyCodes(transaction.currency),
    date: transaction.date,
    datetime: transaction.at ?? null,
    authorized_date: transaction.date,
    authorized_datetime: null,
    name: transaction.description,
    merchant_name: transaction.merchant ?? null,
    pending: transaction.pending ?? false,
    pending_transaction_id: transaction.pendingOf === undefined ? null : plaidTransactionId(item, transaction.pendingOf),
    account_owner: null,
    personal_finance_category: categoryOf(transaction),
    personal_finance_category_icon_url: 'https://plaid-category-icons.plaid.com/PFC_OTHER.png',
    category: null,
    category_id: null,
    check_number: null,
    payment_channel: 'other',
    transaction_code: null,
    location: { address: null, city: null, region: null, postal_code: null, country: null, lat: null, lon: null, store_number: null },
    payment_meta: { reference_number: null, ppd_id: null, payee: null, by_order_of: null, payer: null, payment_method: null, payment_processor: null, reason: null },
  };
}
