/**
 * Reads a Coinbase connection: every page of wallets, of fills, and of what else moved in the wallets that hold something or changed within
 * the range. All or nothing. A wallet that stands on two pages moved while they were read, so they are read again.
 */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { providerError } from '../failure.js';
import type { CallContext, FetchedAccount, FetchedTransaction, FetchedTransactions, FetchRequest, ProviderError, TransactionsRequest } from '../port.js';
import { asProviderError, reading } from '../reading.js';
import type { Answer, FailedCall } from '../resilience/provider-calls.js';
import { isShown, portfoliosOf, walletPageOf } from './accounts.js';
import type { Wallet } from './accounts.js';
import type { CoinbaseClient } from './client.js';
import { fillPageOf } from './fills.js';
import { coinbaseKey } from './key.js';
import type { CoinbaseKey } from './key.js';
import { ledgerPageOf } from './ledger.js';

const PROVIDER = 'coinbase';
const MOST_PAGES = 2_000;
const MOST_PASSES = 3;
/** Market days end up to five hours after the day in UTC. */
const DAYS_AFTER = 2;

export interface CoinbaseSource {
  readonly client: CoinbaseClient;
  readonly accountNumberKey: Uint8Array | string;
}

/** The key of a stored credential; one that cannot be read was stored by a fault of ours, or is of another kind. */
export function keyOf(credential: Readonly<Record<string, string>>): Result<CoinbaseKey, ProviderError> {
  const key = coinbaseKey(credential);
  return key.ok ? key : refuse(providerError({ code: 'provider_auth', class: 'relink', detail: `the stored Coinbase key cannot be used: ${key.error}` }));
}

export async function fetchCoinbaseAccounts(source: CoinbaseSource, request: FetchRequest): Promise<Result<{ accounts: readonly FetchedAccount[]; notes: readonly string[] }, ProviderError>> {
  const key = keyOf(request.credential);
  if (!key.ok) return key;
  const wallets = await readWallets(source.client, request.call, key.value);
  return wallets.ok ? ok({ accounts: portfoliosOf(wallets.value, source.accountNumberKey), notes: [] }) : wallets;
}

export async function readWallets(client: CoinbaseClient, call: CallContext, key: CoinbaseKey): Promise<Result<readonly Wallet[], ProviderError>> {
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const wallets: Wallet[] = [];
    const end = await eachPage((cursor) => client.accounts(call, key, cursor), (answer) => {
      const page = reading(PROVIDER, 'listAccounts', answer, walletPageOf);
      if (page.ok) wallets.push(...page.value.wallets);
      return page;
    });
    if (!end.ok) return end;
    if (new Set(wallets.map(({ id }) => id)).size === wallets.length) return ok(wallets);
  }
  return refuse(providerError({ code: 'provider_error', class: 'retry', detail: 'coinbase listAccounts: the data kept changing while its pages were read' }));
}

export async function fetchCoinbaseTransactions(source: CoinbaseSource, request: TransactionsRequest): Promise<Result<FetchedTransactions, ProviderError>> {
  const key = keyOf(request.credential);
  if (!key.ok) return key;
  // The portfolios are asked for as well: one without a transaction is an account whose range is empty, not one that was not read.
  const wallets = await readWallets(source.client, request.call, key.value);
  if (!wallets.ok) return wallets;
  const found: Found = { rows: new Map(wallets.value.map(({ portfolio }) => [portfolio, new Map<string, FetchedTransaction>()])), unread: new Set(), notes: [] };
  const fills = await readFills(source.client, request, key.value, found);
  if (!fills.ok) return fills;
  for (const wallet of wallets.value) {
    if (!isShown(wallet) && (wallet.updatedAt ?? '9999') < request.from) continue;
    const ledger = await readLedger(source.client, request, key.value, { wallet, found });
    if (!ledger.ok) return ledger;
  }
  const pages = [...found.rows].map(([providerAccountId, rows]) => ({ providerAccountId, transactions: [...rows.values()], withdrawn: [], wholeRange: !found.unread.has(providerAccountId) }));
  return ok({ pages, cursor: null, wholeRange: found.unread.size === 0, notes: found.notes });
}

