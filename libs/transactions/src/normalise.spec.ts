import { describe, expect, it } from '@jest/globals';
import { bank, plaid, recorded, snaptrade } from './transactions.fixture.js';
import { normalise } from './normalise.js';

describe('trades', () => {
  it('a purchase gains units and costs its amount, fees in it', () => {
    expect(plaid('buy/buy', { quantity: '5', price: '310', fees: '0.65', amount: '-1550.65' })).toMatchObject({ kind: 'buy', units: '5', cash: '-1550.65', fees: '0.65', price: '310', external: false, transfer: false, doubts: [] });
    expect(snaptrade('BUY', { quantity: '5', price: '310', fees: '0.65', amount: '-1550.65' })).toMatchObject({ kind: 'buy', units: '5', cash: '-1550.65', doubts: [] });
  });

  it('a sale gives up units and brings its amount, which is not price × quantity', () => {
    expect(plaid('sell/sell', { quantity: '-47.74104242992852', price: '27.53', amount: '1289.01' })).toMatchObject({ kind: 'sell', units: '-47.74104242992852', cash: '1289.01', doubts: [] });
  });

  it('computes price × quantity and fees only where there is no amount', () => {
    expect(snaptrade('BUY', { quantity: '3', price: '33.335', fees: '1', amount: null })).toMatchObject({ units: '3', cash: '-101.005', doubts: ['cash_computed'] });
    expect(snaptrade('SELL', { quantity: '-3', price: '33.335', fees: '1', amount: null })).toMatchObject({ units: '-3', cash: '99.005', doubts: ['cash_computed'] });
    expect(snaptrade('SELL', { quantity: '-3', price: '0', amount: null })).toMatchObject({ cash: null, doubts: ['cash_unknown'] });
    expect(snaptrade('BUY', { asset: 'bond:91282CJZ5', quantity: '1000', price: '99.5', amount: null })).toMatchObject({ cash: null, doubts: ['cash_unknown'] });
  });

  it('counts an option as the account’s snapshots do: SnapTrade in contracts, Plaid in underlying units', () => {
    const option = 'option:NFLX180201C00355000';
    expect(plaid('buy/buy', { asset: option, quantity: '200', price: '4.2', amount: '-840' })).toMatchObject({ units: '200', cash: '-840' });
    expect(snaptrade('BUY/BUY_TO_OPEN', { asset: option, quantity: '2', price: '4.2', amount: null })).toMatchObject({ kind: 'buy', units: '2', cash: '-840', doubts: ['cash_computed'] });
    expect(snaptrade('BUY/BUY_TO_OPEN', { asset: option, quantity: '2', price: '4.2', amount: null, original: { option_symbol: { is_mini_option: true } } })).toMatchObject({ cash: '-84' });
    expect(snaptrade('SELL/SELL_TO_OPEN', { asset: option, quantity: '-1', price: '2', amount: '199.35' })).toMatchObject({ kind: 'sell_short', units: '-1', cash: '199.35' });
    expect(snaptrade('BUY/BUY_TO_CLOSE', { asset: option, quantity: '1', price: '2', amount: '-200.65' })).toMatchObject({ kind: 'buy_to_cover', units: '1' });
  });

  it('a short sale and its cover have words of their own at Plaid', () => {
    expect(plaid('sell/sell short', { quantity: '-10', amount: '950' })).toMatchObject({ kind: 'sell_short', units: '-10', cash: '950' });
    expect(plaid('buy/buy to cover', { quantity: '10', amount: '-900' })).toMatchObject({ kind: 'buy_to_cover', units: '10', cash: '-900' });
  });
});

