/** The undo rules of single transactions, each with its numbers. */
import { describe, expect, it } from '@jest/globals';
import { given } from './account.fixture.js';

describe('undoing', () => {
  it('a buy gives its units back and returns the cash', () => {
    const then = given()
      .snapshot('2026-11-20', { AAPL: '10', USD: '500' })
      .buy('2026-11-18', 'AAPL', '4', '404.5')
      .closes('AAPL', { '2026-11-16': '100', '2026-11-17': '100', '2026-11-18': '102', '2026-11-19': '103', '2026-11-20': '104' })
      .when('2026-11-17', '2026-11-20');
    expect(then.values()).toEqual(['1504.5', '1520', '1530', '1540']);
    expect(then.day('2026-11-17')).toMatchObject({ cash: '904.5', securities: 1, origin: 'reconstructed', quality: 92, reasons: ['cost_basis_missing', 'opening_unverified'] });
    expect(then.day('2026-11-20')).toMatchObject({ cash: '500', origin: 'captured' });
    expect(then.result.invariant).toEqual({ holds: true, differences: [] });
  });

  it('a whole life that comes out as nothing is beyond doubt', () => {
    const then = given()
      .snapshot('2026-11-20', { AAPL: '6', USD: '420' })
      .deposit('2026-11-16', '1000')
      .buy('2026-11-17', 'AAPL', '10', '1000')
      .sell('2026-11-19', 'AAPL', '4', '420')
      .closes('AAPL', { '2026-11-17': '100', '2026-11-18': '102', '2026-11-19': '105', '2026-11-20': '104' })
      .when('2026-11-15', '2026-11-20');
    expect(then.values()).toEqual(['0', '1000', '1000', '1020', '1050', '1044']);
    expect(then.result.days.map(({ quality }) => quality)).toEqual([100, 100, 100, 100, 100, 100]);
    expect(then.day('2026-11-16')).toMatchObject({ inflow: '1000', outflow: '0' });
    expect(then.day('2026-11-19')).toMatchObject({ basis: '600', inflow: '0' });
  });
});
