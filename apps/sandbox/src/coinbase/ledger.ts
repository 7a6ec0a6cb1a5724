/**
 * GET /v2/accounts/{wallet}/transactions: everything that moved in one wallet, newest first, trades of Advanced Trade among them
 * (docs.cdp.coinbase.com, Coinbase App transactions and pagination). The world's rows, one for each wallet that a row moves.
 */
import { isZero, type Decimal } from '@tidemark/money';
import type { Sandbox } from '../server/sandbox.js';
import { uuidFor } from '../wire/ids.js';
import { newestFirst } from '../world/transaction-order.js';
import type { TransactionKind } from '../world/transaction-kinds.js';
import type { Account, Transaction } from '../world/world.js';
import { CoinbaseError } from './coinbase-error.js';
import { pageSize, type CoinbaseQuery } from './pages.js';
import { codeOf, walletCodes, walletId } from './wallets.js';

const BY_DEFAULT = 25;
const MOST = 100;
const TIME_OF_DAY = 'T17:30:00Z';
const WORDS: Partial<Record<TransactionKind, string>> = {
  buy: 'advanced_trade_fill', sell: 'advanced_trade_fill', deposit: 'fiat_deposit', contribution: 'fiat_deposit', withdrawal: 'fiat_withdrawal', interest: 'interest', dividend: 'staking_reward', stock_dividend: 'staking_reward',
  transfer_in: 'send', transfer_out: 'send', asset_transfer_in: 'send', asset_transfer_out: 'send', cash_transfer_in: 'transfer', cash_transfer_out: 'transfer',
};

export function ledgerPage(sandbox: Sandbox, accounts: readonly Account[], wallet: string, path: string, query: CoinbaseQuery): object {
  const found = accounts.flatMap((account) => walletCodes(sandbox, account).map((code) => ({ account, code }))).find(({ account, code }) => walletId(account, code) === wallet);
  if (found === undefined) throw new CoinbaseError('no_wallet');
  const rows = [...sandbox.world.transactionsOf(found.account.id)].sort(newestFirst).flatMap((row) => rowView(sandbox, found, row));
  const limit = pageSize(query, BY_DEFAULT, MOST);
  const after = query['starting_after'] ?? null;
  const from = after === null ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  if (after !== null && from === 0) throw new CoinbaseError('argument', 'starting_after is no row of this wallet');
  const page = rows.slice(from, from + limit);
  const next = from + limit < rows.length ? `${path}?limit=${limit}&order=desc&starting_after=${page.at(-1)?.id ?? ''}` : null;
  return { pagination: { ending_before: null, starting_after: after, limit, order: 'desc', previous_uri: null, next_uri: next }, data: page };
}

function rowView(sandbox: Sandbox, { account, code }: { account: Account; code: string }, row: Transaction): { id: string }[] {
  const amount = movedIn(sandbox, code, row);
  if (amount === null) return [];
  const at = new Date(row.at ?? `${row.date}${TIME_OF_DAY}`).toISOString().replace('.000Z', 'Z');
  const id = uuidFor('coinbase-ledger', row.id, code);
  return [{
    id,
    ...{
      type: row.wire?.coinbaseLedger ?? WORDS[row.kind] ?? 'tx', status: row.pending === true ? 'pending' : 'completed', amount: { amount, currency: code }, native_amount: { amount: code === account.currency ? amount : row.amount, currency: account.currency }, description: null,
      created_at: at, updated_at: at, resource: 'transaction', resource_path: `/v2/accounts/${walletId(account, code)}/transactions/${id}`,
    },
  }];
}

function movedIn(sandbox: Sandbox, code: string, { security, quantity, currency, amount }: Transaction): Decimal | null {
  if (typeof security === 'string' && quantity !== undefined && codeOf(sandbox, security) === code && !isZero(quantity)) return quantity;
  return currency === code && !isZero(amount) ? amount : null;
}