describe('signs', () => {
  it('a sale with positive units is put right, and says so', () => {
    expect(plaid('sell/sell', { quantity: '5', price: '10', amount: '50' })).toMatchObject({ units: '-5', cash: '50', doubts: ['sign_corrected'] });
    expect(snaptrade('SELL', { quantity: '5', price: '10', amount: null })).toMatchObject({ units: '-5', cash: '50', doubts: ['cash_computed', 'sign_corrected'] });
    expect(snaptrade('BUY', { quantity: '5', price: '10', amount: '50' })).toMatchObject({ units: '5', cash: '-50', doubts: ['sign_corrected'] });
  });

  it('both sides turned round are a reversal, and stay', () => {
    expect(snaptrade('BUY', { quantity: '-5', price: '10', amount: '50' })).toMatchObject({ units: '-5', cash: '50', doubts: ['amount_unexpected'] });
  });

  it('a sale for less than its fees costs money', () => {
    expect(snaptrade('SELL', { quantity: '-1', price: '0.01', fees: '1.65', amount: '-0.65' })).toMatchObject({ units: '-1', cash: '-0.65', doubts: [] });
  });

  it('a returned deposit stays, doubted; a fee refunded and interest paid need no doubt', () => {
    expect(snaptrade('CONTRIBUTION', { asset: null, amount: '-500' })).toMatchObject({ kind: 'contribution', cash: '-500', doubts: ['amount_unexpected'] });
    expect(snaptrade('FEE', { asset: null, amount: '5' })).toMatchObject({ kind: 'fee', cash: '5', doubts: [] });
    expect(snaptrade('INTEREST', { asset: null, amount: '-12.5' })).toMatchObject({ kind: 'interest', cash: '-12.5', doubts: [] });
  });

  it('the direction that a transfer’s word names wins', () => {
    expect(snaptrade('INTERNAL_CASH_TRANSFER_OUT', { asset: null, amount: '100' })).toMatchObject({ cash: '-100', doubts: ['sign_corrected'] });
    expect(snaptrade('EXTERNAL_ASSET_TRANSFER_OUT', { quantity: '7', amount: '0' })).toMatchObject({ units: '-7', cash: '0', doubts: ['sign_corrected'] });
  });

  it('a trade for nothing that names a price is doubted', () => {
    expect(snaptrade('BUY', { quantity: '5', price: '10', amount: '0' })).toMatchObject({ cash: '0', doubts: ['amount_unexpected'] });
  });
});

describe('income', () => {
  it('a dividend’s units are those it was paid on', () => {
    expect(snaptrade('DIVIDEND', { quantity: '40', price: '0.24', amount: '9.6' })).toMatchObject({ kind: 'dividend', units: '0', cash: '9.6', doubts: [] });
    expect(snaptrade('DIVIDEND', { quantity: '40', price: '0.24', amount: null })).toMatchObject({ units: '0', cash: '9.6', doubts: ['cash_computed'] });
    expect(snaptrade('SUBSTITUTE_DIVIDEND', { amount: '9.6' })).toMatchObject({ kind: 'dividend', cash: '9.6' });
    expect(plaid('cash/qualified dividend', { amount: '8.72' })).toMatchObject({ kind: 'dividend', units: '0', cash: '8.72', doubts: [] });
  });

  it('interest, capital gains, returns of capital and rebates are cash', () => {
    expect(plaid('cash/interest', { asset: null, amount: '1.15' })).toMatchObject({ kind: 'interest', cash: '1.15' });
    expect(plaid('cash/long-term capital gain', { amount: '25' })).toMatchObject({ kind: 'capital_gain', units: '0', cash: '25' });
    expect(snaptrade('DISTRIBUTION', { amount: '25', quantity: '100' })).toMatchObject({ kind: 'capital_gain', units: '0', cash: '25', external: false });
    expect(snaptrade('RETURN_OF_CAPITAL', { amount: '30', quantity: '100' })).toMatchObject({ kind: 'return_of_capital', units: '0', cash: '30' });
    expect(plaid('fee/return of principal', { asset: 'bond:31418DXX5', quantity: '-30', amount: '30' })).toMatchObject({ kind: 'return_of_capital', units: '-30', cash: '30' });
    expect(snaptrade('REBATE', { asset: null, amount: '2' })).toMatchObject({ kind: 'rebate', cash: '2', external: false });
  });

  it('fees and taxes are cash out; a charge named only in the fee is computed', () => {
    expect(plaid('fee/account fee', { asset: null, amount: '-25' })).toMatchObject({ kind: 'fee', cash: '-25' });
    expect(plaid('cash/fund fee', { asset: null, amount: '-3' })).toMatchObject({ kind: 'fee', cash: '-3', doubts: [] });
    expect(plaid('cash/tax withheld', { amount: '-1.31' })).toMatchObject({ kind: 'tax', cash: '-1.31' });
    expect(snaptrade('FEE', { asset: null, amount: null, fees: '6.95' })).toMatchObject({ cash: '-6.95', doubts: ['cash_computed'] });
  });

  it('a reinvestment gains units and pays with the income beside it', () => {
    expect(plaid('buy/dividend reinvestment', { quantity: '0.05', price: '192', amount: '-9.6' })).toMatchObject({ kind: 'reinvestment', units: '0.05', cash: '-9.6', doubts: [] });
    expect(snaptrade('REI', { quantity: '0.05', price: '192', amount: null })).toMatchObject({ kind: 'reinvestment', units: '0.05', cash: '-9.6', doubts: ['cash_computed'] });
  });
});

