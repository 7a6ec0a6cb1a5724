import { describe, expect, it } from '@jest/globals';
import { doubtAbout } from './map-check.decide.js';

const quoted = (price: string, currency = 'USD') => ({ price, currency, day: '2026-11-20' as const });
const doubt = (carried: string, close: string | null, { asset = 'fund:X', currency = 'USD' } = {}) => doubtAbout({ asset, symbol: 'X', carried: quoted(carried), close: close === null ? null : quoted(close, currency) });

describe('a symbol that a person names', () => {
  it.each([['100', '120'], ['100', '80'], ['24.78', '24.78'], ['100', null]])('is not doubted where institutions carry %s and it closed at %s', (carried, close) => expect(doubt(carried, close)).toBeNull());
  it.each([['100', '120.01'], ['100', '79.99'], ['24.78', '322.47'], ['0', '1']])('is doubted where institutions carry %s and it closed at %s', (carried, close) => expect(doubt(carried, close)).toContain('20 % apart'));

  it('is doubted in another currency, unless it is a coin', () => {
    expect(doubt('100', '100', { currency: 'EUR' })).toContain('quoted in EUR');
    expect(doubt('100', '5', { asset: 'crypto:BTC', currency: 'EUR' })).toBeNull();
  });
});
