import { describe, expect, it } from '@jest/globals';
import { dailyGrowths } from './daily-growth.js';
import { maxDrawdown } from './drawdown.js';
import { given } from './returns.fixture.js';

const D = '2026-01-05';
const of = (...days: Parameters<typeof given> extends [string, ...infer R] ? R : never) => maxDrawdown(dailyGrowths(given(D, ...days)), D);

describe('the maximal drawdown', () => {
  it('is the deepest fall from a peak, with its days: 120 → 90 is −25 %', () => {
    expect(of('100', '120', '108', '90', '100', '120', '130')).toEqual({ value: '-0.25', from: '2026-01-06', to: '2026-01-08', recovered: '2026-01-10' });
  });

  it('has not recovered while the peak is not reached again', () => {
    expect(of('100', '80', '99')).toEqual({ value: '-0.2', from: '2026-01-05', to: '2026-01-06', recovered: null });
  });

  it('does not take a withdrawal for a loss', () => {
    // given 100, of which half is taken out; prices stand still
    expect(of('100', { value: '50', out: '50' }, '50')).toEqual({ value: '0', from: null, to: null, recovered: null });
  });

  it('does not take a deposit for a recovery', () => {
    // a fall by a fifth; then 100 are paid in and the value is over the peak
    expect(of('100', '80', { value: '180', in: '100' }, '171')).toEqual({ value: '-0.24', from: '2026-01-05', to: '2026-01-08', recovered: null });
  });

  it('goes on across a withdrawal within the fall: 0.9 × 0.9 × 0.9', () => {
    expect(of('100', '90', { value: '40.5', out: '40.5' }, '36.45')).toMatchObject({ value: '-0.271', from: '2026-01-05', to: '2026-01-08' });
  });

  it('takes the deepest of several, and of equal ones the first', () => {
    expect(of('100', '90', '100', '80', '100', '80', '100')).toMatchObject({ value: '-0.2', from: '2026-01-07', to: '2026-01-08', recovered: '2026-01-09' });
  });

  it('has its low on the first day of it, and its peak on the last day before the fall', () => {
    expect(of('100', '100', '90', '90', '100')).toEqual({ value: '-0.1', from: '2026-01-06', to: '2026-01-07', recovered: '2026-01-09' });
  });

  it('of a total loss is −100 %, never recovered', () => {
    expect(of('100', '0', '0', { value: '50', in: '50' })).toEqual({ value: '-1', from: '2026-01-05', to: '2026-01-06', recovered: null });
  });

  it('stands over days of nothing', () => {
    expect(of('100', '80', { value: '0', out: '80' }, '0', { value: '75', in: '80' })).toMatchObject({ value: '-0.25', to: '2026-01-09' });
  });

  it('is null with the reason where a day is not known, or there is none', () => {
    expect(of('100', null, '90')).toMatchObject({ value: null, from: null, reason: { code: 'no_history' } });
    expect(of('100')).toMatchObject({ value: null, reason: { code: 'too_few_days' } });
  });
});
