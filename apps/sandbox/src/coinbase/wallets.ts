/** GET /api/v3/brokerage/accounts: a wallet for every currency, those with nothing included, by pages. */
import { subtract, type Decimal } from '@tidemark/money';
import type { Sandbox } from '../server/sandbox.js';
import { uuidFor } from '../wire/ids.js';
import type { Account } from '../world/world.js';
import { afterCursor, pageSize, type CoinbaseQuery } from './pages.js';

const BY_DEFAULT = 49;
const MOST = 250;

export function accountsPage(sandbox: Sandbox, accounts: readonly Account[], query: CoinbaseQuery): object {
  const all = accounts.flatMap((account) => walletsOf(sandbox, account));
  const { from, of } = afterCursor(query, 'accounts');
  const size = pageSize(query, BY_DEFAULT, MOST);
  const page = all.slice(from, from + size);
  const more = from + size < all.length;
  return { accounts: page, has_next: more, cursor: more ? of(from + size) : '', size: page.length };
}

export function portfolioOf({ id, coinbase }: Account): string {
  return coinbase?.portfolio ?? uuidFor('coinbase-portfolio', id);
}

export function walletId({ id }: Account, currency: string): string {
  return uuidFor('coinbase-wallet', id, currency);
}

/** Of every wallet that the account has. */
export function walletCodes(sandbox: Sandbox, account: Account): string[] {
  const { coins, fiat } = balancesOf(sandbox, account);
  return [...coins.keys(), ...fiat.keys()];
}

function balancesOf(sandbox: Sandbox, account: Account): { coins: Map<string, Decimal>; fiat: Map<string, Decimal> } {
  const coins = new Map<string, Decimal>((account.holdings ?? []).map(({ security, quantity }) => [codeOf(sandbox, security), quantity]));
  const fiat = new Map<string, Decimal>((account.cash ?? []).map(({ currency, amount }) => [currency, amount]));
  // As Coinbase does, a wallet of every coin that can be had, held or not.
  for (const { kind, symbol } of sandbox.world.world.securities) if (kind === 'crypto' && symbol !== null && !coins.has(symbol)) coins.set(symbol, '0');
  return { coins, fiat };
}

function walletsOf(sandbox: Sandbox, account: Account): object[] {
  const { coins, fiat } = balancesOf(sandbox, account);
  const touched = lastTouched(sandbox, account);
  const holds = new Map((account.coinbase?.holds ?? []).map(({ currency, amount }) => [currency, amount]));
  const view = (currency: string, total: Decimal, isFiat: boolean): object => {
    const hold = holds.get(currency) ?? '0';
    const opened = `${account.openedOn ?? '2024-01-02'}T00:00:00Z`;
    return {
      uuid: walletId(account, currency),
      name: isFiat ? `Cash (${currency})` : `${currency} Wallet`,
      currency,
      available_balance: { value: subtract(total, hold), currency },
      default: true,
      active: true,
      created_at: opened,
      updated_at: touched.get(currency) ?? opened,
      deleted_at: null,
      // Coinbase's own example has bitcoin typed as fiat: nobody may rely on it.
      type: isFiat || currency === 'BTC' ? 'ACCOUNT_TYPE_FIAT' : 'ACCOUNT_TYPE_CRYPTO',
      ready: true,
      hold: { value: hold, currency },
      retail_portfolio_id: portfolioOf(account),
      platform: 'ACCOUNT_PLATFORM_CONSUMER',
    };
  };
  return [...[...coins].map(([currency, total]) => view(currency, total, false)), ...[...fiat].map(([currency, total]) => view(currency, total, true))];
}

/** When each wallet was last moved, by the world's rows. */
function lastTouched(sandbox: Sandbox, account: Account): Map<string, string> {
  const touched = new Map<string, string>();
  for (const { date, at, security, currency } of sandbox.world.transactionsOf(account.id)) {
    const when = new Date(at ?? `${date}T17:30:00Z`).toISOString();
    for (const code of [currency, ...(typeof security === 'string' ? [codeOf(sandbox, security)] : [])]) if (when > (touched.get(code) ?? '')) touched.set(code, when);
  }
  return touched;
}

export function codeOf(sandbox: Sandbox, security: string): string {
  const { symbol, name } = sandbox.world.security(security);
  return symbol ?? name;
}
