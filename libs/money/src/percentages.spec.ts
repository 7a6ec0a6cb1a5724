import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sum } from './decimal.js';
import { percentages } from './percentages.js';

describe('shares of 100 %', () => {
  it('give the rest to the largest remainders', () => {
    expect(percentages(['1', '1', '1'])).toEqual(['33.34', '33.33', '33.33']);
    expect(percentages(['2', '1'], 0)).toEqual(['67', '33']);
  });

  it('count what is owed as a negative share, and still sum to 100', () => {
    expect(percentages(['150', '-50'])).toEqual(['150', '-50']);
    expect(sum(percentages(['100', '-33', '7']).map((share) => share ?? '0'))).toBe('100');
  });

  it('mean nothing where the whole is zero or less', () => {
    expect(percentages(['5', '-5'])).toEqual([null, null]);
    expect(percentages([])).toEqual([]);
    expect(percentages(['-5', '-5'])).toEqual([null, null]);
  });

  it('sum to exactly 100 for any positive amounts', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000_000 }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 6 }), (parts, digits) => {
      const shares = percentages(parts.map((part) => `${part}.37`), digits);
      expect(sum(shares.map((share) => share ?? '0'))).toBe('100');
    }), { verbose: 1 });
  });
});
