import { describe, expect, it } from '@jest/globals';
import { BASIS_DAY, bought, move } from '../expectation/expectation.fixture.js';
import { explained, proposed } from './explanation.fixture.js';

const HELD = { 'equity:AAPL': '10' };
const of = 'equity:AAPL';

describe('a late transaction', () => {
  it('is one of the very day of the basis: 10 stated, 3 bought on that day, 13 there', () => {
    const given = { basis: HELD, moves: [bought(1, of, '3', '-30', { date: BASIS_DAY, description: 'BOUGHT APPLE' })], actual: { [of]: '13', 'currency:USD': '-30' }, of };
    expect(proposed(given)).toEqual([['late_transaction', '3', true, 85]]);
    expect(explained(given)[0]?.evidence[0]?.text).toBe('2026-11-02 buy (BOUGHT APPLE): +3 equity:AAPL');
    expect(proposed({ ...given, of: 'currency:USD' })).toEqual([['late_transaction', '-30', true, 85]]);
  });

  it('is one that the provider took back and the basis holds: 10 stated, a purchase of 4 withdrawn, 6 there', () => {
    expect(proposed({ basis: HELD, moves: [bought(1, of, '4', '-40', { date: '2026-10-30', withdrawnAt: '2026-11-06T12:00:00.000Z' })], actual: { [of]: '6' }, of })).toEqual([['late_transaction', '-4', true, 80]]);
  });

  it('is one dated before the basis that came to light after it', () => {
    expect(proposed({ basis: HELD, moves: [bought(1, of, '5', '-50', { date: '2026-10-30', recordedAt: '2026-11-04T12:00:00.000Z' })], actual: { [of]: '15' }, of })).toEqual([['late_transaction', '5', true, 75]]);
  });

  it('is not one dated more than a month before the basis', () => {
    expect(proposed({ basis: { [of]: '7' }, moves: [bought(1, of, '5', '-50', { date: '2026-10-02', recordedAt: null })], actual: { [of]: '12' }, of })).toEqual([]);
  });

  it('is one of the last days that the balance does not show yet: 10 + 2 expected, 10 there', () => {
    expect(proposed({ basis: HELD, moves: [bought(1, of, '2', '-20', { date: '2026-11-19' })], actual: HELD, of })).toEqual([['late_transaction', '-2', true, 65]]);
    expect(proposed({ basis: HELD, moves: [bought(1, of, '2', '-20', { date: '2026-11-12' })], actual: HELD, of })).toEqual([]);
  });

  it('is one dated by its settlement that the basis held already: 10 stated on Monday, 2 dated Wednesday, 10 there', () => {
    expect(proposed({ basis: HELD, moves: [bought(1, of, '2', '-20', { date: '2026-11-04' })], actual: HELD, of })).toEqual([['late_transaction', '-2', true, 55]]);
    expect(proposed({ basis: HELD, moves: [bought(1, of, '2', '-20', { date: '2026-11-04', at: '2026-11-04T15:00:00.000Z' })], actual: HELD, of })).toEqual([]);
  });

  it('is one that is not understood', () => {
    const given = { basis: HELD, moves: [move(1, { kind: 'unknown', providerType: 'JOURNAL', asset: of, units: '4' })], actual: { [of]: '14' }, of };
    expect(proposed(given)).toEqual([['late_transaction', '4', true, 50]]);
    expect(explained(given)[0]?.evidence[0]?.text).toContain('"JOURNAL"');
  });

  it('is a cancellation of what the basis holds', () => {
    const moves = [bought(1, of, '4', '-40', { date: '2026-10-29' }), move(2, { kind: 'cancel', asset: of, units: '4', cash: '-40' })];
    expect(proposed({ basis: HELD, moves, actual: { [of]: '6' }, of })).toEqual([['late_transaction', '-4', true, 50]]);
  });
});
