/** Loads what a portfolio answer is made from: accounts, their snapshots now and at the close before, and what is parked. */
import { problem } from '@tidemark/contracts';
import type { Account, Problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { isCurrency } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import { closeBefore } from '@tidemark/market';
import { parkedKeys } from '@tidemark/projections';
import { readHoldings } from '../projections/balances/query.js';
import { inScope } from '../valuation/portfolio.js';
import type { Holdings, Scope } from '../valuation/portfolio.js';
import type { HeldSnapshot } from '../valuation/value-account.js';
import { instantAsked, invalidField } from './instant-asked.js';
import { unknownAccount } from './known-account.js';
import { loadMarket } from './load-market.js';
import type { Reads } from './read-context.js';

export const DEFAULT_CURRENCY = 'USD';

export interface PortfolioQuery {
  readonly userId: string;
  readonly asOf?: string | undefined;
  /** In place of the user's base currency. */
  readonly currency?: string | undefined;
  readonly scope: Scope;
}

export async function loadHoldings(reads: Reads, query: PortfolioQuery): Promise<Result<Holdings, Problem>> {
  const { userId, scope, currency } = query;
  const wrong = wrongCurrency(currency);
  if (wrong) return refuse(wrong);
  const asked = instantAsked(query.asOf, reads.clock.now());
  if (!asked.ok) return asked;
  const previousClose = closeBefore(asked.value.at);
  const stored = await readHoldings(reads.database, userId, asked.value.until, previousClose);
  const missing = unknownIn(scope, stored.accounts.map((held) => held.account));
  if (missing) return refuse(missing);
  const parked = await parkedAccounts(reads.database, stored.accounts.map((held) => held.account));
  const { at } = asked.value;
  const base = currency ?? stored.baseCurrency ?? DEFAULT_CURRENCY;
  const market = await loadMarket(reads.database, stored.accounts.flatMap(({ snapshot, previous }) => [snapshot, previous]).filter((one) => one !== null), base, [at, previousClose]);
  const priced = (snapshot: HeldSnapshot | null, then: string) => snapshot && { ...snapshot, balances: market.priced(snapshot, then) };
  const accounts = stored.accounts.map((held) => ({ account: held.account, snapshot: priced(held.snapshot, at), previous: priced(held.previous, previousClose), parked: parked.has(held.account.accountId) }));
  return ok({ accounts, at, previousClose, base, rate: market.rate });
}

export function wrongCurrency(currency: string | undefined): Problem | null {
  if (currency === undefined || isCurrency(currency)) return null;
  return invalidField('currency', `${String(currency)} is no ISO 4217 currency; USD, EUR, JPY, … are accepted`);
}

/** What the scope names must be the user's own. */
export function unknownIn(scope: Scope, accounts: readonly Account[]): Problem | null {
  const { accountId, connectionId } = scope;
  if (accountId !== undefined && !accounts.some((account) => inScope(account, { accountId }))) return unknownAccount(accountId);
  if (connectionId !== undefined && !accounts.some((account) => inScope(account, { connectionId }))) return problem('not_found', `There is no connection ${connectionId} with accounts.`);
  return null;
}

/** Accounts of which an event, or one of their connection's, could not be applied. */
export async function parkedAccounts(client: SqlClient, accounts: readonly Account[]): Promise<Set<string>> {
  if (accounts.length === 0) return new Set();
  const parked = await parkedKeys(client, ['balances', 'accounts'], [...new Set(accounts.flatMap(streamsOf))]);
  return new Set(accounts.filter((account) => streamsOf(account).some((key) => parked.has(key))).map((account) => account.accountId));
}

/** The streams that an account's events stand in, by which they are parked. */
function streamsOf({ accountId, connectionId }: Account): string[] {
  return [`account-${accountId}`, ...(connectionId === null ? [] : [`connection-${connectionId}`])];
}
