import { describe, expect, it } from '@jest/globals';
import { stock, usd } from './holdings.fixture.js';
import { MarketView } from './market-view.js';

/** The close of Thursday, 2026-11-19 was at 21:00 UTC. */
const THURSDAY = '2026-11-19T21:00:00.000Z';
const FRIDAY_NOON = '2026-11-20T17:00:00.000Z';
const aapl = { what: 'equity:AAPL', asked: '2026-11-19', day: '2026-11-19', close: '210', currency: 'USD' };
const view = new MarketView([aapl, { what: 'EUR', asked: '2026-11-19', day: '2026-11-18', close: '1.25', currency: 'USD' }, { what: 'JPY', asked: '2026-11-19', day: '2026-11-19', close: '0.008', currency: 'USD' }]);
const pricedAt = (at: string, ...balances: Parameters<MarketView['priced']>[0]['balances']) => view.priced({ capturedAt: FRIDAY_NOON, currency: 'USD', balances }, at)[0];

describe('the price of a position', () => {
  it('is the close where that is newer than what the snapshot carried', () => {
    expect(pricedAt(FRIDAY_NOON, stock('AAPL', '2', '200', { priceAsOf: '2026-11-18T21:00:00.000Z' }))).toMatchObject({ price: '210', priceAsOf: THURSDAY });
  });

  it('is what the snapshot carried where that is newer, by its own date or else by that of the snapshot', () => {
    expect(pricedAt(FRIDAY_NOON, stock('AAPL', '2', '215', { priceAsOf: '2026-11-20T16:59:00.000Z' }))).toMatchObject({ price: '215' });
    expect(pricedAt(FRIDAY_NOON, stock('AAPL', '2', '215'))).toMatchObject({ price: '215' });
  });

  it('is the close at the same instant', () => {
    expect(pricedAt(FRIDAY_NOON, stock('AAPL', '2', '209.99', { priceAsOf: THURSDAY }))).toMatchObject({ price: '210' });
  });

  it('is the close where the snapshot carried none, and none where the market has none either', () => {
    expect(pricedAt(FRIDAY_NOON, stock('AAPL', '2', null))).toMatchObject({ price: '210' });
    expect(pricedAt(FRIDAY_NOON, stock('MSFT', '2', null))).toMatchObject({ price: null });
  });

  it('is never a close of another listing, in another currency than the line states; cash has none', () => {
    expect(pricedAt(FRIDAY_NOON, stock('AAPL', '2', null, { currency: 'EUR', costBasis: '300' }))).toMatchObject({ price: null, currency: 'EUR', costBasis: '300' });
    const unstated = view.priced({ capturedAt: FRIDAY_NOON, currency: 'EUR', balances: [stock('AAPL', '2', null, { costBasis: '300' })] }, FRIDAY_NOON);
    expect(unstated).toMatchObject([{ price: '210', currency: 'USD', costBasis: '300', costCurrency: 'EUR' }]);
    expect(pricedAt(FRIDAY_NOON, stock('AAPL', '2', null, { currency: 'USD', costBasis: '300' }))).toMatchObject({ price: '210', currency: 'USD', costBasis: '300' });
    expect(pricedAt(FRIDAY_NOON, usd('5'))).toEqual(usd('5'));
  });
});

describe('a rate', () => {
  it('goes through the dollar, at the newest day that has one', () => {
    expect(view.rate('EUR', 'USD', FRIDAY_NOON)).toBe('1.25');
    expect(view.rate('USD', 'EUR', FRIDAY_NOON)).toBe('0.8');
    expect(view.rate('EUR', 'JPY', FRIDAY_NOON)).toBe('156.25');
  });

  it('is null where either side is unknown, never 1', () => {
    expect(view.rate('CHF', 'USD', FRIDAY_NOON)).toBeNull();
    expect(view.rate('EUR', 'USD', '2026-11-18T22:00:00.000Z')).toBeNull();
  });
});
