import { describe, expect, it } from '@jest/globals';
import { exact, halfEven, subtract, written } from '@tidemark/money';
import { seededRandom } from '@tidemark/testing';
import { pointOf } from './point.js';
import type { ScopeDay } from './scope-day.js';

const DAY: ScopeDay = { date: '2026-02-27', value: '1100', cash: '100', costBasis: '800', inflow: '30', outflow: '50', securities: 2, origin: 'captured', quality: 100, complete: true };

describe('a point of the chart', () => {
  it('has the gain of its positions: 1100 of which 100 are cash, bought for 800', () => {
    expect(pointOf(DAY)).toMatchObject({ value: '1100', cash: '100', costBasis: '800', gain: '200', gainPercent: '25', netFlow: '-20', open: null });
  });

  it('has no gain in cash alone, and no percentage of nothing', () => {
    expect(pointOf({ ...DAY, value: '100', costBasis: '0' })).toMatchObject({ gain: '0', gainPercent: null });
  });

  it('of a short position gains where it falls: sold for 300, worth 240', () => {
    expect(pointOf({ ...DAY, value: '160', cash: '400', costBasis: '-300' })).toMatchObject({ gain: '60', gainPercent: '20' });
  });

  it('does not know the gain where the cost is not known', () => {
    expect(pointOf({ ...DAY, costBasis: null })).toMatchObject({ gain: null, gainPercent: null });
    expect(pointOf({ ...DAY, outflow: null }).netFlow).toBeNull();
  });

  it('does not take what has no price for a loss of all that it cost', () => {
    expect(pointOf({ ...DAY, value: '100', complete: false })).toMatchObject({ value: '100', costBasis: '800', gain: null, gainPercent: null });
  });

  it('rounds a percentage half to even: 0.125 %, 0.375 % and −0.125 % of 800', () => {
    const percent = (value: string) => pointOf({ ...DAY, value, cash: '0', costBasis: '800' }).gainPercent;
    expect([percent('801'), percent('803'), percent('799')]).toEqual(['0.12', '0.38', '-0.12']);
  });

  it('says the same in plain numbers as in exact ones, however large or fine the amounts are', () => {
    const seed = 20_261_121;
    const random = seededRandom(seed);
    const amount = () => {
      const digits = Array.from({ length: random.int(1, random.int(1, 22)) }, () => random.int(0, 9)).join('');
      const scale = random.int(0, 20);
      return written({ digits: BigInt(digits) * (random.int(0, 3) === 0 ? -1n : 1n), scale });
    };
    for (let round = 0; round < 5_000; round += 1) {
      const [value, cash, costBasis] = [amount(), amount(), amount()];
      const gain = subtract(subtract(value, cash), costBasis);
      const [over, under] = [exact(gain), exact(costBasis)];
      const scale = Math.max(over.scale, under.scale);
      const [numerator, denominator] = [over.digits * 10n ** BigInt(scale - over.scale) * 10_000n, under.digits * 10n ** BigInt(scale - under.scale)];
      const gainPercent = denominator === 0n ? null : written({ digits: halfEven(numerator, denominator < 0n ? -denominator : denominator), scale: 2 });
      expect({ seed, round, ...pointOf({ ...DAY, value, cash, costBasis }) }).toMatchObject({ seed, round, gain, gainPercent });
    }
  });
});