describe('flows', () => {
  it('deposits and withdrawals cross the border and may have another side', () => {
    expect(plaid('cash/deposit', { asset: 'currency:USD', quantity: '1000', amount: '1000' })).toMatchObject({ kind: 'deposit', units: '0', cash: '1000', external: true, transfer: true, doubts: [] });
    expect(snaptrade('WITHDRAWAL', { asset: null, amount: '-40' })).toMatchObject({ kind: 'withdrawal', cash: '-40', external: true });
    expect(snaptrade('DISTRIBUTION', { asset: null, amount: '-400' })).toMatchObject({ kind: 'distribution', cash: '-400', external: true });
  });

  it('a contribution that buys moves no cash of the account', () => {
    expect(plaid('buy/contribution', { quantity: '10', price: '50', amount: '-500' })).toMatchObject({ kind: 'contribution', units: '10', cash: '0', worth: '500', external: true, doubts: [] });
    expect(plaid('cash/contribution', { asset: null, amount: '500' })).toMatchObject({ kind: 'contribution', units: '0', cash: '500', external: true, doubts: [] });
    expect(plaid('sell/distribution', { quantity: '-10', price: '50', amount: '500' })).toMatchObject({ kind: 'distribution', units: '-10', cash: '0', worth: '500', doubts: ['amount_unexpected'] });
    expect(plaid('sell/distribution', { asset: null, amount: '-500' })).toMatchObject({ kind: 'distribution', units: '0', cash: '-500', doubts: [] });
  });

  it('a transfer in kind moves units; its amount is their value', () => {
    expect(plaid('transfer/transfer', { quantity: '-12', price: '0', amount: '0' })).toMatchObject({ kind: 'asset_transfer', units: '-12', cash: '0', external: true, transfer: true, doubts: [] });
    expect(snaptrade('EXTERNAL_ASSET_TRANSFER_IN', { quantity: '12', price: '50', amount: '600' })).toMatchObject({ units: '12', cash: '0', worth: '600', doubts: [] });
    expect(snaptrade('EXTERNAL_ASSET_TRANSFER_IN', { quantity: '12', price: '50', amount: '617' })).toMatchObject({ units: '12', cash: '0', worth: '617', doubts: ['amount_unexpected'] });
  });

  it('a transfer without units of a security is cash', () => {
    expect(plaid('transfer/transfer', { asset: null, quantity: '0', amount: '-250' })).toMatchObject({ kind: 'cash_transfer', units: '0', cash: '-250', transfer: true });
    expect(plaid('transfer/send', { asset: 'currency:USD', quantity: '-250', amount: '-250' })).toMatchObject({ kind: 'cash_transfer', units: '0', cash: '-250' });
    expect(plaid('transfer/send', { asset: 'crypto:BTC', quantity: '-0.1', amount: '0' })).toMatchObject({ kind: 'asset_transfer', units: '-0.1', cash: '0' });
    expect(snaptrade('TRANSFER', { asset: null, amount: '70' })).toMatchObject({ kind: 'cash_transfer', cash: '70' });
  });

  it('bank transactions are cash whatever their category is', () => {
    expect(bank('INCOME/INCOME_WAGES', '3412.77')).toMatchObject({ kind: 'deposit', units: '0', cash: '3412.77', external: true, transfer: false, doubts: [] });
    expect(bank('INCOME/INCOME_INTEREST_EARNED', '1.2')).toMatchObject({ kind: 'interest', cash: '1.2', external: false });
    expect(bank('BANK_FEES/BANK_FEES_OVERDRAFT_FEES', '-35')).toMatchObject({ kind: 'fee', cash: '-35', external: false });
    expect(bank('TRANSFER_OUT/TRANSFER_OUT_ACCOUNT_TRANSFER', '-100')).toMatchObject({ kind: 'cash_transfer', cash: '-100', transfer: true });
    expect(bank('LOAN_PAYMENTS/LOAN_PAYMENTS_CREDIT_CARD_PAYMENT', '100')).toMatchObject({ kind: 'cash_transfer', cash: '100', doubts: [] });
    expect(bank('FOOD_AND_DRINK/FOOD_AND_DRINK_COFFEE', '-4.5')).toMatchObject({ kind: 'spending', cash: '-4.5', external: true, transfer: false });
    expect(bank('UNCATEGORIZED', '12')).toMatchObject({ kind: 'deposit', cash: '12', transfer: true, doubts: [] });
    expect(bank('A_NEW_CATEGORY/WITH_DETAIL', '-12', { pending: true })).toMatchObject({ kind: 'spending', cash: '-12', pending: true, doubts: [] });
  });
});

