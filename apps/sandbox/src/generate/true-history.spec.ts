import { describe, expect, it } from '@jest/globals';
import type { World } from '../world/world.js';
import { trueHistory } from './true-history.js';

/** Two shares held throughout, unless a split says otherwise, with closes on some days only. */
const world = (closes: readonly [string, string][], [numerator, denominator]: [string, string], units: string): World => ({
  version: 1,
  institutions: [],
  persons: [],
  securities: [{ id: 's', kind: 'equity', name: 'Example', symbol: 'EXMP', currency: 'USD', price: null }],
  accounts: [{ id: 'a', person: 'p', institution: 'i', type: 'investment', subtype: null, name: 'A', mask: null, number: '1', currency: 'USD', opening: { holdings: [{ security: 's', quantity: '2' }] } }],
  transactions: [{ id: 't', account: 'a', date: '2026-10-13', kind: 'split', security: 's', quantity: units, amount: '0', currency: 'USD', description: 'split' }],
  corporateActions: [{ id: 'c', security: 's', date: '2026-10-13', kind: 'split', numerator, denominator }],
  prices: { daily: closes.map(([date, close]) => ({ security: 's', date, close })), intraday: [] },
  fx: [],
});

const worth = (of: World, from: string): (string | undefined)[] => trueHistory(of, from, '2026-10-14').get('a')!.map(({ value }) => value.get('USD'));

describe('what a day was truly worth', () => {
  it('a close from before a split is of the units of before it', () => {
    // Given 2 shares at 10.00 on 10-12, 1 for 2 on 10-13, and no close until 10-14.
    const reverse = world([['2026-10-12', '10.00'], ['2026-10-14', '21.00']], ['1', '2'], '-1');
    expect(worth(reverse, '2026-10-12')).toEqual(['20', '20', '21']);
    // Also where the days asked for begin after the split.
    expect(worth(reverse, '2026-10-13')).toEqual(['20', '21']);
    // And 3 for 1: 6 shares of a third of 10.00.
    expect(worth(world([['2026-10-12', '10.00']], ['3', '1'], '4'), '2026-10-12')).toEqual(['20', '20', '20']);
  });

  it('a close of the day of the split is of the units of after it', () => {
    expect(worth(world([['2026-10-12', '10.00'], ['2026-10-13', '3.40']], ['3', '1'], '4'), '2026-10-12')).toEqual(['20', '20.4', '20.4']);
  });
});
