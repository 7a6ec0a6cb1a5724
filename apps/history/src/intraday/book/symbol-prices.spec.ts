import { describe, expect, it } from '@jest/globals';
import { exact, written } from '@tidemark/money';
import { newestOf, worth } from './symbol-prices.js';
import type { DatedPrice, SymbolPrices } from './symbol-prices.js';

const price = (text: string, day: number, at = day * 1_000): DatedPrice => ({ price: exact(text), at, day, currency: 'USD' });
const split = (day: number, numerator: string, denominator: string) => ({ day, numerator, denominator });
const value = (units: string, unitsDay: number, given: DatedPrice, ...splits: ReturnType<typeof split>[]) => written(worth(exact(units), unitsDay, given, splits));

describe('what units are worth', () => {
  it('is units × price, once', () => {
    expect(value('13.73', 1, price('100.05', 1))).toBe('1373.6865');
  });

  it('counts a split between the snapshot and the quote: 10 units of yesterday are 30 today', () => {
    expect(value('10', 1, price('50', 2), split(2, '3', '1'))).toBe('1500');
  });

  it('counts a reverse split too, and what does not terminate is stored at 18 digits', () => {
    expect(value('10', 1, price('500', 2), split(2, '1', '10'))).toBe('500');
    expect(value('1', 1, price('1', 2), split(2, '1', '3'))).toBe('0.333333333333333333');
  });

  it('leaves alone the close before a split where the units are of before as well', () => {
    expect(value('10', 1, price('150', 1), split(2, '3', '1'))).toBe('1500');
  });

  it('takes units of after the split at the close of before it', () => {
    expect(value('30', 2, price('150', 1), split(2, '3', '1'))).toBe('1500');
  });
});

describe('the newest price', () => {
  const symbol: SymbolPrices = { symbol: 'AAPL', crypto: false, close: price('200', 1), quote: null, splits: [] };

  it('is the quote after a close, and the close again once it is newer', () => {
    expect(newestOf({ ...symbol, quote: price('201', 2) }, null, 9_000)?.price).toEqual(exact('201'));
    expect(newestOf({ ...symbol, close: price('202', 3), quote: price('201', 2) }, null, 9_000)?.price).toEqual(exact('202'));
  });

  it('is what the account was told where that is newer, and the market\'s at the same instant', () => {
    expect(newestOf(symbol, price('7', 2), 9_000)?.price).toEqual(exact('7'));
    expect(newestOf(symbol, price('7', 1), 9_000)?.price).toEqual(exact('200'));
  });

  it('is never a later one', () => {
    expect(newestOf({ ...symbol, quote: price('201', 2) }, null, 1_500)?.price).toEqual(exact('200'));
    expect(newestOf(null, price('7', 2), 1_500)).toBeNull();
  });
});
