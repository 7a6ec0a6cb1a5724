import { describe, expect, it } from '@jest/globals';
import { isTradingDay } from '@tidemark/market';
import { dailyGrowths } from './daily-growth.js';
import { everyDay, given } from './returns.fixture.js';
import { volatility } from './volatility.js';

const MONDAY = '2026-01-05';
const of = (days: Parameters<typeof dailyGrowths>[0], trading: (date: string) => boolean = everyDay) => volatility(dailyGrowths(days), trading);

describe('volatility', () => {
  it('is the sample standard deviation of daily log returns, × √252 for a year', () => {
    // given ln 1.1, −ln 1.1, ln 1.1, −ln 1.1: mean 0, variance 4 (ln 1.1)² / 3
    const { daily, annualised } = of(given(MONDAY, '100', '110', '100', '110', '100'));
    const expected = Math.log(1.1) * Math.sqrt(4 / 3);
    expect(Number(daily)).toBeCloseTo(expected, 9);
    expect(Number(annualised)).toBeCloseTo(expected * Math.sqrt(252), 8);
  });

  it('of what grows by the same rate every day is 0', () => {
    expect(of(given(MONDAY, '10000', '11000', '12100', '13310', '14641'))).toEqual({ daily: '0', annualised: '0' });
  });

  it('does not see flows', () => {
    const quiet = of(given(MONDAY, '100', '110', '100', '110', '100'));
    expect(of(given(MONDAY, '100', { value: '220', in: '100' }, '200', { value: '120', out: '100' }, { value: '90.909090909090909091', out: '18.181818181818181818' }))).toEqual(quiet);
  });

  it('has one observation a trading day: a weekend of crypto is linked into Monday', () => {
    // Friday … Thursday; the value moves on Saturday and Sunday
    const moved = of(given('2026-01-09', '100', '105', '110', '121', '110', '121', '110'), (day) => isTradingDay(day));
    const asIfOnMonday = of(given('2026-01-09', '100', '100', '100', '121', '110', '121', '110'), (day) => isTradingDay(day));
    expect(moved).toEqual(asIfOnMonday);
    expect(Number(moved.daily)).toBeGreaterThan(0);
  });

  it('leaves what comes after the last trading day to the next one', () => {
    const week = given(MONDAY, '100', '110', '100', '110', '100');
    const weekend = given('2026-01-10', '50', '200');
    expect(of([...week, ...weekend], (day) => isTradingDay(day))).toEqual(of(week, (day) => isTradingDay(day)));
  });

  it('needs four trading days, the least that a week has', () => {
    expect(of(given(MONDAY, '100', '110', '100', '110'))).toMatchObject({ daily: null, annualised: null, reason: { code: 'too_few_days' } });
    // the week of Thanksgiving: Thursday is no trading day, Friday a half one
    expect(of(given('2026-11-20', '100', '101', '102', '103', '102', '101', '101', '102'), (day) => isTradingDay(day)).reason).toBeUndefined();
  });

  it('does not take days for observations on which there was nothing', () => {
    expect(of(given(MONDAY, '100', '110', { value: '0', out: '100' }, '0', '0', '0', '0'))).toMatchObject({ daily: null, reason: { code: 'too_few_days' } });
  });

  it('does not take carried days for calm ones', () => {
    const carried = given(MONDAY, '100', '101', { value: '101', origin: 'carried' }, { value: '101', origin: 'carried' }, '104', '103');
    expect(of(carried)).toMatchObject({ daily: null, reason: { code: 'carried', detail: expect.stringContaining('2 of 5 trading days') } });
  });

  it('links a carried day into the next that is known', () => {
    const values = ['100', '101', '100', '101', '100', '101', '100', '101', '100', '101', '100'] as const;
    const one = given(MONDAY, ...values.slice(0, 5), { value: '100', origin: 'carried' }, ...values.slice(5));
    expect(of(one)).toEqual(of(given(MONDAY, ...values)));
  });

  it('has no logarithm of a total loss', () => {
    expect(of(given(MONDAY, '100', '110', '100', '0', '0', '0'))).toMatchObject({ daily: null, reason: { code: 'zero_denominator' } });
  });
});
