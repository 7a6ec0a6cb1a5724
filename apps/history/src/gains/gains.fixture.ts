/** Short words for what an account lived through: `+10 equity:A = -1000` on a day. Transactions as libs/transactions makes them. */
import type { NormalisedTransaction, TransactionKind } from '@tidemark/transactions';
import { realise } from './realise.js';
import type { RealiseInput } from './realise.js';
import type { AccountRecord } from './step.js';

let made = 0;

/** @param id the last digits of its UUID */
export function id(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

export type Row = readonly [date: string, kind: TransactionKind, units: string | null, asset: string, cash: string | null, more?: Partial<NormalisedTransaction>];

export function transaction([date, kind, units, asset, cash, more = {}]: Row): NormalisedTransaction {
  made += 1;
  return {
    transactionId: id(900_000 + made), provider: 'snaptrade', kind, date, at: null, asset, units, cash, currency: 'USD', fees: null, price: null, external: false, transfer: false, pending: false,
    doubts: [], providerType: kind, providerSubtype: null, description: null, ...more,
  };
}

/** @param held what its snapshot at the end of 2026 holds: `{ 'equity:A': '10' }`; null: no snapshot */
export function account(rows: readonly Row[], held: Readonly<Record<string, string>> | null = {}, accountId = 'a'): AccountRecord {
  return { accountId, transactions: rows.map(transaction), held: held === null ? null : { capturedAt: '2026-12-31T22:00:00.000Z', day: '2026-12-31', units: new Map(Object.entries(held)) } };
}

export function realised(accounts: AccountRecord | readonly AccountRecord[], more: Partial<RealiseInput> = {}) {
  return realise({ accounts: 'accountId' in accounts ? [accounts] : accounts, method: 'fifo', picks: [], splitsOf: () => [], ...more });
}

/** Quantity, proceeds, cost, gain, acquired → sold, L(ong) or S(hort) or ? of each line. */
export function lines(accounts: AccountRecord | readonly AccountRecord[], more: Partial<RealiseInput> = {}): string[] {
  return realised(accounts, more).lines.map((line) => `${line.quantity} ${line.asset.split(':')[1]}: ${line.proceeds ?? '?'} - ${line.costBasis ?? '?'} = ${line.gain ?? '?'} ${line.acquired ?? '?'} ${line.sold} ${line.longTerm === null ? '?' : line.longTerm ? 'L' : 'S'}`);
}
