import { describe, expect, it } from '@jest/globals';
import { bought } from '../expectation/expectation.fixture.js';
import { explained, proposed } from './explanation.fixture.js';

describe('rounding', () => {
  it('is what the provider leaves out of the digits that are expected: 12.3456789 expected, 12.3457 there', () => {
    const given = { basis: { 'fund:VFIAX': '12.3456789', 'fund:OTHER': '1.2345' }, actual: { 'fund:VFIAX': '12.3457', 'fund:OTHER': '1.2345' }, of: 'fund:VFIAX' };
    expect(proposed(given)).toEqual([['rounding', '0.0000211', true, 95]]);
    expect(explained(given)[0]?.summary).toBe('The provider states 4 digits after the point: 12.3456789 rounded to 4 digits is 12.3457.');
  });

  it('is what is cut off: less than one of the last digit', () => {
    expect(proposed({ basis: { 'fund:VFIAX': '12.3456789' }, actual: { 'fund:VFIAX': '12.3456' }, of: 'fund:VFIAX' })).toEqual([['rounding', '-0.0000789', true, 70]]);
  });

  it('of cash is to the digits of its currency', () => {
    expect(proposed({ basis: { 'currency:USD': '100.1234' }, actual: { 'currency:USD': '100.12' }, of: 'currency:USD' })).toEqual([['rounding', '-0.0034', true, 95]]);
    expect(proposed({ basis: { 'currency:JPY': '1000.4' }, actual: { 'currency:JPY': '1000' }, of: 'currency:JPY' })).toEqual([['rounding', '-0.4', true, 95]]);
    expect(proposed({ basis: { 'currency:USD': '100.4' }, actual: { 'currency:USD': '100' }, of: 'currency:USD' })).toEqual([]);
  });

  it('adds up over the transactions since: three of them, a cent and a half at most', () => {
    const moves = [bought(1, 'equity:A', '1', '-10.334'), bought(2, 'equity:A', '1', '-10.334'), bought(3, 'equity:A', '1', '-10.334')];
    expect(proposed({ basis: { 'currency:USD': '100' }, moves, actual: { 'currency:USD': '69.01', 'equity:A': '3' }, of: 'currency:USD' })).toEqual([['rounding', '0.012', true, 55]]);
  });

  it('is none of what is not there at all, and none of coins in whole units', () => {
    expect(proposed({ basis: { 'equity:A': '0.4' }, actual: {}, of: 'equity:A' })).toEqual([]);
    expect(proposed({ basis: { 'crypto:BTC': '1.4' }, actual: { 'crypto:BTC': '1' }, of: 'crypto:BTC' })).toEqual([]);
  });

  it('is less sure of shares stated in whole units: the fraction may have been paid out', () => {
    expect(proposed({ basis: { 'equity:A': '100.4' }, actual: { 'equity:A': '100' }, of: 'equity:A' })).toEqual([['rounding', '-0.4', true, 50]]);
  });

  it('is none where the other side states more digits of other holdings of its kind', () => {
    expect(proposed({ basis: { 'equity:A': '100.45', 'equity:B': '1.2345' }, actual: { 'equity:A': '100.4', 'equity:B': '1.2345' }, of: 'equity:A' })).toEqual([]);
  });
});
