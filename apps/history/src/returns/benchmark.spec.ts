import { describe, expect, it } from '@jest/globals';
import { ok, refuse } from '@tidemark/kernel';
import { benchmarkOf } from './benchmark.js';
import { knownDays } from './daily-growth.js';
import { why } from './figure.js';
import { moneyWeighted } from './money-weighted.js';
import { ratioOf } from './ratio.js';
import { given } from './returns.fixture.js';

const D = '2026-01-05';
const LEVELS: Record<string, [string, string]> = { '2026-01-05': ['400', '1'], '2026-01-06': ['500', '1'], '2026-01-07': ['440', '1'] };
const levels = (date: string) => {
  const level = LEVELS[date];
  return level ? ok(ratioOf(...level)) : refuse(why('benchmark_missing', `No close of SPY on ${date}.`));
};
const of = (days: ReturnType<typeof given>) => benchmarkOf('SPY', knownDays(days, []), { from: D, to: days.at(-1)?.date ?? D }, levels);

describe('the benchmark over the same flows', () => {
  it('buys with the opening value and each inflow, and sells for each outflow', () => {
    // 1000 / 400 = 2.5 units; 500 in before the 6th at 400: 1.25; 550 out at the end of the 7th at 440: 1.25; 2.5 × 440 are left
    const days = given(D, '1000', { value: '1600', in: '500' }, { value: '1000', out: '550' });
    expect(of(days)).toMatchObject({ symbol: 'SPY', timeWeighted: { value: '0.1' }, endValue: '1100' });
  });

  it('made the same as the portfolio where the portfolio is the benchmark', () => {
    const days = given(D, '1000', { value: '1875', in: '500' }, '1650');
    expect(of(days).endValue).toBe('1650');
  });

  it('has a money-weighted return of the form that the portfolio\'s own has: of two days the period counts, and not the year', () => {
    const days = given(D, '1000', '1250', '1100');
    const own = moneyWeighted(knownDays(days, []));
    expect(own).toMatchObject({ value: null, period: '0.1', annualised: false, reason: { code: 'too_few_days' } });
    expect(of(days).moneyWeighted).toEqual(own);
  });

  it('may end below zero, where more was taken out than it would have had', () => {
    expect(of(given(D, '100', { value: '100', out: '200' }, '100')).endValue).toBe('-66');
  });

  it('is missing, and says so, where there is no close at an end', () => {
    const days = given('2026-01-06', '1000', '1000', '1000');
    const reason = { code: 'benchmark_missing', detail: expect.stringContaining('2026-01-08') };
    expect(benchmarkOf('SPY', knownDays(days, []), { from: '2026-01-06', to: '2026-01-08' }, levels)).toMatchObject({ timeWeighted: { value: null, reason }, moneyWeighted: { value: null, period: null, annualised: false, reason }, endValue: null });
  });

  it('still has its own return where the flows are not known', () => {
    const days = given(D, '1000', { value: '1000', in: null }, '1000');
    expect(of(days)).toMatchObject({ timeWeighted: { value: '0.1' }, moneyWeighted: { value: null, reason: { code: 'flow_value_missing' } }, endValue: null });
  });
});
