import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { add, compare, decimal, divide, isDecimal, multiply, negate, parseDecimal, round, subtract, sum } from './decimal.js';

const amounts = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 24 })).map(([digits, scale]) => {
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  return decimal(`${sign}${text.slice(0, text.length - scale)}${scale > 0 ? `.${text.slice(-scale)}` : ''}`);
});
const exactly = (property: fc.IProperty<[string, string, string]>): void => fc.assert(property, { verbose: 1 });

describe('exact amounts', () => {
  it('multiplies as people do on paper', () => {
    expect(multiply('100.05', '13.73')).toBe('1373.6865');
    expect(add('0.1', '0.2')).toBe('0.3');
    expect(multiply('0.00000001', '123456789012345678901234.5')).toBe('1234567890123456.789012345');
  });

  it('writes plain digits: no exponent, no trailing zeros, no negative zero', () => {
    expect([parseDecimal('1e-18'), parseDecimal('1.50'), parseDecimal('-0'), parseDecimal('+5'), parseDecimal('.5'), parseDecimal('12E3')]).toEqual(['0.000000000000000001', '1.5', '0', '5', '0.5', '12000']);
  });

  it.each(['', 'abc', '1,000', '0x10', 'NaN', 'Infinity', '1e99999', '1.2.3', '--1', ' 1'])('takes %j for no number', (text) => {
    expect(parseDecimal(text)).toBeNull();
  });

  it('tells a plain decimal from what only looks like a number', () => {
    expect(['1', '-1.5', '0.10'].every(isDecimal)).toBe(true);
    expect(['1e5', '+1', '.5', '', 1 as unknown as string].some(isDecimal)).toBe(false);
  });

  it('rounds half to even, once', () => {
    expect([round('0.125', 2), round('0.135', 2), round('-0.125', 2), round('2.5', 0), round('3.5', 0)]).toEqual(['0.12', '0.14', '-0.12', '2', '4']);
    expect(divide('1', '3')).toBe('0.333333333333333333');
    expect(divide('2', '3', 2)).toBe('0.67');
  });

  it('adds without regard to order, and takes back what it added', () => {
    exactly(fc.property(amounts, amounts, amounts, (a, b, c) => {
      expect(sum([a, b, c])).toBe(sum([c, a, b]));
      expect(subtract(add(a, b), b)).toBe(a);
      expect(add(a, negate(a))).toBe('0');
      expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) || 0);
    }));
  });

  it('distributes multiplication over addition to the last digit', () => {
    exactly(fc.property(amounts, amounts, amounts, (a, b, c) => expect(multiply(a, add(b, c))).toBe(add(multiply(a, b), multiply(a, c)))));
  });
});
