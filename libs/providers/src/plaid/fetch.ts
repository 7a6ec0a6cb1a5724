/** Reads an item whole: accounts, holdings, both kinds of transactions, page by page to the end. All or nothing. */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { providerError } from '../failure.js';
import type { CallContext, FetchedAccount, FetchedTransaction, FetchedTransactions, FetchRequest, ProviderError, TransactionPage, TransactionsRequest } from '../port.js';
import { asProviderError, reading } from '../reading.js';
import { accountDetailsOf, fetchedAccountsOf, freshnessOf, isBankAccount, itemErrorOf } from './accounts.js';
import { bankPageOf } from './bank-transactions.js';
import type { PlaidClient } from './client.js';
import { plaidErrorClass, WITHOUT_INVESTMENTS } from './errors.js';
import { holdingsOf } from './holdings.js';
import type { PlaidHoldings } from './holdings.js';
import { investmentPageOf } from './transactions.js';

const PROVIDER = 'plaid';
/** Paging starts again where the data moved beneath it; a provider that never comes to rest is an error. */
const MOST_RESTARTS = 3;
const MOST_PAGES = 2_000;
const MONTHS_KEPT = 24;
const MUTATED = 'TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION';
/** The item has no bank transactions for us; the rest of it is read all the same. */
const WITHOUT_TRANSACTIONS: ReadonlySet<string> = new Set(['PRODUCTS_NOT_SUPPORTED', 'PRODUCT_NOT_SUPPORTED', 'PRODUCT_NOT_ENABLED', 'ADDITIONAL_CONSENT_REQUIRED']);

type Found = Result<Map<string, FetchedTransaction[]> | null, ProviderError>;

export async function fetchPlaidAccounts(client: PlaidClient, request: FetchRequest): Promise<Result<{ accounts: readonly FetchedAccount[]; notes: readonly string[] }, ProviderError>> {
  const token = accessTokenOf(request);
  const item = await client.item(request.call, token);
  if (!item.ok) return refuse(asProviderError(item.error));
  const state = reading(PROVIDER, 'itemGet', item.value, (body) => ({ freshness: freshnessOf(body), error: itemErrorOf(body) }));
  if (!state.ok) return state;
  // Old data must not be captured as if it were today's.
  if (plaidErrorClass(state.value.error) === 'relink') return refuse(providerError({ code: 'provider_auth', class: 'relink', detail: `the person must link again: ${state.value.error}`, providerCode: state.value.error, requestId: item.value.requestId }));
  const accounts = await client.accounts(request.call, token);
  if (!accounts.ok) return refuse(asProviderError(accounts.error));
  const holdings = await fetchHoldings(client, request.call, token);
  if (!holdings.ok) return holdings;
  const read = reading(PROVIDER, 'accountsGet', accounts.value, (body) => fetchedAccountsOf(body, holdings.value, state.value.freshness));
  if (!read.ok) return read;
  const without = holdings.value === null ? ['no investment accounts: read through balances and bank transactions'] : [];
  return ok({ accounts: read.value.accounts, notes: [...without, ...read.value.notes] });
}

/** Null where the item has no investments, which is no error. */
async function fetchHoldings(client: PlaidClient, context: CallContext, token: string): Promise<Result<PlaidHoldings | null, ProviderError>> {
  const answer = await client.holdings(context, token);
  if (answer.ok) return reading(PROVIDER, 'investmentsHoldingsGet', answer.value, holdingsOf);
  return WITHOUT_INVESTMENTS.has(answer.error.providerCode ?? '') ? ok(null) : refuse(asProviderError(answer.error));
}

export async function fetchPlaidTransactions(client: PlaidClient, request: TransactionsRequest, today: string): Promise<Result<FetchedTransactions, ProviderError>> {
  const token = accessTokenOf(request);
  const accounts = await client.accounts(request.call, token);
  if (!accounts.ok) return refuse(asProviderError(accounts.error));
  const details = reading(PROVIDER, 'accountsGet', accounts.value, accountDetailsOf);
  if (!details.ok) return details;
  const investments = await fetchInvestments(client, request, token);
  if (!investments.ok) return investments;
  const wholeRange = request.from >= monthsBefore(today, MONTHS_KEPT);
  const pages: TransactionPage[] = [...(investments.value ?? [])].map(([providerAccountId, transactions]) => ({ providerAccountId, transactions, withdrawn: [], wholeRange }));
  if (!details.value.some(isBankAccount)) return ok({ pages, cursor: request.cursor, wholeRange, notes: [] });
  const bank = await fetchBank(client, request.call, token, request.cursor);
  if (!bank.ok) return bank;
  return ok({ pages: onePageEach([...pages, ...bank.value.pages]), cursor: bank.value.cursor, wholeRange: false, notes: bank.value.notes });
}

