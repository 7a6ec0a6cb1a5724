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
export type Lines = CapturedSnapshot['lines'];

/** Half a minute after the close: everything of the day has happened, and nothing of the next. */
export function eveningOf(day: string): Date {
  return new Date(closeMs(dayNumber(day)) + 30_000);
}

export interface Read {
  snapshot: CapturedSnapshot;
  transactions: NormalisedTransaction[];
}

/** The account as it is shown on a day, in the evening unless told otherwise. @param day the newest day of `world` */
export function readAccount(world: World, accountId: string, provider: Provider, day: string, now = eveningOf(day)): Read {
  const offline = offlineAccount(world, accountId, now);
  const bank = world.accounts.find(({ id }) => id === accountId)!.type !== 'investment';
  const { lines, fetched } = bank ? banked(offline.bank()) : provider === 'plaid' ? plaid(offline.plaid()) : snaptrade(offline.snaptrade());
  return {
    snapshot: { snapshotId: `${accountId}/${day}`, capturedAt: now.toISOString(), day: marketDayNumber(now.getTime()), calendarDay: dayNumber(day), currency: 'USD', lines },
    transactions: resolveTransactions(fetched.map((transaction) => normalise(provider, recorded(transaction), { connectionKind: bank ? 'bank' : 'investments' }))),
  };
}

function recorded(transaction: FetchedTransaction): RecordedTransaction {
  return { ...transaction, transactionId: transaction.identity };
}

function plaid(texts: { holdings: string; transactions: string[] }): { lines: Lines; fetched: readonly FetchedTransaction[] } {
  const { lines } = holdingsOf(parsed(texts.holdings));
  return { lines: merged([...lines.values()].flat()), fetched: texts.transactions.flatMap((page) => investmentPageOf(parsed(page)).transactions.map(({ transaction }) => transaction)) };
}

function banked(texts: { accounts: string; transactions: string[] }): { lines: Lines; fetched: readonly FetchedTransaction[] } {
  const { accounts } = fetchedAccountsOf(parsed(texts.accounts), null, { investments: null, transactions: null });
  return { lines: accounts.flatMap(({ balances }) => balances), fetched: texts.transactions.flatMap((page) => bankPageOf(parsed(page)).changed.map(({ transaction }) => transaction)) };
}

function snaptrade(texts: { positions: string; balances: string; activities: string[] }): { lines: Lines; fetched: readonly FetchedTransaction[] } {
  const identities = new Identities();
  const lines = merged([...cashOf(parsed(texts.balances)).lines, ...positionsOf(parsed(texts.positions)).lines]);
  return { lines, fetched: texts.activities.flatMap((page) => activityPageOf(parsed(page), identities, []).transactions) };
}

function parsed(text: string): unknown {
  const read = parseLossless(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}
