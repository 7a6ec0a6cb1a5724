import { describe, expect, it } from '@jest/globals';
import { givenAccount, held, holdings, id, stock, usd } from './holdings.fixture.js';
import { portfolioPositions } from './portfolio-positions.js';

const schwab = givenAccount(1, { trading: true });
const fidelity = givenAccount(2, { provider: 'plaid', institutionName: 'Fidelity' });
const bank = givenAccount(3, { provider: 'plaid' });

describe('consolidated positions', () => {
  it('make 150 of 100 at one provider and 50 at another, with two rows beneath', () => {
    const answer = portfolioPositions(holdings([held(schwab, [stock('AAPL', '100', '200', { name: 'Apple', costBasis: '10000' })]), held(fidelity, [stock('AAPL', '50', '200', { costBasis: '8000' })])]), {});
    expect(answer.positions).toMatchObject([
      {
        asset: { id: 'equity:AAPL', kind: 'equity', symbol: 'AAPL', name: 'Apple' },
        quantity: '150', side: 'long', price: '200', value: '30000', baseValue: '30000', costBasis: '18000', averageCost: '120', unrealizedGain: '12000', unrealizedGainPercent: '66.67', weight: '100', tradable: true,
        sources: ['plaid', 'snaptrade'],
        accounts: [{ accountId: id(1), provider: 'snaptrade', quantity: '100', value: '20000' }, { accountId: id(2), provider: 'plaid', quantity: '50', value: '10000' }],
      },
    ]);
  });

  it('know no average cost and no gain where one part\'s cost basis is unknown', () => {
    const answer = portfolioPositions(holdings([held(schwab, [stock('AAPL', '100', '200', { costBasis: '10000' })]), held(fidelity, [stock('AAPL', '50', '200')])]), {});
    expect(answer.positions[0]).toMatchObject({ costBasis: null, averageCost: null, unrealizedGain: null, unrealizedGainPercent: null });
    expect(answer).toMatchObject({ quality: 95, complete: true, totals: { costBasis: null, unrealizedGain: null } });
    expect(answer.reasons).toContainEqual(expect.objectContaining({ code: 'cost_basis_missing', accountId: id(2), asset: 'equity:AAPL' }));
  });

  it('add up the cash of three sources by currency, zero included', () => {
    const answer = portfolioPositions(holdings([held(schwab, [usd('100.10')]), held(fidelity, [usd('-20'), { asset: 'currency:CAD', quantity: '5' }]), held(bank, [usd('0')])]), {});
    expect(answer.cash).toMatchObject([
      { currency: 'CAD', amount: '5', baseValue: null, weight: null },
      { currency: 'USD', amount: '80.1', baseValue: '80.1', weight: '100', accounts: [{ amount: '100.1' }, { amount: '-20' }, { accountId: id(3), amount: '0' }] },
    ]);
    expect(answer.positions).toEqual([]);
  });

  it('keep what was paid in the currency that it was stated in, and sum it by the rate of the instant', () => {
    const rate = (currency: string, base: string) => (currency === base ? '1' : currency === 'EUR' && base === 'USD' ? '1.25' : null);
    const coin = { asset: 'crypto:ETH', quantity: '1', price: '3000', costBasis: '2000', currency: 'USD', costCurrency: 'EUR' };
    const answer = portfolioPositions(holdings([held(schwab, [coin, stock('AAPL', '1', '200', { costBasis: '100' })])], { rate }), {});
    expect(answer.positions).toMatchObject([
      { currency: 'USD', value: '3000', costBasis: '2000', costCurrency: 'EUR', averageCost: '2000', unrealizedGain: null, accounts: [{ costBasis: '2000', costCurrency: 'EUR' }] },
      { costBasis: '100', costCurrency: 'USD', unrealizedGain: '100' },
    ]);
    expect(answer.totals).toMatchObject({ costBasis: '2600', unrealizedGain: '600' });
    const another = portfolioPositions(holdings([held(schwab, [coin]), held(fidelity, [{ ...coin, costCurrency: 'USD' }])], { rate }), {});
    expect(another).toMatchObject({ positions: [{ costBasis: null, costCurrency: null, averageCost: null }], totals: { costBasis: '4500', unrealizedGain: '1500' } });
  });

  it('say why no sum of what was paid is known where there is no rate for it', () => {
    const coin = { asset: 'crypto:ETH', quantity: '1', price: '3000', costBasis: '2000', currency: 'USD', costCurrency: 'EUR' };
    const answer = portfolioPositions(holdings([held(schwab, [coin])]), {});
    expect(answer).toMatchObject({ complete: true, totals: { value: '3000', costBasis: null, unrealizedGain: null } });
    expect(answer.reasons).toContainEqual(expect.objectContaining({ code: 'rate_missing', accountId: id(1), asset: 'crypto:ETH', detail: expect.stringContaining('no rate from EUR') }));
  });

  it('keep a short side apart, whose cost basis is what was received', () => {
    const answer = portfolioPositions(holdings([held(schwab, [stock('TSLA', '-10', '90', { costBasis: '1000' })]), held(fidelity, [stock('TSLA', '4', '90', { costBasis: '300' })])]), {});
    expect(answer.positions).toMatchObject([
      { side: 'short', quantity: '-10', value: '-900', costBasis: '-1000', averageCost: '100', unrealizedGain: '100', unrealizedGainPercent: '10' },
      { side: 'long', quantity: '4', value: '360', unrealizedGain: '60' },
    ]);
    expect(answer.totals).toMatchObject({ value: '-540', positionsValue: '-540' });
  });

  it('count options of two providers in the same unit', () => {
    const option = { asset: 'option:NFLX180201C00355000', price: '1.25', costBasis: '100' };
    const answer = portfolioPositions(holdings([held(schwab, [{ ...option, quantity: '1', multiplier: '100' }]), held(fidelity, [{ ...option, quantity: '200' }])]), {});
    expect(answer.positions).toMatchObject([{ quantity: '300', multiplier: '1', value: '375', accounts: [{ quantity: '1', multiplier: '100', value: '125' }, { quantity: '200', multiplier: '1', value: '250' }] }]);
  });

  it('leave out nothing held, what is counted as cash, and accounts that do not count', () => {
    const twin = givenAccount(2, { changes: [{ kind: 'duplicate', value: id(1), effectiveAt: '2026-01-01T00:00:00.000Z' }] });
    const sweep = { asset: 'fund:SWVXX', quantity: '5', price: '1', countedAsCash: true };
    const answer = portfolioPositions(holdings([held(schwab, [stock('AAPL', '1', '7'), stock('GONE', '0', '7'), sweep, usd('5')]), held(twin, [stock('AAPL', '1', '7')])]), {});
    expect(answer.positions.map((position) => [position.asset.id, position.quantity])).toEqual([['equity:AAPL', '1']]);
    expect(answer.totals).toMatchObject({ value: '12', positionsValue: '7', cash: '5' });
  });

  it('put an account\'s lots into one row', () => {
    const answer = portfolioPositions(holdings([held(schwab, [stock('AAPL', '1', '7'), stock('AAPL', '2', '7')])]), {});
    expect(answer.positions[0]).toMatchObject({ quantity: '3', value: '21', accounts: [{ quantity: '3', value: '21' }] });
  });

  it('know the day\'s change where the units did not change', () => {
    const day = (before: ReturnType<typeof stock>[] | null) => portfolioPositions(holdings([held(schwab, [stock('AAPL', '10', '12')], before)]), {});
    expect(day([stock('AAPL', '10', '10')]).positions[0]?.dayChange).toBe('20');
    expect(day([stock('AAPL', '9', '10')]).positions[0]?.dayChange).toBeNull();
    expect(day(null).positions[0]?.dayChange).toBeNull();
    expect(day([stock('AAPL', '10', null)]).reasons).toContainEqual(expect.objectContaining({ code: 'previous_value_missing', asset: 'equity:AAPL' }));
  });

  it('name the asset that has no price, and still say how much of it there is', () => {
    const answer = portfolioPositions(holdings([held(schwab, [{ asset: 'provider:snaptrade:abc', quantity: '3', symbol: 'PRIV', name: 'A private fund' }])]), {});
    expect(answer).toMatchObject({ complete: false, positions: [{ asset: { kind: 'provider', symbol: 'PRIV', name: 'A private fund' }, quantity: '3', price: null, value: null, weight: null }] });
  });
});
