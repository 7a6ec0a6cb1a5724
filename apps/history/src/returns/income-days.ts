/**
 * What accounts were paid and charged, by day and in all, in the answer's currency at each day's rate: what tells the return that prices
 * made from the whole, and the income beside the gains. Pure.
 *
 *   income   dividends, interest (paid on margin: negative), gains that funds distributed, returns of capital; fees in them added back,
 *            tax is a row of its own. A reinvestment whose income no row reports is income of what its units were worth.
 *   costs    fees and taxes, those contained in trades too; a rebate is a negative fee
 *
 * Pending rows are not yet true. What is unknown makes its day and its sum unknown, and no other.
 */
import { add, isZero, negate } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import type { DayIncome } from './performance.js';

export interface Payer {
  /** As `resolveTransactions` leaves them. */
  readonly transactions: readonly NormalisedTransaction[];
  /** Whether the account is in the scope on that day, and the day in the period. */
  readonly counts: (date: string) => boolean;
}

export type Totals = Readonly<Record<'dividends' | 'interest' | 'fees' | 'taxes', Decimal | null>>;

/** Amounts in the row's currency; + in. */
interface Paid {
  readonly to: 'dividends' | 'interest' | 'distributed' | 'fees' | 'taxes';
  readonly amount: Decimal | null;
}

/** @param convert null where the rate of that day is not known */
export function incomeDays(payers: readonly Payer[], convert: (amount: Decimal, currency: string, date: string) => Decimal | null): { days: Map<string, DayIncome>; totals: Totals } {
  const days = new Map<string, DayIncome>();
  const totals: Record<string, Decimal | null> = { dividends: '0', interest: '0', fees: '0', taxes: '0' };
  const rows = payers.flatMap(({ transactions, counts }) => transactions.filter((row) => !row.pending && counts(row.date)));
  for (const row of rows) {
    for (const { to, amount } of paid(row)) {
      const worth = inBase(amount, row, convert);
      const day = days.get(row.date) ?? { income: '0', costs: '0' };
      const cost = to === 'fees' || to === 'taxes';
      days.set(row.date, cost ? { ...day, costs: plus(day.costs, worth) } : { ...day, income: plus(day.income, worth) });
      if (to !== 'distributed') totals[to] = plus(totals[to] as Decimal | null, worth);
    }
  }
  return { days, totals: totals as Totals };
}

function paid({ kind, cash, fees, doubts, worth }: NormalisedTransaction): Paid[] {
  const contained = fees === null || isZero(fees) ? [] : [{ to: 'fees' as const, amount: fees }];
  const gross = cash === null ? null : add(cash, fees ?? '0');
  switch (kind) {
    case 'dividend':
      return [{ to: 'dividends', amount: gross }, ...contained];
    case 'interest':
      return [{ to: 'interest', amount: gross }, ...contained];
    case 'capital_gain':
    case 'return_of_capital':
      return [{ to: 'distributed', amount: gross }, ...contained];
    case 'reinvestment':
      return [...(doubts.includes('income_implied') ? [{ to: 'dividends' as const, amount: worth ?? null }] : []), ...contained];
    case 'fee':
    case 'rebate':
      return [{ to: 'fees', amount: cash === null ? null : negate(cash) }];
    case 'tax':
      return [{ to: 'taxes', amount: cash === null ? null : negate(cash) }];
    case 'unknown':
    case 'cancel':
      return [];
    default:
      return contained;
  }
}

function inBase(amount: Decimal | null, { currency, date }: NormalisedTransaction, convert: (amount: Decimal, currency: string, date: string) => Decimal | null): Decimal | null {
  if (amount === null) return null;
  if (isZero(amount)) return '0';
  return currency === null ? null : convert(amount, currency, date);
}

function plus(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a === null || b === null ? null : add(a, b);
}
