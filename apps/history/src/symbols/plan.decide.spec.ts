import { describe, expect, it } from '@jest/globals';
import { knownOf, NOTHING_KNOWN, planFor } from './plan.decide.js';

describe('what a price source is asked about an asset', () => {
  it.each(['currency:USD', 'option:NFLX180201C00355000', 'nonsense'])('%s: nothing, ever', (asset) => {
    expect(planFor(asset, NOTHING_KNOWN)).toBeNull();
  });

  it.each([
    ['equity:AAPL', ['AAPL'], 'security'],
    ['equity:BRK.B', ['BRK.B', 'BRK-B'], 'security'],
    ['equity:BRK/B', ['BRK-B'], 'security'],
    ['equity:RY.TO', ['RY.TO'], 'security'],
    ['fund:VFIAX', ['VFIAX'], 'security'],
    ['crypto:BTC', ['BTCUSD'], 'crypto'],
  ])('%s: the ticker %j', (asset, tickers, kind) => {
    expect(planFor(asset, NOTHING_KNOWN)).toMatchObject({ tickers, kind });
  });

  it('of an institution’s own code: never the code, its numbers and name where the line has them', () => {
    expect(planFor('provider:plaid:AAPL', NOTHING_KNOWN)).toEqual({ kind: 'security', tickers: [], numbers: [], name: null });
    const line = { asset: 'provider:plaid:x1', quantity: '1', name: 'Vanguard 500 Index Admiral', currency: 'USD', identifiers: { isin: 'US9229087104', figi: 'BBG000BHTK67' } };
    expect(planFor('provider:plaid:x1', knownOf(line))).toEqual({
      kind: 'security', tickers: [], name: 'Vanguard 500 Index Admiral',
      numbers: [{ kind: 'isin', value: 'US9229087104' }, { kind: 'figi', value: 'BBG000BHTK67' }, { kind: 'cusip', value: '922908710' }],
    });
  });

  it('of a bond: its number', () => {
    expect(planFor('bond:912828YK0', NOTHING_KNOWN)?.numbers).toEqual([{ kind: 'cusip', value: '912828YK0' }]);
    expect(planFor('bond:US0378331005', NOTHING_KNOWN)?.numbers).toEqual([{ kind: 'isin', value: 'US0378331005' }, { kind: 'cusip', value: '037833100' }]);
  });
});
