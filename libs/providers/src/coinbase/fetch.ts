/**
 * Reads a Coinbase connection: every page of wallets, every page of fills. All or nothing. The pages of wallets are followed by cursor;
 * a wallet that stands on two of them moved while they were read, so they are read again.
 */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { providerError } from '../failure.js';
import type { CallContext, FetchedAccount, FetchedTransaction, FetchedTransactions, FetchRequest, ProviderError, TransactionsRequest } from '../port.js';
import { asProviderError, reading } from '../reading.js';
import type { Answer, FailedCall } from '../resilience/provider-calls.js';
import { portfoliosOf, walletPageOf } from './accounts.js';
import type { Wallet } from './accounts.js';
import type { CoinbaseClient } from './client.js';
import { fillPageOf } from './fills.js';
import { coinbaseKey } from './key.js';
import type { CoinbaseKey } from './key.js';

const PROVIDER = 'coinbase';
const MOST_PAGES = 2_000;
const MOST_PASSES = 3;
/** Market days end up to five hours after the day in UTC. */
const DAYS_AFTER = 2;
/** What the person is told once a sync: the history of cash is not whole. */
const FILLS_ONLY = 'Coinbase Advanced Trade reports trades alone: deposits, withdrawals and transfers are seen by the balances they leave';

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
  // The portfolios are asked for as well: one without a trade is an account whose range is empty, not one that was not read.
  const wallets = await readWallets(source.client, request.call, key.value);
  if (!wallets.ok) return wallets;
  const found = new Map<string, Map<string, FetchedTransaction>>(wallets.value.map(({ portfolio }) => [portfolio, new Map()]));
  const [only] = found.keys();
  let elsewhere = 0;
  const range = { from: `${request.from}T00:00:00.000Z`, to: `${dayAfter(request.to, DAYS_AFTER)}T00:00:00.000Z` };
  const end = await eachPage((cursor) => source.client.fills(request.call, key.value, range, cursor), (answer) => {
    const page = reading(PROVIDER, 'listFills', answer, fillPageOf);
    for (const { portfolio, transactions } of page.ok ? page.value.fills : []) {
      const rows = found.get(portfolio ?? only ?? '');
      if (rows === undefined) elsewhere += 1;
      for (const row of transactions) if (row.date >= request.from && row.date <= request.to) rows?.set(row.identity, row);
    }
    return page;
  });
  if (!end.ok) return end;
  const pages = [...found].map(([providerAccountId, rows]) => ({ providerAccountId, transactions: [...rows.values()], withdrawn: [], wholeRange: true }));
  return ok({ pages, cursor: null, wholeRange: true, notes: [FILLS_ONLY, ...(elsewhere === 0 ? [] : [`${elsewhere} trades of portfolios that the key does not list are left out`])] });
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
