/** What happened in a subaccount, as the indexer lists it: fills, transfers, payments of funding. The world's rows, newest first. */
import { absolute, compare, type Decimal } from '@tidemark/money';
import type { Sandbox } from '../server/sandbox.js';
import { uuidFor } from '../wire/ids.js';
import { newestFirst } from '../world/transaction-order.js';
import type { TransactionKind } from '../world/transaction-kinds.js';
import type { Account, Transaction } from '../world/world.js';
import { heightAt } from './subaccount-view.js';

export type History = 'fills' | 'transfers' | 'fundingPayments';

const FILLS: ReadonlySet<TransactionKind> = new Set<TransactionKind>(['buy', 'sell', 'sell_short', 'buy_to_cover']);
const TRANSFERS: Partial<Record<TransactionKind, string>> = { deposit: 'DEPOSIT', withdrawal: 'WITHDRAWAL', cash_transfer_in: 'TRANSFER_IN', cash_transfer_out: 'TRANSFER_OUT' };
/** Where the world gives a day alone. */
const TIME_OF_DAY = 'T15:00:00.000Z';

export interface Row {
  createdAt: string;
  view: object;
}

export function rowsOf(sandbox: Sandbox, account: Account, what: History): Row[] {
  const rows = [...sandbox.world.transactionsOf(account.id)].sort(newestFirst);
  const view = { fills: fillView, transfers: transferView, fundingPayments: fundingView }[what];
  return rows.flatMap((row) => {
    const createdAt = new Date(row.at ?? `${row.date}${TIME_OF_DAY}`).toISOString();
    const shown = view(sandbox, account, row, createdAt);
    return shown === null ? [] : [{ createdAt, view: shown }];
  });
}

function marketOf(sandbox: Sandbox, { security }: Transaction): string | null {
  return typeof security === 'string' ? sandbox.world.security(security).symbol : null;
}

function fillView(sandbox: Sandbox, { dydx }: Account, row: Transaction, createdAt: string): object | null {
  if (!FILLS.has(row.kind) || row.quantity === undefined) return null;
  return {
    id: uuidFor('dydx-fill', row.id), side: compare(row.quantity, '0') > 0 ? 'BUY' : 'SELL', liquidity: 'TAKER', type: row.wire?.dydxType ?? 'LIMIT', market: marketOf(sandbox, row), marketType: 'PERPETUAL', price: row.price ?? '0', size: absolute(row.quantity),
    fee: row.fees ?? '0', affiliateRevShare: '0', createdAt, createdAtHeight: heightAt(createdAt), orderId: uuidFor('dydx-order', row.id), clientMetadata: '0', subaccountNumber: dydx!.subaccountNumber,
  };
}

function transferView(_sandbox: Sandbox, { dydx }: Account, row: Transaction, createdAt: string): object | null {
  const type = row.wire?.dydxType ?? TRANSFERS[row.kind];
  if (type === undefined || TRANSFERS[row.kind] === undefined) return null;
  const own = { address: dydx!.address, subaccountNumber: dydx!.subaccountNumber };
  const other = row.kind.startsWith('cash_transfer') ? { address: dydx!.address, subaccountNumber: dydx!.subaccountNumber === 0 ? 128 : 0 } : { address: dydx!.address };
  const incoming = compare(row.amount, '0') > 0;
  return {
    id: uuidFor('dydx-transfer', row.id), sender: incoming ? other : own, recipient: incoming ? own : other, size: absolute(row.amount), createdAt, createdAtHeight: heightAt(createdAt), symbol: row.currency, type,
    transactionHash: uuidFor('dydx-transaction', row.id).replaceAll('-', '').toUpperCase(),
  };
}

/** In the world: interest on a perpetual. */
function fundingView(sandbox: Sandbox, { dydx }: Account, row: Transaction, createdAt: string): object | null {
  const ticker = marketOf(sandbox, row);
  if (row.kind !== 'interest' || ticker === null) return null;
  const size: Decimal = row.quantity ?? '0';
  return {
    createdAt, createdAtHeight: heightAt(createdAt), perpetualId: '0', ticker, oraclePrice: row.price ?? '0', size, side: size.startsWith('-') ? 'SHORT' : 'LONG', rate: '0.00001', payment: row.amount, subaccountNumber: String(dydx!.subaccountNumber), fundingIndex: '0',
  };
}
