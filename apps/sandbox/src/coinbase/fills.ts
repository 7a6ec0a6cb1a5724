/** GET /api/v3/brokerage/orders/historical/fills: what was traded, newest first. Deposits and withdrawals are no part of Advanced Trade. */
import { absolute, multiply } from '@tidemark/money';
import type { Sandbox } from '../server/sandbox.js';
import { uuidFor } from '../wire/ids.js';
import { newestFirst } from '../world/transaction-order.js';
import type { Account, Transaction } from '../world/world.js';
import { CoinbaseError } from './coinbase-error.js';
import { afterCursor, pageSize, type CoinbaseQuery } from './pages.js';
import { codeOf, portfolioOf } from './wallets.js';

const BY_DEFAULT = 100;
const MOST = 250;
/** Where the world gives a day alone: a time at which it is that day everywhere in America. */
const TIME_OF_DAY = 'T17:30:00Z';

export function fillsPage(sandbox: Sandbox, accounts: readonly Account[], query: CoinbaseQuery): object {
  const [from, to] = [instant(query, 'start_sequence_timestamp'), instant(query, 'end_sequence_timestamp')];
  const rows = accounts
    .flatMap((account) => sandbox.world.transactionsOf(account.id).filter(isTrade).map((transaction) => ({ account, transaction })))
    .filter(({ transaction }) => (from === null || timeOf(transaction) >= from) && (to === null || timeOf(transaction) <= to))
    .sort((a, b) => newestFirst(a.transaction, b.transaction));
  const { from: at, of } = afterCursor(query, 'fills');
  const size = pageSize(query, BY_DEFAULT, MOST);
  return { fills: rows.slice(at, at + size).map(({ account, transaction }) => fillView(sandbox, account, transaction)), cursor: at + size < rows.length ? of(at + size) : '' };
}

function isTrade({ kind, pending }: Transaction): boolean {
  return (kind === 'buy' || kind === 'sell') && pending !== true;
}

function timeOf({ date, at }: Transaction): number {
  return Date.parse(at ?? `${date}${TIME_OF_DAY}`);
}

function instant(query: CoinbaseQuery, field: string): number | null {
  const text = query[field];
  if (text === undefined) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new CoinbaseError('argument', `${field} must be an RFC 3339 instant`);
  return time;
}

function fillView(sandbox: Sandbox, account: Account, transaction: Transaction): object {
  const { id, security, quantity = '0', price = '0', fees, currency, kind, wire } = transaction;
  const time = new Date(timeOf(transaction)).toISOString();
  const size = absolute(quantity);
  return {
    entry_id: uuidFor('coinbase-entry', id),
    trade_id: uuidFor('coinbase-trade', id),
    order_id: uuidFor('coinbase-order', id),
    trade_time: time,
    trade_type: wire?.coinbaseType ?? 'FILL',
    price,
    size: wire?.sizeInQuote === true ? multiply(size, price) : size,
    commission: fees ?? '0',
    product_id: `${codeOf(sandbox, security ?? '')}-${currency}`,
    sequence_timestamp: time,
    liquidity_indicator: 'TAKER',
    size_in_quote: wire?.sizeInQuote ?? false,
    user_id: uuidFor('coinbase-user', account.person),
    side: kind === 'buy' ? 'BUY' : 'SELL',
    retail_portfolio_id: portfolioOf(account),
  };
}
