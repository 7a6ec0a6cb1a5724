/** Reads a SnapTrade connection whole: its accounts, and of each balances, positions and activities to the end. All or nothing. */
import { accountIdOf, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { providerError } from '../failure.js';
import type { CallContext, FetchedAccount, FetchedTransaction, FetchedTransactions, FetchRequest, ProviderError, TransactionPage, TransactionsRequest } from '../port.js';
import { asProviderError, reading } from '../reading.js';
import { Identities } from '../transaction-identity.js';
import { fieldsOf, optionalBoolean } from '../wire/shape.js';
import { fetchedAccountOf, listedAccountsOf } from './accounts.js';
import type { ListedAccount } from './accounts.js';
import { activityPageOf } from './activities.js';
import type { SnaptradeClient, SnaptradeUser } from './client.js';
import { DISABLED } from './errors.js';
import { cashOf, positionsOf } from './positions.js';

const PROVIDER = 'snaptrade';
const PAGE = 1_000;
const MOST_PAGES = 1_000;
const MOST_RESTARTS = 3;

export interface SnaptradeSource {
  readonly client: SnaptradeClient;
  readonly accountNumberKey: Uint8Array | string;
}

export async function fetchSnaptradeAccounts(source: SnaptradeSource, request: FetchRequest): Promise<Result<{ accounts: readonly FetchedAccount[]; notes: readonly string[] }, ProviderError>> {
  const user = userOf(request.credential);
  const listed = await listAccounts(source, request, user);
  if (!listed.ok) return listed;
  const accounts: FetchedAccount[] = [];
  const notes = [...listed.value.notes];
  for (const account of listed.value.accounts) {
    const fetched = await fetchAccount(source.client, request.call, user, account);
    if (!fetched.ok) return fetched;
    accounts.push(fetched.value.account);
    notes.push(...fetched.value.notes);
  }
  return ok({ accounts, notes });
}

/** The accounts of this connection alone, after making sure that it still delivers: a disabled one answers old data for ever. */
async function listAccounts(source: SnaptradeSource, request: FetchRequest, user: SnaptradeUser): Promise<Result<{ accounts: readonly ListedAccount[]; notes: readonly string[] }, ProviderError>> {
  const authorization = await source.client.authorization(request.call, user, request.providerConnectionId);
  if (!authorization.ok) return refuse(asProviderError(authorization.error));
  const disabled = reading(PROVIDER, 'detailBrokerageAuthorization', authorization.value, (body) => optionalBoolean(fieldsOf(body, ''), 'disabled', '') === true);
  if (!disabled.ok) return disabled;
  if (disabled.value) return refuse(providerError({ code: 'provider_auth', class: 'relink', detail: 'the connection is disabled at SnapTrade: the person must log in again', providerCode: DISABLED, requestId: authorization.value.requestId }));
  const answer = await source.client.accounts(request.call, user, request.providerConnectionId);
  if (!answer.ok) return refuse(asProviderError(answer.error));
  return reading(PROVIDER, 'listBrokerageAuthorizationAccounts', answer.value, (body) => listedAccountsOf(body, source.accountNumberKey));
}

async function fetchAccount(client: SnaptradeClient, context: CallContext, user: SnaptradeUser, account: ListedAccount): Promise<Result<{ account: FetchedAccount; notes: readonly string[] }, ProviderError>> {
  const id = account.details.providerAccountId;
  const call = contextOf(context, id);
  if (!account.ready) return refuse(providerError({ code: 'provider_error', class: 'retry', detail: 'SnapTrade is still gathering the holdings of an account of this connection' }));
  const balances = await client.balances(call, user, id);
  if (!balances.ok) return refuse(asProviderError(balances.error));
  const cash = reading(PROVIDER, 'getUserAccountBalance', balances.value, cashOf);
  if (!cash.ok) return cash;
  const answer = await client.positions(call, user, id);
  if (!answer.ok) return refuse(asProviderError(answer.error));
  const positions = reading(PROVIDER, 'getAllAccountPositions', answer.value, positionsOf);
  if (!positions.ok) return positions;
  const received = { balances: balances.value.body, positions: answer.value.body };
  return ok({ account: fetchedAccountOf(account, cash.value.lines, positions.value, received), notes: [...cash.value.notes, ...positions.value.notes] });
}

export async function fetchSnaptradeTransactions(source: SnaptradeSource, request: TransactionsRequest): Promise<Result<FetchedTransactions, ProviderError>> {
  const user = userOf(request.credential);
  const listed = await listAccounts(source, request, user);
  if (!listed.ok) return listed;
  const pages: TransactionPage[] = [];
  for (const account of listed.value.accounts) {
    const activities = await fetchActivities(source.client, request, user, account);
    if (!activities.ok) return activities;
    pages.push({ providerAccountId: account.details.providerAccountId, transactions: activities.value, withdrawn: [], wholeRange: true });
  }
  return ok({ pages, cursor: null, wholeRange: true, notes: listed.value.notes });
}

async function fetchActivities(client: SnaptradeClient, request: TransactionsRequest, user: SnaptradeUser, account: ListedAccount): Promise<Result<readonly FetchedTransaction[], ProviderError>> {
  for (let restarts = 0; restarts <= MOST_RESTARTS; restarts += 1) {
    const pass = await activityPass(client, request, user, account);
    if (!pass.ok) return pass;
    if (pass.value !== 'moved') return ok(pass.value);
  }
  return refuse(neverAtRest());
}

/** One pass over all pages; `moved` where they shifted on the way. */
async function activityPass(client: SnaptradeClient, request: TransactionsRequest, user: SnaptradeUser, account: ListedAccount): Promise<Result<readonly FetchedTransaction[] | 'moved', ProviderError>> {
  const id = account.details.providerAccountId;
  const identities = new Identities();
  const byIdentity = new Map<string, FetchedTransaction>();
  let total: number | null = null;
  for (let page = 0, offset = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.activities(contextOf(request.call, id), user, id, { from: request.from, to: request.to, offset, limit: PAGE });
    if (!answer.ok) return refuse(asProviderError(answer.error));
    const read = reading(PROVIDER, 'getAccountActivities', answer.value, (body) => activityPageOf(body, identities, account.numberForms));
    if (!read.ok) return read;
    const { transactions } = read.value;
    if (page > 0 && read.value.total !== total) return ok('moved');
    total = read.value.total;
    for (const transaction of transactions) {
      if (byIdentity.has(transaction.identity)) return ok('moved');
      byIdentity.set(transaction.identity, transaction);
    }
    offset += transactions.length;
    if (total === null ? transactions.length < PAGE : offset >= total) return ok([...byIdentity.values()]);
    if (transactions.length === 0) return ok('moved');
  }
  return refuse(neverAtRest());
}

/** Calls about one account are logged with our own id of it. */
function contextOf(context: CallContext, providerAccountId: string): CallContext {
  return context.connectionId === null ? context : { ...context, accountId: accountIdOf(context.connectionId, providerAccountId) };
}

export function userOf(credential: Readonly<Record<string, string>> | undefined): SnaptradeUser {
  const userId = credential?.['userId'];
  const userSecret = credential?.['userSecret'];
  if (userId === undefined || userSecret === undefined) throw new Error('a SnapTrade credential without userId and userSecret');
  return { userId, userSecret };
}

function neverAtRest(): ProviderError {
  return providerError({ code: 'provider_error', class: 'retry', detail: 'snaptrade getAccountActivities: the data kept changing while its pages were read' });
}