describe('corporate actions', () => {
  it('move the units reported; the ratio is the issuer’s', () => {
    expect(plaid('transfer/split', { quantity: '30', amount: '0' })).toMatchObject({ kind: 'split', units: '30', cash: '0', doubts: [] });
    expect(snaptrade('REVERSE_SPLIT', { quantity: '-90', amount: '3.5' })).toMatchObject({ kind: 'split', units: '-90', cash: '3.5', doubts: [] });
    expect(snaptrade('SPLIT', { quantity: '0', amount: '0' })).toMatchObject({ kind: 'split', units: null, cash: '0', doubts: ['units_unknown'] });
    expect(snaptrade('STOCK_MERGER', { quantity: '-100', price: '25', amount: '2500' })).toMatchObject({ kind: 'merger', units: '-100', cash: '2500', doubts: [] });
    expect(plaid('transfer/spin off', { quantity: '8', price: '20', amount: '-160' })).toMatchObject({ kind: 'spin_off', units: '8', cash: '0', worth: '160', doubts: [] });
    expect(plaid('transfer/spin off', { quantity: '8', price: '20', amount: '7.31' })).toMatchObject({ units: '8', cash: '7.31' });
    expect(plaid('cash/stock distribution', { quantity: '2', amount: '0' })).toMatchObject({ kind: 'stock_dividend', units: '2', cash: '0', doubts: [] });
    expect(snaptrade('STOCK_DIVIDEND', { quantity: '2', amount: null })).toMatchObject({ kind: 'stock_dividend', units: '2', cash: '0', doubts: [] });
  });

  it('options are used up without cash of their own', () => {
    const option = { asset: 'option:NFLX180201C00355000' };
    expect(plaid('transfer/expire', { ...option, quantity: '-100' })).toMatchObject({ kind: 'option_expiration', units: '-100', cash: '0', doubts: [] });
    expect(snaptrade('OPTIONEXPIRATION', { ...option, quantity: '1', amount: null })).toMatchObject({ kind: 'option_expiration', units: '1', cash: '0', doubts: [] });
    expect(snaptrade('OPTIONASSIGNMENT', { ...option, quantity: '1', amount: '0' })).toMatchObject({ kind: 'option_assignment', units: '1', cash: '0' });
    expect(plaid('sell/exercise', { ...option, quantity: '-100', amount: '0' })).toMatchObject({ kind: 'option_exercise', units: '-100', cash: '0', doubts: [] });
    expect(plaid('buy/assignment', { quantity: '100', price: '40', amount: '-4000' })).toMatchObject({ kind: 'option_assignment', units: '100', cash: '-4000' });
    expect(snaptrade('OPTIONEXPIRATION', { ...option, quantity: null, amount: null })).toMatchObject({ units: null, doubts: ['units_unknown'] });
  });

  it('one coin for another is two rows without cash', () => {
    expect(plaid('transfer/trade', { asset: 'crypto:BTC', quantity: '-1', price: '30000', amount: '30000' })).toMatchObject({ kind: 'sell', units: '-1', cash: '0', worth: '30000', doubts: [] });
    expect(plaid('transfer/trade', { asset: 'crypto:ETH', quantity: '15', price: '2000', amount: '-30000' })).toMatchObject({ kind: 'buy', units: '15', cash: '0', worth: '30000', doubts: [] });
  });

  it('adjustments are taken as reported', () => {
    expect(plaid('transfer/adjustment', { quantity: '-3', amount: '0' })).toMatchObject({ kind: 'adjustment', units: '-3', cash: '0', external: false });
    expect(snaptrade('ADJUSTMENT', { asset: null, amount: '11' })).toMatchObject({ kind: 'adjustment', units: '0', cash: '11' });
    expect(plaid('buy/rebalance', { quantity: '3', amount: '-30' })).toMatchObject({ kind: 'buy', units: '3', cash: '-30' });
  });
});

