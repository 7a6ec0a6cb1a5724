import { describe, expect, it } from '@jest/globals';
import { account, line, market } from '../allocation/held.fixture.js';
import { valueHeld } from '../allocation/total.js';
import type { Drawdown } from '../returns/drawdown.js';
import type { Volatility } from '../returns/volatility.js';
import { concentration } from './concentration.js';
import { diversificationScore, riskScore } from './score.js';

const held = (...lines: string[]) => valueHeld([account('a', lines.map((text) => line(text)))], market());
const year = (volatility: string, maxDrawdown: string): { volatility: Volatility; maxDrawdown: Drawdown } => ({ volatility: { daily: '0.01', annualised: volatility }, maxDrawdown: { value: maxDrawdown, from: null, to: null, recovered: null } });
const FOUR = ['1 equity:A @ 25', '1 equity:B @ 25', '1 equity:C @ 25', '1 equity:D @ 25'];

describe('concentration', () => {
  it('of four equal holdings is HHI 0.25 and four effective holdings', () => {
    expect(concentration(held(...FOUR))).toMatchObject({ hhi: { value: '0.25' }, effectiveHoldings: { value: '4' } });
  });

  it('of 60 and 40 is 0.36 + 0.16', () => {
    const { hhi, effectiveHoldings, largest } = concentration(held('6 equity:A @ 10', '4 equity:B @ 10'));
    expect(hhi.value).toBe('0.52');
    expect(effectiveHoldings.value).toBe('1.9230769231');
    expect(largest).toEqual([{ asset: 'equity:A', name: null, value: '60', weight: '60' }, { asset: 'equity:B', name: null, value: '40', weight: '40' }]);
  });

  it('does not take cash for a holding', () => {
    expect(concentration(held(...FOUR, '900 currency:USD')).hhi.value).toBe('0.25');
  });

  it('sees one asset in two accounts as one holding', () => {
    const two = valueHeld([account('a', [line('1 equity:A @ 50')]), account('b', [line('1 equity:A @ 50')])], market());
    expect(concentration(two).hhi.value).toBe('1');
  });

  it('counts a short side by its size, beside the long one', () => {
    expect(concentration(held('1 equity:A @ 50', '-1 equity:B @ 50'))).toMatchObject({ hhi: { value: '0.5' }, largest: [{ asset: 'equity:A', value: '50', weight: '50' }, { asset: 'equity:B', value: '-50', weight: '50' }] });
  });

  it('is null with the reason where a holding has no price, or there is none', () => {
    expect(concentration(held(...FOUR, '1 bond:912810TM0'))).toMatchObject({ hhi: { value: null, reason: { code: 'price_missing', asset: 'bond:912810TM0' } }, largest: [] });
    expect(concentration(held('100 currency:USD'))).toMatchObject({ hhi: { value: null, reason: { code: 'no_positions' } } });
  });
});

describe('the risk score', () => {
  it('is its formula over the inputs that it carries', () => {
    // 0.50 × 0.16/0.40 + 0.25 × 0.10/0.50 + 0.15 × 0.25 + 0.10 × 0 = 0.2875
    expect(riskScore(held(...FOUR), year('0.16', '-0.1'))).toMatchObject({ value: 29, inputs: { volatility: '0.16', maxDrawdown: '-0.1', hhi: '0.25', exposure: '1' }, formula: expect.stringContaining('round(100') });
  });

  it('does not take a concentrated part of much cash for a concentrated whole', () => {
    // one holding, a tenth of the value: 0.15 × min(1, 1 × 0.1)
    expect(riskScore(held('1 equity:A @ 100', '900 currency:USD'), year('0', '0'))).toMatchObject({ value: 2, inputs: { hhi: '1', exposure: '0.1' } });
  });

  it('of cash alone is 0: nothing moves and nothing is held', () => {
    expect(riskScore(held('100 currency:USD'), year('0', '0'))).toMatchObject({ value: 0, inputs: { hhi: null, exposure: '0' } });
  });

  it('rises with borrowed money: 300 held with 200 owed is an exposure of 3', () => {
    expect(riskScore(held('3 equity:A @ 100', '-200 currency:USD'), year('0', '0'))).toMatchObject({ value: 25, inputs: { exposure: '3' } });
  });

  it('has no part above its full marks', () => {
    expect(riskScore(held('3 equity:A @ 100', '-200 currency:USD'), year('3', '-1'))).toMatchObject({ value: 100 });
  });

  it.each([
    ['more is owed than held', held('1 equity:A @ 100', '-200 currency:USD'), year('0.1', '-0.1'), 'negative_value'],
    ['a holding has no price', held(...FOUR, '1 bond:912810TM0'), year('0.1', '-0.1'), 'price_missing'],
    ['the volatility is not known', held(...FOUR), { ...year('0.1', '-0.1'), volatility: { daily: null, annualised: null, reason: { code: 'too_few_days' as const, detail: 'two days' } } }, 'too_few_days'],
    ['the drawdown is not known', held(...FOUR), { ...year('0.1', '-0.1'), maxDrawdown: { value: null, from: null, to: null, recovered: null, reason: { code: 'zero_denominator' as const, detail: 'a debt' } } }, 'zero_denominator'],
  ])('is null, never 0, where %s', (_name, portfolio, known, code) => {
    expect(riskScore(portfolio, known)).toMatchObject({ value: null, reason: { code } });
  });
});

describe('the diversification score', () => {
  it('of a single share is 0', () => {
    expect(diversificationScore(held('1 equity:A @ 100'))).toMatchObject({ value: 0, inputs: { hhiLookThrough: '1', hhiClasses: '1' } });
  });

  it('of one fund counts it as twenty holdings of one class', () => {
    expect(diversificationScore(held('1 etf:VTI @ 100'))).toMatchObject({ value: 70, inputs: { hhiLookThrough: '0.05', hhiClasses: '1' } });
  });

  it('of four shares and as much cash: 0.7 × 0.75/0.95 + 0.3 × 0.5/0.75', () => {
    expect(diversificationScore(held(...FOUR, '100 currency:USD'))).toMatchObject({ value: 75, inputs: { hhiLookThrough: '0.25', hhiClasses: '0.5' } });
  });

  it('is null where more is owed than held, as the risk is', () => {
    expect(diversificationScore(held(...FOUR, '-500 currency:USD'))).toMatchObject({ value: null, inputs: { hhiLookThrough: null, hhiClasses: null }, reason: { code: 'negative_value' } });
  });

  it('is null, never 0, where nothing but cash is held or something has no value', () => {
    expect(diversificationScore(held('100 currency:USD'))).toMatchObject({ value: null, reason: { code: 'no_positions' } });
    expect(diversificationScore(held(...FOUR, '1 currency:EUR'))).toMatchObject({ value: null, reason: { code: 'rate_missing' } });
  });
});
