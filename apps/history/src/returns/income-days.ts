/**
 * What accounts were paid and charged, by day and in all, in the answer's currency at each day's rate: what tells the return that prices
 * made from the whole, and the income beside the gains. Pure. What is income, and of what sort, is said in one place for this and for the
 * answer about income (`incomeEntries`); beside it stand
 *
 *   returned   a return of capital: no income, but no price either
 *   fees       fees, those contained in trades, and interest paid on margin (`interestPaid` alone); what a dividend was charged is taken off it already
 *   taxes      tax, withheld or not
 *
 * Pending rows are not yet true. What is unknown makes its day and its sum unknown, and no other.
 */
import { add, isZero, negate } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import { incomeEntries } from '../income/income-entry.js';
import type { DayIncome } from './performance.js';

export interface Payer {
  readonly accountId: string;
  /** As `resolveTransactions` leaves them. */
  readonly transactions: readonly NormalisedTransaction[];
  /** Whether the account is in the scope on that day, and the day in the period. */
  readonly counts: (date: string) => boolean;
}

/** `fees` contain `interestPaid`. */
export type Totals = Readonly<Record<'dividends' | 'interest' | 'fees' | 'interestPaid' | 'taxes', Decimal | null>>;

/** An amount in the row's currency, + in; fees and taxes above zero. */
interface Paid {
  readonly date: string;
  readonly to: 'dividends' | 'interest' | 'other' | 'fees' | 'interestPaid' | 'taxes';
  readonly amount: Decimal | null;
  readonly currency: string | null;
}

const TO = { dividends: 'dividends', interest: 'interest', capitalGains: 'other', other: 'other', interestPaid: 'interestPaid', withheld: 'taxes' } as const;

/** @param convert null where the rate of that day is not known */
export function incomeDays(payers: readonly Payer[], convert: (amount: Decimal, currency: string, date: string) => Decimal | null): { days: Map<string, DayIncome>; totals: Totals } {
  const days = new Map<string, DayIncome>();
  const totals: Record<string, Decimal | null> = { dividends: '0', interest: '0', fees: '0', interestPaid: '0', taxes: '0' };
  const paid = payers.flatMap(({ accountId, transactions, counts }) => [
    ...incomeEntries(accountId, transactions).map(({ date, sort, amount, currency }): Paid => ({ date, to: TO[sort], amount, currency })),
    ...transactions.filter(({ pending }) => !pending).flatMap(beside),
  ].filter(({ date }) => counts(date)));
  for (const one of paid) {
    const worth = inBase(one, convert);
    const day = days.get(one.date) ?? { income: '0', costs: '0' };
    const cost = one.to === 'fees' || one.to === 'taxes' || one.to === 'interestPaid';
    days.set(one.date, cost ? { ...day, costs: plus(day.costs, worth) } : { ...day, income: plus(day.income, worth) });
    if (one.to !== 'other') totals[one.to] = plus(totals[one.to] as Decimal | null, worth);
    if (one.to === 'interestPaid') totals['fees'] = plus(totals['fees'] as Decimal | null, worth);
  }
  return { days, totals: totals as Totals };
}

/** What is no income and no price either. */
function beside({ kind, cash, fees, date, currency }: NormalisedTransaction): Paid[] {
  const taken = cash === null ? null : negate(cash);
  switch (kind) {
    case 'return_of_capital':
      return [{ date, currency, to: 'other', amount: cash }];
    case 'fee':
      return [{ date, currency, to: 'fees', amount: taken }];
    case 'interest':
    case 'dividend':
    case 'capital_gain':
    case 'rebate':
    case 'tax':
    case 'unknown':
    case 'cancel':
      return [];
    default:
      return fees === null || isZero(fees) ? [] : [{ date, currency, to: 'fees', amount: fees }];
  }
}

function inBase({ amount, currency, date }: Paid, convert: (amount: Decimal, currency: string, date: string) => Decimal | null): Decimal | null {
  if (amount === null) return null;
  if (isZero(amount)) return '0';
  return currency === null ? null : convert(amount, currency, date);
}

function plus(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a === null || b === null ? null : add(a, b);
}
