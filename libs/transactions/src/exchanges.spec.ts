/** What the exchanges' rows mean: Coinbase's fills, and dYdX's as its adapter gives them, two rows a trade. */
import { describe, expect, it } from '@jest/globals';
import { normalise } from './normalise.js';
import { recorded } from './transactions.fixture.js';

const of = (provider: string, words: string, more: Parameters<typeof recorded>[0]) => {
  const [providerType = '', providerSubtype = null] = words.split('/');
  return normalise(provider, recorded({ providerType, providerSubtype, ...more }));
};

describe('a trade on Coinbase', () => {
  it('costs size × price and the commission, and says that the cash was computed', () => {
    const more = { asset: 'crypto:BTC', price: '60000.5', fees: '1.25', amount: null };
    expect(of('coinbase', 'FILL/BUY', { ...more, quantity: '0.01' })).toMatchObject({ kind: 'buy', units: '0.01', cash: '-601.255', currency: 'USD', doubts: ['cash_computed'], external: false });
    expect(of('coinbase', 'FILL/SELL', { ...more, quantity: '-0.01' })).toMatchObject({ kind: 'sell', units: '-0.01', cash: '598.755' });
  });

  it('has cash that is told where the size counted cash', () => {
    expect(of('coinbase', 'FILL/BUY', { asset: 'crypto:BTC', quantity: '0.333333333333333333', price: '3', fees: '0.01', amount: '-1.01' })).toMatchObject({ kind: 'buy', cash: '-1.01', doubts: [] });
  });

  it('moves two assets and no cash where a coin pays for a coin', () => {
    expect(of('coinbase', 'FILL/base_leg', { asset: 'crypto:BTC', quantity: '0.01', currency: null })).toMatchObject({ kind: 'buy', units: '0.01', cash: '0', doubts: [] });
    expect(of('coinbase', 'FILL/quote_leg', { asset: 'crypto:USDC', quantity: '-600', currency: null })).toMatchObject({ kind: 'adjustment', units: '-600', cash: '0', doubts: [], external: false });
  });

  it('is left open where what it means is not documented', () => {
    expect(of('coinbase', 'REVERSAL/BUY', { asset: 'crypto:BTC', quantity: null })).toMatchObject({ kind: 'unknown', doubts: ['type_unknown'] });
  });
});

describe('the ledger of a wallet at Coinbase', () => {
  it.each([
    ['fiat_deposit', '100', 'deposit', true, true], ['fiat_withdrawal', '-100', 'withdrawal', true, true], ['transfer', '-5', 'cash_transfer', true, true], ['interest', '0.5', 'interest', false, false], ['sell', '50', 'adjustment', false, false],
  ] as const)('%s of %s dollars is a %s', (type, amount, kind, external, transfer) => {
    expect(of('coinbase', type, { amount })).toMatchObject({ kind, cash: amount, units: '0', external, transfer, doubts: [] });
  });

  it.each([
    ['send', '-0.25', 'asset_transfer', true, true], ['send', '0.25', 'asset_transfer', true, true], ['pro_deposit', '-1', 'asset_transfer', true, true], ['staking_reward', '0.01', 'stock_dividend', false, false], ['trade', '-2', 'adjustment', false, false],
  ] as const)('%s of %s coins is a %s', (type, quantity, kind, external, transfer) => {
    expect(of('coinbase', type, { asset: 'crypto:ETH', quantity, currency: null })).toMatchObject({ kind, units: quantity, cash: '0', external, transfer, doubts: [] });
  });

  it('has words that nobody here knows', () => expect(of('coinbase', 'subscription', { asset: 'crypto:ETH', quantity: '-1' })).toMatchObject({ kind: 'unknown' }));
});

describe('dYdX', () => {
  it.each([['0.5', 'buy'], ['-0.5', 'sell']])('a fill of %s is a %s without cash, worth what it was traded at', (quantity, kind) => {
    expect(of('dydx', 'FILL/LIQUIDATED', { asset: 'provider:dydx:BTC-USD', quantity, price: '78010.5' })).toMatchObject({ kind, units: quantity, cash: '0', worth: '39005.25', doubts: [], external: false });
  });

  it.each([['SETTLEMENT/LIMIT', '-39024.75', 'adjustment', false, false], ['FUNDING', '-14.83', 'adjustment', false, false], ['DEPOSIT', '20000', 'asset_transfer', true, true], ['WITHDRAWAL', '-1000', 'asset_transfer', true, true], ['TRANSFER_IN', '3000', 'asset_transfer', true, true], ['TRANSFER_OUT', '-3000', 'asset_transfer', true, true]] as const)('%s of %s USDC is a %s', (words, quantity, kind, external, transfer) => {
    expect(of('dydx', words, { asset: 'crypto:USDC', quantity, currency: null })).toMatchObject({ kind, units: quantity, cash: '0', external, transfer, doubts: [] });
  });

  it('leaves alone what it does not know', () => {
    expect(of('dydx', 'VAULT_DEPOSIT', { asset: 'crypto:USDC', quantity: null })).toMatchObject({ kind: 'unknown' });
    expect(of('dydx', 'SPOT_FILL/BUY', { asset: null, quantity: null })).toMatchObject({ kind: 'unknown' });
  });
});
