/**
 * One account of a generated world, read as the product reads it: the sandbox's wire text, parsed without losing a digit, through the
 * providers' own mapping and the normalisation of transactions, to what the reconstruction takes.
 */
import { offlineAccount } from '@tidemark/app-sandbox';
import type { World } from '@tidemark/app-sandbox';
import type { RecordedTransaction } from '@tidemark/contracts';
import { closeMs, dayNumber, marketDayNumber } from '@tidemark/market';
import { parseLossless } from '@tidemark/providers';
import type { FetchedTransaction } from '@tidemark/providers';
import { normalise, resolveTransactions } from '@tidemark/transactions';
import type { NormalisedTransaction } from '@tidemark/transactions';
import type { CapturedSnapshot } from '../apps/history/src/reconstruction/model.js';
import { merged } from '../libs/providers/src/lines.js';
import { fetchedAccountsOf } from '../libs/providers/src/plaid/accounts.js';
import { bankPageOf } from '../libs/providers/src/plaid/bank-transactions.js';
import { holdingsOf } from '../libs/providers/src/plaid/holdings.js';
import { investmentPageOf } from '../libs/providers/src/plaid/transactions.js';
import { activityPageOf } from '../libs/providers/src/snaptrade/activities.js';
import { cashOf, positionsOf } from '../libs/providers/src/snaptrade/positions.js';
import { Identities } from '../libs/providers/src/transaction-identity.js';

export type Provider = 'plaid' | 'snaptrade';

/** Half a minute after the close: everything of the day has happened, and nothing of the next. */
export function eveningOf(day: string): Date {
  return new Date(closeMs(dayNumber(day)) + 30_000);
}

/** The account as its snapshot would have it on a day, in the evening unless told otherwise. */
export function readSnapshot(world: World, accountId: string, provider: Provider, day: string, now = eveningOf(day)): CapturedSnapshot {
  const { plaid, snaptrade, bank } = offlineAccount(world, accountId, now);
  const of = { capturedAt: now.toISOString(), day: marketDayNumber(now.getTime()), calendarDay: dayNumber(day), currency: 'USD', snapshotId: `${accountId}/${day}` };
  if (isBank(world, accountId)) return { ...of, lines: fetchedAccountsOf(parsed(bank.accounts()), null, { investments: null, transactions: null }).accounts.flatMap(({ balances }) => balances) };
  if (provider === 'plaid') return { ...of, lines: merged([...holdingsOf(parsed(plaid.holdings())).lines.values()].flat()) };
  return { ...of, lines: merged([...cashOf(parsed(snaptrade.balances())).lines, ...positionsOf(parsed(snaptrade.positions())).lines]) };
}

/** Its transactions as they are known on a day. */
export function readTransactions(world: World, accountId: string, provider: Provider, day: string, now = eveningOf(day)): NormalisedTransaction[] {
  const { plaid, snaptrade, bank } = offlineAccount(world, accountId, now);
  const connectionKind = isBank(world, accountId) ? 'bank' : 'investments';
  const identities = new Identities();
  const fetched: readonly FetchedTransaction[] =
    connectionKind === 'bank' ? bank.transactions().flatMap((page) => bankPageOf(parsed(page)).changed.map(({ transaction }) => transaction))
    : provider === 'plaid' ? plaid.transactions().flatMap((page) => investmentPageOf(parsed(page)).transactions.map(({ transaction }) => transaction))
    : snaptrade.activities().flatMap((page) => activityPageOf(parsed(page), identities, []).transactions);
  return resolveTransactions(fetched.map((transaction) => normalise(provider, recorded(transaction), { connectionKind })));
}

function isBank(world: World, accountId: string): boolean {
  return world.accounts.find(({ id }) => id === accountId)!.type !== 'investment';
}

function recorded(transaction: FetchedTransaction): RecordedTransaction {
  return { ...transaction, transactionId: transaction.identity };
}

function parsed(text: string): unknown {
  const read = parseLossless(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}
