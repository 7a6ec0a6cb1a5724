import { describe, expect, it } from '@jest/globals';
import { assetId, isCash, parseAssetId } from './asset.js';
import { displayDigits, isCurrency } from './currency.js';

describe('asset ids', () => {
  it.each(['currency:USD', 'equity:AAPL', 'equity:BRK.B', 'etf:VTI', 'fund:VFIAX', 'crypto:BTC', 'option:NFLX180201C00355000', 'bond:912828YK0', 'bond:US0378331005', 'provider:plaid:abc123'])('knows %s', (id) => {
    const parsed = parseAssetId(id);
    expect(parsed && assetId(parsed.kind, parsed.symbol)).toBe(id);
  });

  it.each(['AAPL', 'currency:usd', 'currency:DOLLAR', 'stock:AAPL', 'option:NFLX', 'bond:X', 'equity:', ':AAPL', 'provider:abc'])('refuses %s', (id) => {
    expect(parseAssetId(id)).toBeNull();
  });

  it('tells cash from everything else', () => {
    expect([isCash('currency:EUR'), isCash('crypto:BTC')]).toEqual([true, false]);
  });
});

describe('currencies', () => {
  it('are those of ISO 4217, with the digits people write', () => {
    expect([isCurrency('USD'), isCurrency('usd'), isCurrency('BTC'), isCurrency(7)]).toEqual([true, false, false, false]);
    expect([displayDigits('USD'), displayDigits('JPY'), displayDigits('BHD')]).toEqual([2, 0, 3]);
  });
});