/** By account, or null where the item has no investments. */
async function fetchInvestments(client: PlaidClient, request: TransactionsRequest, token: string): Promise<Found> {
  for (let restarts = 0; restarts <= MOST_RESTARTS; restarts += 1) {
    const pass = await investmentPass(client, request, token);
    if (!pass.ok && WITHOUT_INVESTMENTS.has(pass.error.providerCode ?? '')) return ok(null);
    if (!pass.ok) return pass;
    if (pass.value !== 'moved') return ok(pass.value);
  }
  return refuse(neverAtRest('investmentsTransactionsGet'));
}

/** One pass over all pages; `moved` where the total changed on the way, so that a page boundary may have lost or doubled one. */
async function investmentPass(client: PlaidClient, request: TransactionsRequest, token: string): Promise<Result<Map<string, FetchedTransaction[]> | 'moved', ProviderError>> {
  const byAccount = new Map<string, FetchedTransaction[]>();
  const seen = new Set<string>();
  let total: number | null = null;
  for (let page = 0, offset = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.investmentTransactions(request.call, token, { from: request.from, to: request.to, offset });
    if (!answer.ok) return refuse(asProviderError(answer.error));
    const read = reading(PROVIDER, 'investmentsTransactionsGet', answer.value, investmentPageOf);
    if (!read.ok) return read;
    if (total !== null && total !== read.value.total) return ok('moved');
    total = read.value.total;
    for (const id of read.value.accountIds) if (!byAccount.has(id)) byAccount.set(id, []);
    for (const { providerAccountId, transaction } of read.value.transactions) {
      if (seen.has(transaction.identity)) return ok('moved');
      seen.add(transaction.identity);
      byAccount.set(providerAccountId, [...(byAccount.get(providerAccountId) ?? []), transaction]);
    }
    offset += read.value.transactions.length;
    if (offset >= total) return ok(byAccount);
    if (read.value.transactions.length === 0) return ok('moved');
  }
  return refuse(neverAtRest('investmentsTransactionsGet'));
}

interface BankChanges {
  readonly pages: readonly TransactionPage[];
  readonly cursor: string | null;
  readonly notes: readonly string[];
}

async function fetchBank(client: PlaidClient, context: CallContext, token: string, cursor: string | null): Promise<Result<BankChanges, ProviderError>> {
  for (let restarts = 0; restarts <= MOST_RESTARTS; restarts += 1) {
    const pass = await bankPass(client, context, token, cursor);
    if (pass.ok) return pass;
    const code = pass.error.providerCode ?? '';
    if (WITHOUT_TRANSACTIONS.has(code)) return ok({ pages: [], cursor, notes: [`bank transactions cannot be read: ${code}`] });
    if (code !== MUTATED) return pass;
  }
  return refuse(neverAtRest('transactionsSync'));
}

async function bankPass(client: PlaidClient, context: CallContext, token: string, from: string | null): Promise<Result<BankChanges, ProviderError>> {
  const changes = new Map<string, { transactions: Map<string, FetchedTransaction>; withdrawn: Set<string> }>();
  const of = (account: string) => {
    const known = changes.get(account) ?? { transactions: new Map<string, FetchedTransaction>(), withdrawn: new Set<string>() };
    changes.set(account, known);
    return known;
  };
  let cursor = from;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.syncTransactions(context, token, cursor);
    if (!answer.ok) return refuse(asProviderError(answer.error));
    const read = reading(PROVIDER, 'transactionsSync', answer.value, bankPageOf);
    if (!read.ok) return read;
    for (const { providerAccountId, transaction } of read.value.changed) of(providerAccountId).transactions.set(transaction.identity, transaction);
    for (const { providerAccountId, identity } of read.value.removed) {
      const account = of(providerAccountId ?? '');
      account.transactions.delete(identity);
      account.withdrawn.add(identity);
    }
    cursor = read.value.nextCursor ?? cursor;
    if (!read.value.hasMore) {
      const pages = [...changes].map(([providerAccountId, { transactions, withdrawn }]) => ({ providerAccountId, transactions: [...transactions.values()], withdrawn: [...withdrawn], wholeRange: false }));
      return ok({ pages, cursor, notes: [] });
    }
  }
  return refuse(neverAtRest('transactionsSync'));
}

/** An account that both kinds of transactions come from has one page, which is whole only if each part was. */
function onePageEach(pages: readonly TransactionPage[]): TransactionPage[] {
  const byAccount = new Map<string, TransactionPage>();
  for (const page of pages) {
    const known = byAccount.get(page.providerAccountId);
    const both = known === undefined ? page : { ...page, transactions: [...known.transactions, ...page.transactions], withdrawn: [...known.withdrawn, ...page.withdrawn], wholeRange: known.wholeRange === true && page.wholeRange === true };
    byAccount.set(page.providerAccountId, both);
  }
  return [...byAccount.values()];
}

export function accessTokenOf(request: FetchRequest): string {
  const token = request.credential['accessToken'];
  if (token === undefined) throw new Error('a Plaid credential without accessToken');
  return token;
}

function neverAtRest(operation: string): ProviderError {
  return providerError({ code: 'provider_error', class: 'retry', detail: `plaid ${operation}: the data kept changing while its pages were read` });
}

function monthsBefore(day: string, months: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() - months);
  return date.toISOString().slice(0, 10);
}