describe('what is not known', () => {
  it('an unknown word is listed and kept, never guessed', () => {
    expect(plaid('levitation/upward', { quantity: '3', amount: '-30' })).toMatchObject({ kind: 'unknown', units: '3', cash: '-30', external: false, doubts: ['type_unknown'] });
    expect(plaid('LEVITATION/upward', { quantity: '3', amount: '-30' })).toMatchObject({ kind: 'unknown' });
    expect(snaptrade('MOON_LANDING')).toMatchObject({ kind: 'unknown', units: null, cash: null });
    expect(normalise('newcomer', recorded({ providerType: 'BUY' }))).toMatchObject({ kind: 'unknown' });
  });

  it('units of nothing, and cash in no currency, are doubted', () => {
    expect(snaptrade('BUY', { asset: null, quantity: '5', price: '10', amount: '-50' })).toMatchObject({ units: '5', cash: '-50', doubts: ['asset_unknown'] });
    expect(snaptrade('BUY', { quantity: '0', amount: '-50' })).toMatchObject({ units: null, cash: '-50', doubts: ['units_unknown'] });
    expect(snaptrade('BUY', { asset: 'crypto:BTC', quantity: '1', amount: '-90000', currency: null })).toMatchObject({ doubts: ['currency_unknown'] });
    expect(snaptrade('DIVIDEND', { amount: null })).toMatchObject({ cash: null, doubts: ['cash_unknown'] });
  });

  it('what is pending is flagged', () => {
    expect(plaid('cash/pending credit', { asset: null, amount: '10' })).toMatchObject({ kind: 'deposit', cash: '10', pending: true });
    expect(snaptrade('BUY', { quantity: '1', amount: '-1', pending: true })).toMatchObject({ pending: true });
  });
});

describe('cash that is listed as a security', () => {
  it('moves as cash, once', () => {
    expect(plaid('buy/buy', { asset: 'currency:USD', quantity: '100', price: '1', amount: '-100' })).toMatchObject({ units: '0', cash: '0', doubts: [] });
    expect(plaid('cash/interest', { asset: 'currency:USD', quantity: '0.02', amount: '0.02' })).toMatchObject({ units: '0', cash: '0.02' });
    expect(plaid('sell/sell', { asset: 'currency:USD', quantity: '-100', amount: '98' })).toMatchObject({ units: '0', cash: '-2', doubts: ['amount_unexpected'] });
  });

  it('of another currency is an exchange', () => {
    expect(plaid('buy/buy', { asset: 'currency:EUR', quantity: '100', price: '1.1', amount: '-110' })).toMatchObject({ kind: 'buy', asset: 'currency:EUR', units: '100', cash: '-110', currency: 'USD', doubts: [] });
  });
});
