import { describe, expect, it } from '@jest/globals';
import type { NormalisedTransaction, TransactionKind } from '@tidemark/transactions';
import { multiply } from '@tidemark/money';
import { incomeDays } from './income-days.js';

const row = (kind: TransactionKind, cash: string | null, given: Partial<NormalisedTransaction> = {}): NormalisedTransaction => ({
  transactionId: 't', provider: 'plaid', kind, date: '2026-03-02', at: null, asset: 'equity:AAPL', units: '0', cash, currency: 'USD', fees: null, price: null,
  external: false, transfer: false, pending: false, doubts: [], providerType: kind, providerSubtype: null, description: null, ...given,
});
const rates: Record<string, string> = { USD: '1', EUR: '1.1' };
const of = (...transactions: NormalisedTransaction[]) => incomeDays([{ accountId: 'a', transactions, counts: () => true }], (amount, currency) => (rates[currency] === undefined ? null : multiply(amount, rates[currency])));

describe('income and costs', () => {
  it('are told apart, by day and in all', () => {
    const { days, totals } = of(row('dividend', '9.6'), row('interest', '0.4'), row('fee', '-2'), row('tax', '-1.44'), row('dividend', '5', { date: '2026-03-03' }));
    expect(Object.fromEntries(days)).toEqual({ '2026-03-02': { income: '10', costs: '3.44' }, '2026-03-03': { income: '5', costs: '0' } });
    expect(totals).toEqual({ dividends: '14.6', interest: '0.4', fees: '2', interestPaid: '0', taxes: '1.44' });
  });

  it('count what a trade contains: 100 − 1 for 10 at 10 is a cost of 1', () => {
    expect(of(row('sell', '99', { fees: '1', units: '-10' })).totals.fees).toBe('1');
  });

  it('do not count again what a dividend was charged: it is taken off already', () => {
    const { days, totals } = of(row('dividend', '9', { fees: '1' }));
    expect(days.get('2026-03-02')).toEqual({ income: '9', costs: '0' });
    expect(totals).toMatchObject({ dividends: '9', fees: '0' });
  });

  it('take interest that was paid on margin for a fee', () => {
    expect(of(row('interest', '-3'), row('interest', '1'), row('fee', '-2')).totals).toMatchObject({ interest: '1', fees: '5', interestPaid: '3' });
  });

  it('take distributed gains, returned capital and rebates for no price, and for no dividend', () => {
    const { days, totals } = of(row('capital_gain', '7'), row('return_of_capital', '3'), row('rebate', '1'));
    expect(days.get('2026-03-02')).toEqual({ income: '11', costs: '0' });
    expect(totals).toEqual({ dividends: '0', interest: '0', fees: '0', interestPaid: '0', taxes: '0' });
  });

  it('know a reinvestment whose income no row reports, and do not count one twice', () => {
    expect(of(row('reinvestment', '0', { doubts: ['income_implied'], worth: '25', units: '0.5' })).totals.dividends).toBe('25');
    expect(of(row('dividend', '25'), row('reinvestment', '-25', { units: '0.5' })).totals.dividends).toBe('25');
  });

  it('are converted at the rate, and unknown without one: their day and their sum, and no other', () => {
    expect(of(row('dividend', '10', { currency: 'EUR' })).totals.dividends).toBe('11');
    const { days, totals } = of(row('dividend', '10', { currency: 'JPY' }), row('interest', '1', { date: '2026-03-03' }));
    expect(totals).toEqual({ dividends: null, interest: '1', fees: '0', interestPaid: '0', taxes: '0' });
    expect(days.get('2026-03-02')).toEqual({ income: null, costs: '0' });
    expect(days.get('2026-03-03')).toEqual({ income: '1', costs: '0' });
    expect(of(row('dividend', null)).totals.dividends).toBeNull();
  });

  it('leave out what is pending, unknown or outside the scope', () => {
    expect(of(row('dividend', '10', { pending: true }), row('unknown', '10'), row('buy', '-10')).days.size).toBe(0);
    expect(incomeDays([{ accountId: 'a', transactions: [row('dividend', '10')], counts: () => false }], (amount) => amount).totals.dividends).toBe('0');
  });
});
