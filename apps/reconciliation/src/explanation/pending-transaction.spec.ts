import { describe, expect, it } from '@jest/globals';
import { bought } from '../expectation/expectation.fixture.js';
import { explained, proposed } from './explanation.fixture.js';

const pending = (number: number, units: string, cash: string) => bought(number, 'equity:AAPL', units, cash, { pending: true, date: '2026-11-20' });

describe('a pending transaction', () => {
  it('explains what the balance shows already: 10 expected, 12 there, a pending purchase of 2', () => {
    const given = { basis: { 'equity:AAPL': '10', 'currency:USD': '1000' }, moves: [pending(1, '2', '-300')], actual: { 'equity:AAPL': '12', 'currency:USD': '700' } };
    expect(explained({ ...given, of: 'equity:AAPL' })).toEqual([
      { kind: 'pending_transaction', quantity: '2', complete: true, confidence: 90, summary: expect.stringContaining('+2 equity:AAPL'), evidence: [{ kind: 'transaction', id: '00000000-0000-7000-8000-000000000001', text: '2026-11-20 buy: +2 equity:AAPL' }] },
    ]);
    expect(proposed({ ...given, of: 'currency:USD' })).toEqual([['pending_transaction', '-300', true, 90]]);
  });

  it('explains it together with another, less surely', () => {
    expect(proposed({ basis: { 'equity:AAPL': '10' }, moves: [pending(1, '2', '0'), pending(2, '5', '0'), pending(3, '-1', '0')], actual: { 'equity:AAPL': '14' }, of: 'equity:AAPL' })).toEqual([['pending_transaction', '4', true, 75]]);
  });

  it('explains a part where it is smaller and of the same sign', () => {
    expect(proposed({ basis: { 'equity:AAPL': '10' }, moves: [pending(1, '2', '0')], actual: { 'equity:AAPL': '17' }, of: 'equity:AAPL' })).toEqual([['pending_transaction', '2', false, 40]]);
  });

  it('explains nothing where it is larger or of the other sign', () => {
    expect(proposed({ basis: { 'equity:AAPL': '10' }, moves: [pending(1, '8', '0'), pending(2, '-3', '0')], actual: { 'equity:AAPL': '17' }, of: 'equity:AAPL' })).toEqual([]);
  });
});