interface Found {
  readonly rows: Map<string, Map<string, FetchedTransaction>>;
  /** Portfolios of which something could not be read. */
  readonly unread: Set<string>;
  readonly notes: string[];
}

async function readFills(client: CoinbaseClient, request: TransactionsRequest, key: CoinbaseKey, { rows: byPortfolio, notes }: Found): Promise<Result<void, ProviderError>> {
  const [only] = byPortfolio.keys();
  let elsewhere = 0;
  const range = { from: `${request.from}T00:00:00.000Z`, to: `${dayAfter(request.to, DAYS_AFTER)}T00:00:00.000Z` };
  const end = await eachPage((cursor) => client.fills(request.call, key, range, cursor), (answer) => {
    const page = reading(PROVIDER, 'listFills', answer, fillPageOf);
    for (const { portfolio, transactions } of page.ok ? page.value.fills : []) {
      const rows = byPortfolio.get(portfolio ?? only ?? '');
      if (rows === undefined) elsewhere += 1;
      for (const row of transactions) if (row.date >= request.from && row.date <= request.to) rows?.set(row.identity, row);
    }
    return page;
  });
  if (elsewhere > 0) notes.push(`${elsewhere} trades of portfolios that the key does not list are left out`);
  return end;
}

/** What else moved in a wallet. One whose ledger Coinbase does not have (404) is noted, and its portfolio is not read whole. */
async function readLedger(client: CoinbaseClient, request: TransactionsRequest, key: CoinbaseKey, { wallet, found }: { readonly wallet: Wallet; readonly found: Found }): Promise<Result<void, ProviderError>> {
  for (let after: string | null = null, page = 0; page < MOST_PAGES; page += 1) {
    const answer: Result<Answer, FailedCall> = await client.ledger(request.call, key, wallet.id, after);
    if (!answer.ok && answer.error.status === 404) {
      found.unread.add(wallet.portfolio);
      found.notes.push(`Coinbase has no list of what moved in the wallet of ${wallet.currency}: deposits and withdrawals of it are not known`);
      return ok(undefined);
    }
    if (!answer.ok) return refuse(asProviderError(answer.error));
    const read = reading(PROVIDER, 'listTransactions', answer.value, ledgerPageOf);
    if (!read.ok) return read;
    const rows = found.rows.get(wallet.portfolio);
    for (const row of read.value.transactions) if (row.date >= request.from && row.date <= request.to) rows?.set(row.identity, row);
    const { oldest, more } = read.value;
    if (!more || oldest === null || oldest.at < request.from) return ok(undefined);
    if (oldest.id === after) break;
    after = oldest.id;
  }
  return refuse(providerError({ code: 'provider_malformed', class: 'final', detail: 'coinbase listTransactions: the pages have no end' }));
}

/** Every page to the end, by cursor. A cursor that comes back is no end: nothing would ever stop. */
async function eachPage(ask: (cursor: string | null) => Promise<Result<Answer, FailedCall>>, read: (answer: Answer) => Result<{ readonly cursor: string | null }, ProviderError>): Promise<Result<void, ProviderError>> {
  const seen = new Set<string>();
  for (let cursor: string | null = null, page = 0; page < MOST_PAGES; page += 1) {
    const answer: Result<Answer, FailedCall> = await ask(cursor);
    if (!answer.ok) return refuse(asProviderError(answer.error));
    const next = read(answer.value);
    if (!next.ok) return next;
    cursor = next.value.cursor;
    if (cursor === null) return ok(undefined);
    if (seen.has(cursor)) break;
    seen.add(cursor);
  }
  return refuse(providerError({ code: 'provider_malformed', class: 'final', detail: 'coinbase: the pages have no end' }));
}

function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00.000Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
