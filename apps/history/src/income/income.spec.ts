import { describe, expect, it } from '@jest/globals';
import { transaction } from '../gains/gains.fixture.js';
import type { Row } from '../gains/gains.fixture.js';
import { multiply } from '@tidemark/money';
import { incomeDays } from '../returns/income-days.js';
import { incomeAnswer } from './income-answer.js';
import type { IncomeInput } from './income-answer.js';
import { incomeEntries } from './income-entry.js';

const A = 'equity:A';
const B = 'fund:B';

function income(rows: readonly Row[], more: Partial<IncomeInput> = {}) {
  const entries = incomeEntries('a', rows.map(transaction));
  return incomeAnswer({ currency: 'USD', days: { from: null, to: null }, today: '2026-05-20', entries, counts: () => true, rate: (from, day) => (from === 'EUR' && day === '2026-03-04' ? '1.1' : null), ...more });
}

const rows: readonly Row[] = [
  ['2026-03-02', 'dividend', '0', A, '9.6'],
  ['2026-03-02', 'tax', '0', A, '-1.44'],
  ['2026-03-04', 'dividend', '0', B, '10', { currency: 'EUR' }],
  ['2026-05-04', 'interest', '0', 'currency:USD', '0.4', { asset: null }],
  ['2026-05-04', 'capital_gain', '0', B, '25'],
  ['2026-05-05', 'rebate', '0', A, '2', { asset: null }],
];

describe('income', () => {
  it('is by sort, in one currency at the rate of its day: 9.6 + 10 × 1.1 = 20.6 of dividends', () => {
    expect(income(rows)).toMatchObject({ currency: 'USD', dividends: '20.6', interest: '0.4', capitalGains: '25', other: '2', total: '48', withheld: '1.44', reasons: [] });
  });

  it('is by month, the empty ones between too', () => {
    expect(income(rows).months).toEqual([
      { month: '2026-03', dividends: '20.6', interest: '0', capitalGains: '0', other: '0', total: '20.6', interestPaid: '0' },
      { month: '2026-04', dividends: '0', interest: '0', capitalGains: '0', other: '0', total: '0', interestPaid: '0' },
      { month: '2026-05', dividends: '0', interest: '0.4', capitalGains: '25', other: '2', total: '27.4', interestPaid: '0' },
    ]);
  });

  it('is by asset, the largest first', () => {
    expect(income(rows).assets).toEqual([{ asset: B, total: '36' }, { asset: A, total: '9.6' }, { asset: null, total: '2.4' }]);
  });

  it('is of the days asked for, and of accounts that count on them', () => {
    expect(income(rows, { days: { from: '2026-05-01', to: '2026-05-04' } })).toMatchObject({ from: '2026-05-01', to: '2026-05-04', dividends: '0', total: '25.4', withheld: '0' });
    expect(income(rows, { counts: (_account, day) => day < '2026-03-03' })).toMatchObject({ total: '9.6' });
    expect(income([])).toMatchObject({ total: '0', months: [], assets: [] });
  });

  it('without an amount or a rate is unknown where it belongs, and nowhere else', () => {
    const told = income([...rows, ['2026-05-06', 'dividend', '0', B, '1', { currency: 'GBP' }], ['2026-05-06', 'interest', '0', A, null]]);
    expect(told).toMatchObject({ dividends: null, interest: null, capitalGains: '25', other: '2', total: null });
    expect(told.months.map(({ dividends }) => dividends)).toEqual(['20.6', '0', null]);
    expect(told.assets).toContainEqual({ asset: B, total: null });
    expect(told.reasons).toMatchObject([{ code: 'rate_missing', asset: B, detail: 'No rate from GBP to USD is known on 2026-05-06.' }, { code: 'cash_effect_unknown', asset: A }]);
  });
});

describe('income and performance', () => {
  it('have the same dividends, interest, interest paid and taxes of the same rows', () => {
    const given = [...rows, ['2026-05-06', 'interest', '0', A, '-7'], ['2026-05-07', 'interest', '0', A, '-2.5', { currency: 'EUR' }], ['2026-05-08', 'fee', '0', A, '-1']] as const satisfies readonly Row[];
    const rate = (from: string) => (from === 'EUR' ? '1.1' : '1');
    const { dividends, interest, interestPaid, withheld, months, total } = income(given, { rate });
    const { totals } = incomeDays([{ accountId: 'a', transactions: given.map(transaction), counts: () => true }], (amount, currency) => multiply(amount, rate(currency)));
    expect(totals).toEqual({ dividends, interest, interestPaid, taxes: withheld, fees: '10.75' });
    expect([interestPaid, total, months.at(-1)]).toMatchObject(['9.75', '48', { month: '2026-05', interestPaid: '9.75', total: '27.4' }]);
  });
});

describe('what is income', () => {
  it('a dividend taken back lowers it, interest paid does not, capital returned is none', () => {
    expect(income([...rows, ['2026-05-06', 'dividend', '0', A, '-9.6'], ['2026-05-06', 'interest', '0', A, '-7'], ['2026-05-06', 'return_of_capital', '0', A, '50'], ['2026-05-06', 'deposit', '0', A, '50']])).toMatchObject({ dividends: '11', interest: '0.4', total: '38.4', interestPaid: '7' });
  });

  it('what was reinvested is counted with its dividend, or by itself where that was never a row', () => {
    expect(income([['2026-05-06', 'dividend', '0', A, '9.6'], ['2026-05-06', 'reinvestment', '0.05', A, '-9.6']])).toMatchObject({ total: '9.6' });
    expect(income([['2026-05-06', 'reinvestment', '0.05', A, '0', { worth: '9.6', doubts: ['income_implied'] }]])).toMatchObject({ dividends: '9.6', total: '9.6' });
    expect(income([['2026-05-06', 'reinvestment', '0.05', A, '0', { worth: '9.6', doubts: ['income_implied'], providerSubtype: 'long-term capital gain reinvestment' }]])).toMatchObject({ capitalGains: '9.6' });
  });

  it('what is pending is none yet', () => {
    expect(income([['2026-05-06', 'dividend', '0', A, '9.6', { pending: true }]])).toMatchObject({ total: '0' });
  });
});
