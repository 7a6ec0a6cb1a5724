import { describe, expect, it } from '@jest/globals';
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
});
