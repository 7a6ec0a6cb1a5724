import { describe, expect, it } from '@jest/globals';
import { assetRef } from './asset-ref.js';
import { describeAsset } from './describe-asset.js';
import { parseOcc } from './option-contract.js';

describe('an asset', () => {
  it.each([
    ['NFLX180201C00355000', { underlying: 'NFLX', expires: '2018-02-01', right: 'call', strike: '355', multiplier: '100' }],
    ['BRK.B261218P00412500', { underlying: 'BRK.B', expires: '2026-12-18', right: 'put', strike: '412.5', multiplier: '100' }],
    ['AAPL1261218C00000500', { underlying: 'AAPL', expires: '2026-12-18', right: 'call', strike: '0.5', multiplier: '100' }],
    ['NFLX180231C00355000', null],
    ['NFLX', null],
  ])('%s is read as an option', (symbol, expected) => {
    expect(parseOcc(symbol)).toEqual(expected);
  });

  it('takes a symbol from its id, but never a provider\'s own code for one', () => {
    expect(assetRef('equity:AAPL', { symbol: 'APC.DE' })).toEqual({ id: 'equity:AAPL', kind: 'equity', symbol: 'AAPL', name: null });
    expect(assetRef('provider:plaid:x9')).toEqual({ id: 'provider:plaid:x9', kind: 'provider', symbol: null, name: null });
    expect(assetRef('tulip:x', { symbol: 'T', name: 'A tulip' })).toEqual({ id: 'tulip:x', kind: 'other', symbol: 'T', name: 'A tulip' });
  });

  it('is described without an error where nothing is known', () => {
    expect(describeAsset('bond:912810TM0', null)).toMatchObject({ kind: 'bond', identifiers: { cusip: '912810TM0', isin: null }, tradable: null, optionContract: null });
    expect(describeAsset('tulip:x', null)).toMatchObject({ kind: 'other', name: null });
    expect(describeAsset('currency:USD', null)).toMatchObject({ kind: 'currency', symbol: 'USD', tradable: false });
  });
});
