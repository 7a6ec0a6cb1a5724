import { describe, expect, it } from '@jest/globals';
import { bondAsset, currencyAsset, isDebtCusip, marketAsset, occAsset, occAssetFromParts, providerAsset } from './asset-ids.js';

describe('asset ids', () => {
  it.each(['BRK.B', 'BRK/B', 'BRK-B', 'BRK B', 'brk.b'])('spell %s in one way', (symbol) => expect(marketAsset('equity', symbol)).toBe('equity:BRK.B'));

  it('read options from OCC symbols and from their parts', () => {
    expect(occAsset('AAPL  261218C00240000')).toBe('option:AAPL261218C00240000');
    expect(occAsset('AAPL Dec 240')).toBeNull();
    expect(occAssetFromParts({ underlying: 'NFLX', expiration: '2018-02-01', type: 'call', strike: '355' })).toBe('option:NFLX180201C00355000');
    expect(occAssetFromParts({ underlying: 'SPY', expiration: '2026-01-16', type: 'put', strike: '12.5' })).toBe('option:SPY260116P00012500');
    expect(occAssetFromParts({ underlying: 'SPY', expiration: '2026-01-16', type: 'put', strike: '0.00001' })).toBeNull();
  });

  it('know bonds by CUSIP, then ISIN', () => {
    expect(bondAsset('91282CLW9', 'US91282CLW90')).toBe('bond:91282CLW9');
    expect(bondAsset(null, 'XS1234567890')).toBe('bond:XS1234567890');
    expect(bondAsset('nonsense', null)).toBeNull();
  });

  it('tell a debt from a share by its CUSIP', () => {
    expect(isDebtCusip('91282CLW9')).toBe(true);
    expect(isDebtCusip('91282CLW8')).toBe(false);
    expect(isDebtCusip('037833100')).toBe(false);
  });

  it('never take an unknown currency code for ISO', () => {
    expect(currencyAsset('snaptrade', 'USD')).toBe('currency:USD');
    expect(currencyAsset('snaptrade', 'USDC')).toBe('provider:snaptrade:currency:USDC');
    expect(currencyAsset('snaptrade', 'ZZZ')).toBe('provider:snaptrade:currency:ZZZ');
    expect(providerAsset('plaid', 'x'.repeat(400)).length).toBe(240);
  });
});
