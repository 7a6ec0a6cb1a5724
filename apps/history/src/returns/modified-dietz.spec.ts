import { describe, expect, it } from '@jest/globals';
import { knownDays } from './daily-growth.js';
import { modifiedDietz } from './modified-dietz.js';
import { daily, given } from './returns.fixture.js';

const dietz = (days: Parameters<typeof knownDays>[0]) => modifiedDietz(knownDays(days, []));

describe('the Modified Dietz return', () => {
  it('weighs an inflow by the part of the period that it was there', () => {
    // given 100, 50 paid in at the start of day 16 of 30, 156 at the end
    const days = daily('2026-06-01', '2026-07-01', { '2026-06-01': { value: '100' }, '2026-06-17': { value: '150', in: '50' }, '2026-07-01': { value: '156' } });
    // then (156 − 100 − 50) / (100 + 50 × 15/30) = 6 / 125
    expect(dietz(days)).toEqual({ value: '0.048' });
  });

  it('weighs an outflow by the part that remained when it left', () => {
    // given 100, 40 taken out at the end of day 10 of 20, 66 at the end
    const days = daily('2026-06-01', '2026-06-21', { '2026-06-01': { value: '100' }, '2026-06-11': { value: '60', out: '40' }, '2026-06-21': { value: '66' } });
    // then (66 − 100 + 40) / (100 − 40 × 10/20) = 6 / 80
    expect(dietz(days)).toEqual({ value: '0.075' });
  });

  it('of a single day is that day\'s time-weighted return: (165 − 100 − 50) / (100 + 50)', () => {
    expect(dietz(given('2026-01-05', '100', { value: '165', in: '50' }))).toEqual({ value: '0.1' });
  });

  it('is null where the average money is not above zero', () => {
    expect(dietz(given('2026-01-05', '0', '0'))).toMatchObject({ value: null, reason: { code: 'zero_denominator' } });
    // all is taken out on the first of two days, and half of it again
    expect(dietz(given('2026-01-05', '100', { value: '0', out: '300' }, '0'))).toMatchObject({ value: null, reason: { code: 'zero_denominator' } });
  });

  it('is null for a single point', () => {
    expect(dietz(given('2026-01-05', '100'))).toMatchObject({ value: null, reason: { code: 'too_few_days' } });
  });
});
