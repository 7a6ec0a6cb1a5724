/**
 * Which transactions are income, and of what sort. Pure. Income is what an asset pays for being held: dividends (those paid in lieu as
 * well), interest, distributed capital gains, rebates. A return of capital gives back what was paid and is none; interest below zero was paid,
 * not earned: a cost, which stands beside it. A dividend taken back lowers the dividends. Tax stands beside it as well, never taken off.
 */
import type { Day } from '@tidemark/market';
import { isNegative, negate } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';

export type IncomeSort = 'dividends' | 'interest' | 'capitalGains' | 'other';

export interface IncomeEntry {
  readonly accountId: string;
  readonly transactionId: string;
  readonly date: Day;
  readonly sort: IncomeSort | 'withheld' | 'interestPaid';
  readonly asset: AssetId | null;
  /** Null: not told, or in no currency that is known. Of `withheld` and `interestPaid` what was taken is above zero. */
  readonly amount: Decimal | null;
  readonly currency: string | null;
}

const SORTS: Readonly<Record<string, IncomeSort>> = { dividend: 'dividends', interest: 'interest', capital_gain: 'capitalGains', rebate: 'other' };

/** @param transactions as `resolveTransactions` leaves them */
export function incomeEntries(accountId: string, transactions: readonly NormalisedTransaction[]): IncomeEntry[] {
  return transactions.flatMap((row) => {
    const sort = row.pending ? null : sortOf(row);
    if (sort === null) return [];
    const cash = row.kind === 'reinvestment' ? (row.worth ?? null) : row.cash;
    const paid = row.kind === 'interest' && cash !== null && isNegative(cash);
    const amount = row.currency === null || cash === null ? null : sort === 'withheld' || paid ? negate(cash) : cash;
    return [{ accountId, transactionId: row.transactionId, date: row.date, sort: paid ? 'interestPaid' : sort, asset: row.asset, amount, currency: row.currency }];
  });
}

function sortOf(row: NormalisedTransaction): IncomeEntry['sort'] | null {
  if (row.kind === 'tax') return 'withheld';
  // Income that never was cash: the reinvestment is all that tells of it.
  if (row.kind === 'reinvestment') return row.doubts.includes('income_implied') ? reinvested(row.providerSubtype ?? '') : null;
  return SORTS[row.kind] ?? null;
}

/** Plaid says of what: "interest reinvestment", "long-term capital gain reinvestment". */
function reinvested(subtype: string): IncomeSort {
  if (subtype.startsWith('interest')) return 'interest';
  return subtype.includes('capital gain') ? 'capitalGains' : 'dividends';
}
