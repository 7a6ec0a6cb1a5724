import { describe, expect, it } from '@jest/globals';
import { dailyGrowths } from './daily-growth.js';
import { given } from './returns.fixture.js';
import { timeWeighted } from './time-weighted.js';

const D = '2026-01-05';
const twr = (...days: Parameters<typeof given> extends [string, ...infer R] ? R : never) => timeWeighted(dailyGrowths(given(D, ...days)));

describe('the time-weighted return', () => {
  it('of 100 that became 110 is 10 %', () => {
    expect(twr('100', '110')).toEqual({ value: '0.1' });
  });

  it('has an inflow there from the start of its day: (165 + 0) / (100 + 50) − 1', () => {
    expect(twr('100', { value: '165', in: '50' })).toEqual({ value: '0.1' });
  });

  it('has an outflow there until the end of its day: (60 + 50) / 100 − 1', () => {
    expect(twr('100', { value: '60', out: '50' })).toEqual({ value: '0.1' });
  });

  it('links its days: 1.1 × 0.9 − 1', () => {
    expect(twr('100', '110', '99')).toEqual({ value: '-0.01' });
  });

  it('is not annualised: 1 % in one day is 1 %', () => {
    expect(twr('100', '101')).toEqual({ value: '0.01' });
  });

  it('skips days of nothing over nothing, and goes on with the next money', () => {
    // given an account that is emptied, lies empty for two days and is filled again
    expect(twr('100', { value: '0', out: '110' }, '0', '0', { value: '220', in: '200' })).toEqual({ value: '0.21' });
  });

  it('is unknown where there was never any money', () => {
    expect(twr('0', '0', '0')).toMatchObject({ value: null, reason: { code: 'too_few_days' } });
  });

  it.each([
    ['a debt at its start', ['-100', '50'] as const, 'start is -100'],
    ['something out of nothing', ['0', '50'] as const, 'start is 0'],
    ['an inflow that only pays a debt', ['-100', { value: '5', in: '100' }] as const, 'start is 0'],
  ])('is null with the reason after %s', (_name, days, detail) => {
    expect(twr(...days)).toMatchObject({ value: null, reason: { code: 'zero_denominator', from: '2026-01-06', detail: expect.stringContaining(detail) } });
  });

  it('of all that was lost is −100 %, and stays that when new money comes', () => {
    expect(twr('100', '0')).toEqual({ value: '-1' });
    expect(twr('100', '0', '0', { value: '60', in: '50' })).toEqual({ value: '-1' });
  });

  it('is null, and never without the day, where a value is not known', () => {
    expect(twr('100', null, '110')).toMatchObject({ value: null, reason: { code: 'no_history', from: '2026-01-06', to: '2026-01-06' } });
  });

  it('is null where a sum leaves something out, and names what', () => {
    const days = given(D, '100', { value: '80', complete: false }, '110');
    const reason = { code: 'price_missing' as const, detail: 'No price of equity:ABC.', asset: 'equity:ABC', from: '2026-01-06', to: '2026-01-06' };
    const stale = { code: 'price_stale' as const, detail: 'Old.' };
    expect(timeWeighted(dailyGrowths(days, [stale, reason]))).toMatchObject({ value: null, reason: { code: 'price_missing', asset: 'equity:ABC', detail: expect.stringContaining('No price of equity:ABC.') } });
  });

  it('is null where the value of a flow is not known', () => {
    expect(twr('100', { value: '110', in: null })).toMatchObject({ value: null, reason: { code: 'flow_value_missing', from: '2026-01-06' } });
  });

  it('loses nothing when all accounts leave the scope, and goes on when one comes back', () => {
    const gone = given(D, '100', '110', { value: null, out: '110' }, null, { value: '200', in: '200' }, '220');
    expect(timeWeighted(dailyGrowths(gone))).toEqual({ value: '0.21' });
    // but a value that is only not known is not taken for gone
    expect(twr('100', { value: null, out: '30' }, '70')).toMatchObject({ value: null, reason: { code: 'no_history', from: '2026-01-06' } });
  });

  it('does not look at the flows of the day at whose close it starts', () => {
    expect(twr({ value: '100', in: '100' }, '110')).toEqual({ value: '0.1' });
    expect(twr({ value: '100', in: null }, '110')).toEqual({ value: '0.1' });
  });

  it('is exact over many days and rounded once: thirds do not add up', () => {
    // 3 → 1 → 3: a third rounded at any digit would not come back to nothing
    expect(twr('3', '1', '3', '1', '3')).toEqual({ value: '0' });
  });
});
