/**
 * Reads a dYdX connection. All or nothing. Balances and oracle prices are two requests: where a price moved between them, the lines do not
 * sum to the equity, so both are read again; where prices never stand still, the indexer's equity stays beside lines that say otherwise.
 */
import { accountIdOf, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { providerError } from '../failure.js';
import type { CallContext, FetchedAccount, FetchedTransaction, FetchedTransactions, FetchRequest, ProviderError, TransactionPage, TransactionsRequest } from '../port.js';
import { asProviderError, reading } from '../reading.js';
import { HISTORIES, PAGE } from './client.js';
import type { DydxClient, History } from './client.js';
import { dydxOwner } from './credential.js';
import type { DydxOwner } from './credential.js';
import { historyOf } from './history.js';
import type { HistoryRow } from './history.js';
import { fetchedAccountOf, isOfOneMoment, oraclePricesOf, subaccountsOf, unexplained } from './subaccounts.js';
import type { OraclePrices, Subaccount } from './subaccounts.js';

const PROVIDER = 'dydx';
const MOST_READINGS = 3;
const MOST_PAGES = 1_000;
/** Market days end up to five hours after the day in UTC. */
const DAYS_AFTER = 2;

export interface DydxSource {
  readonly client: DydxClient;
  readonly accountNumberKey: Uint8Array | string;
}

export function ownerOf(credential: Readonly<Record<string, string>>): Result<DydxOwner, ProviderError> {
  const owner = dydxOwner(credential);
  return owner.ok ? owner : refuse(providerError({ code: 'provider_auth', class: 'relink', detail: `the stored dYdX address cannot be used: ${owner.error}` }));
}

export async function fetchDydxAccounts(source: DydxSource, request: FetchRequest): Promise<Result<{ accounts: readonly FetchedAccount[]; notes: readonly string[] }, ProviderError>> {
  const owner = ownerOf(request.credential);
  if (!owner.ok) return owner;
  const read = await readBalances(source.client, request.call, owner.value);
  if (!read.ok) return read;
  const { subaccounts, prices } = read.value;
  const accounts = subaccounts.map((one) => fetchedAccountOf(one, prices, { address: owner.value.address, hashKey: source.accountNumberKey }));
  return ok({ accounts, notes: subaccounts.flatMap((one) => noteOf(one, prices)) });
}

export async function readSubaccounts(client: DydxClient, call: CallContext, owner: DydxOwner): Promise<Result<readonly Subaccount[], ProviderError>> {
  const answer = await client.subaccounts(call, owner);
  if (!answer.ok) return refuse(asProviderError(answer.error));
  return reading(PROVIDER, 'getSubaccounts', answer.value, subaccountsOf);
}

async function readBalances(client: DydxClient, call: CallContext, owner: DydxOwner): Promise<Result<{ subaccounts: readonly Subaccount[]; prices: OraclePrices }, ProviderError>> {
  for (let readings = 1; ; readings += 1) {
    const subaccounts = await readSubaccounts(client, call, owner);
    if (!subaccounts.ok) return subaccounts;
    const answer = await client.markets(call);
    if (!answer.ok) return refuse(asProviderError(answer.error));
    const prices = reading(PROVIDER, 'getPerpetualMarkets', answer.value, oraclePricesOf);
    if (!prices.ok) return prices;
    if (readings === MOST_READINGS || isOfOneMoment(subaccounts.value, prices.value)) return ok({ subaccounts: subaccounts.value, prices: prices.value });
  }
}

function noteOf(subaccount: Subaccount, prices: OraclePrices): string[] {
  const rest = unexplained(subaccount, prices);
  if (rest === null) return [`subaccount ${subaccount.number}: not everything in it has an oracle price`];
  return rest === '0' ? [] : [`subaccount ${subaccount.number}: its equity differs from USDC and positions at oracle prices by ${rest} USD, since prices moved while they were read`];
}

export async function fetchDydxTransactions(source: DydxSource, request: TransactionsRequest): Promise<Result<FetchedTransactions, ProviderError>> {
  const owner = ownerOf(request.credential);
  if (!owner.ok) return owner;
  const subaccounts = await readSubaccounts(source.client, request.call, owner.value);
  if (!subaccounts.ok) return subaccounts;
  const pages: TransactionPage[] = [];
  const notes: string[] = [];
  for (const { number } of subaccounts.value) {
    const of = { address: owner.value.address, subaccountNumber: number };
    const transactions: FetchedTransaction[] = [];
    let whole = true;
    for (const what of Object.keys(HISTORIES) as History[]) {
      const read = await readHistory(source.client, request, what, of);
      if (!read.ok) return read;
      transactions.push(...read.value.rows.flatMap((row) => row.transactions).filter(({ date }) => date >= request.from && date <= request.to));
      if (!read.value.whole) notes.push(`subaccount ${number}: the indexer gives no more than its newest ${read.value.rows.length} rows of ${what}`);
      whole &&= read.value.whole;
    }
    pages.push({ providerAccountId: String(number), transactions, withdrawn: [], wholeRange: whole });
  }
  return ok({ pages, cursor: null, wholeRange: pages.every(({ wholeRange }) => wholeRange === true), notes });
}

interface Rows {
  readonly rows: readonly HistoryRow[];
  /** Everything of the range. */
  readonly whole: boolean;
}

/**
 * Pages, newest first, until one is not full or lies before the range. Fills and transfers are followed by their instants, since that
 * stays true while new ones come in; payments of funding have no such parameter and are followed by number. Where a page brings nothing
 * that is new, or the indexer does not have the list at all, there is no more to be had.
 */
async function readHistory(client: DydxClient, request: TransactionsRequest, what: History, of: { readonly address: string; readonly subaccountNumber: number }): Promise<Result<Rows, ProviderError>> {
  const rows = new Map<string, HistoryRow>();
  const since = `${request.from}T00:00:00.000Z`;
  let before = `${dayAfter(request.to, DAYS_AFTER)}T00:00:00.000Z`;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const query: Record<string, string> = what === 'fundingPayments' ? { afterOrAt: since, page: String(page) } : { createdBeforeOrAt: before };
    const answer = await client.history(contextOf(request.call, of.subaccountNumber), what, of, query);
    // An indexer of an older version does not have every list.
    if (!answer.ok && answer.error.status === 404) break;
    if (!answer.ok) return refuse(asProviderError(answer.error));
    const read = reading(PROVIDER, HISTORIES[what], answer.value, (body) => historyOf(what, body, [of.address]));
    if (!read.ok) return read;
    const known = rows.size;
    for (const row of read.value) rows.set(row.id, row);
    const oldest = read.value.at(-1)?.createdAt ?? since;
    if (read.value.length < PAGE || oldest < since) return ok({ rows: [...rows.values()], whole: true });
    if (rows.size === known) break;
    before = oldest;
  }
  return ok({ rows: [...rows.values()], whole: false });
}

/** Calls about one account are logged with our own id of it. */
function contextOf(context: CallContext, subaccountNumber: number): CallContext {
  return context.connectionId === null ? context : { ...context, accountId: accountIdOf(context.connectionId, String(subaccountNumber)) };
}

function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00.000Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
