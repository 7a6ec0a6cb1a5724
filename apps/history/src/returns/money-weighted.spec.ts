import { describe, expect, it } from '@jest/globals';
import { dayNumber } from '@tidemark/market';
import { knownDays } from './daily-growth.js';
import { moneyWeighted, moneyWeightedOf } from './money-weighted.js';
import { daily, given } from './returns.fixture.js';

const flows = (...rows: [string, string][]) => rows.map(([date, amount]) => ({ day: dayNumber(date), amount }));
const mwr = (days: Parameters<typeof knownDays>[0]) => moneyWeighted(knownDays(days, []));

describe('the money-weighted return', () => {
  // The documented example of the spreadsheet function XIRR (Microsoft: 0.373362535).
  const DOCUMENTED = flows(['2008-01-01', '-10000'], ['2008-03-01', '2750'], ['2008-10-30', '4250'], ['2009-02-15', '3250'], ['2009-04-01', '2750']);

  it('is XIRR as the spreadsheets document it: 0.373362535', () => {
    const { value, period, annualised } = moneyWeightedOf(DOCUMENTED);
    expect(Number(value)).toBeCloseTo(0.373362535, 8);
    // 456 days from the first flow to the last
    expect(Number(period)).toBeCloseTo(1.373362535 ** (456 / 365) - 1, 8);
    expect(annualised).toBe(true);
  });

  it('is the same in the order that flows come in, and for flows of one day taken apart', () => {
    const split = flows(['2008-03-01', '1750'], ['2009-04-01', '2750'], ['2008-10-30', '4250'], ['2008-03-01', '1000'], ['2009-02-15', '3250'], ['2008-01-01', '-10000']);
    expect(moneyWeightedOf(split)).toEqual(moneyWeightedOf(DOCUMENTED));
  });

  it('of 100 that are 110 after 365 days is 10 %, a leap day or not', () => {
    expect(mwr(daily('2025-01-01', '2026-01-01', { '2025-01-01': { value: '100' }, '2026-01-01': { value: '110' } }))).toEqual({ value: '0.1', period: '0.1', annualised: true });
    // 2024 has 366 days: ACT/365 counts each of them
    const leap = mwr(daily('2024-01-01', '2025-01-01', { '2024-01-01': { value: '100' }, '2025-01-01': { value: '110' } }));
    expect(leap.period).toBe('0.1');
    expect(Number(leap.value)).toBeCloseTo(1.1 ** (365 / 366) - 1, 9);
    // from a 29 February to the next 28: 365 days
    expect(moneyWeightedOf(flows(['2024-02-29', '-100'], ['2025-02-28', '107']))).toEqual({ value: '0.07', period: '0.07', annualised: true });
  });

  it('under a year shows what the period gave, and says that the yearly rate is not what was made', () => {
    const { value, period, annualised } = mwr(daily('2026-01-01', '2026-04-02', { '2026-01-01': { value: '100' }, '2026-04-02': { value: '105' } }));
    expect({ period, annualised }).toEqual({ period: '0.05', annualised: false });
    expect(Number(value)).toBeCloseTo(1.05 ** (365 / 91) - 1, 9);
  });

  it('weighs money by how long it was there', () => {
    // 100 all year and 100 for the last half; the same 10 made on both halves
    const { value } = mwr(daily('2025-01-01', '2026-01-01', { '2025-01-01': { value: '100' }, '2025-07-02': { value: '200', in: '100' }, '2026-01-01': { value: '210' } }));
    // −100 −100·x^(−182/365) + 210·x^(−1) = 0
    const rate = 1 + Number(value);
    expect(-100 - 100 * rate ** (-182 / 365) + 210 / rate).toBeCloseTo(0, 6);
  });

  it('gives a day its own rate, but no yearly one that means nothing', () => {
    expect(mwr(given('2026-01-05', '100', '105'))).toMatchObject({ value: null, period: '0.05', annualised: false, reason: { code: 'too_few_days' } });
    expect(mwr(given('2026-01-05', '100', '100'))).toEqual({ value: '0', period: '0', annualised: false });
  });

  it('starts with the first money, so that an empty year before it does not change what was made', () => {
    const days = daily('2025-01-01', '2026-01-01', { '2025-12-02': { value: '1000', in: '1000' }, '2026-01-01': { value: '1010' } });
    expect(mwr(days)).toMatchObject({ period: '0.01', annualised: false });
  });

  it('pays in and takes out without a change of prices at 0 %', () => {
    expect(mwr(given('2026-01-05', '100', { value: '150', in: '50' }, { value: '120', out: '30' }, '120'))).toMatchObject({ value: '0', period: '0' });
  });

  it.each([
    ['flows of one sign (all was lost)', flows(['2025-01-01', '-100'], ['2026-01-01', '0']), 'not_converged', 'same sign'],
    ['no flows', [], 'not_converged', 'same sign'],
    ['flows of one day', flows(['2025-01-01', '-100'], ['2025-01-01', '110']), 'too_few_days', 'one day'],
    // −100 + 230/x − 132/x² = 0 at x = 1.1 and at x = 1.2
    ['several rates', flows(['2023-01-01', '-100'], ['2024-01-01', '230'], ['2024-12-31', '-132']), 'not_converged', 'Several rates'],
    // 1 − 2/x + 2/x² is above zero everywhere
    ['no rate at all', flows(['2023-01-01', '1'], ['2024-01-01', '-2'], ['2024-12-31', '2']), 'not_converged', 'No rate'],
  ])('is null with the reason for %s', (_name, amounts, code, detail) => {
    expect(moneyWeightedOf(amounts)).toMatchObject({ value: null, period: null, reason: { code, detail: expect.stringContaining(detail) } });
  });

  it('finds the one rate of flows whose sign changes often, where the money stayed in', () => {
    const { value } = moneyWeightedOf(flows(['2023-01-01', '-1000'], ['2023-07-01', '300'], ['2023-09-01', '-500'], ['2024-03-01', '200'], ['2024-12-31', '1200']));
    const at = (rate: number) => -1000 + 300 * rate ** (-181 / 365) - 500 * rate ** (-243 / 365) + 200 * rate ** (-425 / 365) + 1200 * rate ** (-730 / 365);
    expect(at(1 + Number(value))).toBeCloseTo(0, 4);
  });

  it('finds rates far from the usual: −99 % and +900 % a year', () => {
    expect(moneyWeightedOf(flows(['2025-01-01', '-100'], ['2026-01-01', '1'])).value).toBe('-0.99');
    expect(moneyWeightedOf(flows(['2025-01-01', '-100'], ['2026-01-01', '1000'])).value).toBe('9');
  });

  it('is null where a day of the period is not known', () => {
    expect(mwr(given('2026-01-05', '100', null, '110'))).toMatchObject({ value: null, period: null, reason: { code: 'no_history' } });
  });
});
