import { describe, expect, it } from '@jest/globals';
import type { ScopeDay } from '../series/scope-day.js';
import { performanceOf } from './performance.js';
import type { PerformanceInput } from './performance.js';
import { everyDay, given } from './returns.fixture.js';

const D = '2026-01-05';
const NO_GAIN = { realised: null, unrealised: null, dividends: null, interest: null, fees: null, interestPaid: null, taxes: null };
const of = (days: readonly ScopeDay[], more: Partial<PerformanceInput> = {}) => performanceOf({ currency: 'USD', days, income: new Map(), gain: NO_GAIN, flows: [], benchmark: null, reasons: [], isTradingDay: everyDay, ...more });

describe('performance', () => {
  it('tells price and total return apart: a dividend of 2 on 100 that fell to 99 ex dividend', () => {
    const income = new Map([['2026-01-06', { income: '2', costs: '0' }]]);
    expect(of(given(D, '100', '101'), { income })).toMatchObject({ priceReturn: { value: '-0.01' }, totalReturn: { value: '0.01' }, timeWeighted: { value: '0.01' } });
  });

  it('takes fees and taxes out of what prices did', () => {
    const income = new Map([['2026-01-06', { income: '0', costs: '5' }]]);
    expect(of(given(D, '100', '105'), { income })).toMatchObject({ priceReturn: { value: '0.1' }, totalReturn: { value: '0.05' } });
  });

  it('has no price return where the income of a day is not known, and a total return all the same', () => {
    const income = new Map([['2026-01-06', { income: null, costs: '0' }]]);
    expect(of(given(D, '100', '101'), { income })).toMatchObject({ priceReturn: { value: null, reason: { code: 'flow_value_missing' } }, totalReturn: { value: '0.01' } });
  });

  it('starts where something is known, and says so', () => {
    const performance = of(given(D, null, null, '100', '110'));
    expect(performance).toMatchObject({ from: '2026-01-07', to: '2026-01-08', startValue: '100', endValue: '110', timeWeighted: { value: '0.1' } });
    expect(performance.reasons).toEqual([{ code: 'no_history', detail: expect.stringContaining('2026-01-07'), from: '2026-01-05', to: '2026-01-06' }]);
  });

  it('does not start later where it is said what is missing of its first days', () => {
    const reasons = [{ code: 'rate_missing' as const, detail: 'There is no rate from EUR to USD.', from: '2026-01-05', to: '2026-01-06' }];
    expect(of(given(D, null, null, '100', '110'), { reasons })).toMatchObject({ from: '2026-01-05', startValue: null, endValue: '110', timeWeighted: { value: null, reason: { code: 'rate_missing' } } });
  });

  it('of nothing known is all null, with the reason', () => {
    const nothing = of(given(D, null, null));
    expect(nothing).toMatchObject({ from: null, to: null, startValue: null, timeWeighted: { value: null }, moneyWeighted: { value: null, period: null }, modifiedDietz: { value: null }, volatility: { daily: null }, maxDrawdown: { value: null }, quality: 0 });
    expect(of([]).reasons).toMatchObject([{ code: 'no_history' }]);
  });

  it('is as good as its worst day', () => {
    expect(of(given(D, '100', { value: '100', quality: 60 }, '110')).quality).toBe(60);
  });

  it('of a single day is the same by every method', () => {
    const day = of(given(D, '100', { value: '60', out: '50' }));
    expect(day.timeWeighted.value).toBe('0.1');
    expect(day.modifiedDietz.value).toBe('0.1');
    expect(day.moneyWeighted.period).toBe('0.1');
  });
});
