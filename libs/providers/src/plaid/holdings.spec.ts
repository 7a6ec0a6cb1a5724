import { describe, expect, it } from '@jest/globals';
import { parseLossless } from '../wire/lossless.js';
import { shaped } from '../wire/shape.js';
import { fetchedAccountsOf } from './accounts.js';
import { holdingsOf } from './holdings.js';

const USD = { iso_currency_code: 'USD', unofficial_currency_code: null };
const ACCOUNT = { account_id: 'inv', balances: { available: 5, current: 1000.5, ...USD }, mask: '4417', name: 'Brokerage', official_name: null, type: 'investment', subtype: 'brokerage' };

/** As it comes off the wire: numbers parsed losslessly. */
function wire<T>(value: T): unknown {
  const parsed = parseLossless(JSON.stringify(value));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function lines(security: object, holding: object) {
  const answer = { accounts: [ACCOUNT], securities: [{ security_id: 's', ...security }], holdings: [{ account_id: 'inv', security_id: 's', quantity: 2, institution_price: 10, institution_price_as_of: '2026-11-19', institution_value: 20, cost_basis: null, ...USD, ...holding }] };
  const read = shaped(() => holdingsOf(wire(answer)));
  if (!read.ok) throw new Error(`${read.error.path}: ${read.error.expected}`);
  return read.value.lines.get('inv') ?? [];
}

describe('the asset of a Plaid security', () => {
  it.each([
    ['equity', { type: 'equity', ticker_symbol: 'AAPL' }, 'equity:AAPL'],
    ['share class', { type: 'equity', ticker_symbol: 'BRK B' }, 'equity:BRK.B'],
    ['ETF', { type: 'etf', ticker_symbol: 'VTI' }, 'etf:VTI'],
    ['fund', { type: 'mutual fund', ticker_symbol: 'VFIAX' }, 'fund:VFIAX'],
    ['crypto', { type: 'cryptocurrency', ticker_symbol: 'CUR:BTC', is_cash_equivalent: true }, 'crypto:BTC'],
    ['option by ticker', { type: 'derivative', ticker_symbol: 'NFLX180201C00355000' }, 'option:NFLX180201C00355000'],
    ['option by contract', { type: 'derivative', ticker_symbol: null, option_contract: { contract_type: 'put', expiration_date: '2026-12-18', strike_price: 250, underlying_security_ticker: 'AAPL' } }, 'option:AAPL261218P00250000'],
    ['other derivative', { type: 'derivative', ticker_symbol: 'WARRANT' }, 'provider:plaid:s'],
    ['bond by CUSIP', { type: 'fixed income', ticker_symbol: null, cusip: '91282CLW9', isin: 'US91282CLW90' }, 'bond:91282CLW9'],
    ['bond by ISIN', { type: 'fixed income', cusip: null, isin: 'XS1234567890' }, 'bond:XS1234567890'],
    ['bond of no number', { type: 'fixed income', ticker_symbol: 'T 4.25' }, 'provider:plaid:s'],
    ['institution’s own code', { type: 'etf', ticker_symbol: 'NHX105509', institution_security_id: 'NHX105509' }, 'provider:plaid:s'],
    ['institution’s own code that looks like a ticker', { type: 'equity', ticker_symbol: 'ABCD', institution_security_id: 'ABCD' }, 'provider:plaid:s'],
    ['code with digits that a market knows', { type: 'equity', ticker_symbol: '7203.T', isin: 'JP3633400001' }, 'equity:7203.T'],
    ['loan', { type: 'loan', ticker_symbol: 'LOAN' }, 'provider:plaid:s'],
    ['unknown type', { type: 'tokenised moonbeam', ticker_symbol: 'MOON' }, 'provider:plaid:s'],
    ['type that is not known', { type: null, ticker_symbol: 'AAPL' }, 'provider:plaid:s'],
  ])('%s', (_what, security, asset) => expect(lines(security, {})[0]?.asset).toBe(asset));
});

describe('Plaid holdings', () => {
  it('count an option in underlying units, without a multiplier', () => {
    const [line] = lines({ type: 'derivative', ticker_symbol: 'NFLX180201C00355000' }, { quantity: 200, institution_price: 38.45, institution_value: 7690, cost_basis: 8120 });
    expect(line).toMatchObject({ quantity: '200', price: '38.45', value: '7690', costBasis: '8120' });
    expect(line).not.toHaveProperty('multiplier');
  });

  it('keep short positions negative and unknown cost and vesting null', () => {
    expect(lines({ type: 'equity', ticker_symbol: 'TSLA' }, { quantity: -3, institution_value: -30 })[0]).toMatchObject({ quantity: '-3', value: '-30', costBasis: null, vestedQuantity: null });
    expect(lines({ type: 'equity', ticker_symbol: 'GOOG' }, { vested_quantity: 0, cost_basis: 0 })[0]).toMatchObject({ vestedQuantity: '0', costBasis: '0' });
  });

  it('record cash by currency, zero included', () => {
    const cash = { type: 'cash', ticker_symbol: 'CUR:USD' };
    expect(lines(cash, { quantity: 0, institution_price: 1, institution_value: 0 })[0]).toMatchObject({ asset: 'currency:USD', quantity: '0', price: '1', value: '0' });
    expect(lines({ type: 'cash', ticker_symbol: 'CUR:EUR' }, { quantity: 50, institution_price: 1.1, institution_value: 55 })[0]).toMatchObject({ asset: 'currency:EUR', quantity: '50', currency: 'EUR' });
    expect(lines({ type: 'cash', ticker_symbol: null }, { quantity: 5, institution_price: 2, institution_value: 10 })[0]).toMatchObject({ asset: 'currency:USD', quantity: '10' });
  });

  it('never read an unofficial code as ISO', () => {
    const unofficial = { iso_currency_code: null, unofficial_currency_code: 'USD' };
    expect(lines({ type: 'cash', ticker_symbol: null }, unofficial)[0]).toMatchObject({ asset: 'provider:plaid:currency:USD', currency: null, price: null });
    expect(lines({ type: 'equity', ticker_symbol: 'AAPL' }, unofficial)[0]).toMatchObject({ asset: 'equity:AAPL', quantity: '2', currency: null, price: null, value: null });
    expect(lines({ type: 'equity', ticker_symbol: 'AAPL' }, { iso_currency_code: 'ZZZ' })[0]).toMatchObject({ currency: null, price: null });
  });

  it('take a zero without date and close price for no price, and a dated zero for zero', () => {
    const nothing = { institution_price: 0, institution_value: 0, institution_price_as_of: null };
    expect(lines({ type: 'other', close_price: null }, nothing)[0]).toMatchObject({ price: null, value: null });
    expect(lines({ type: 'other', close_price: null }, { ...nothing, institution_price_as_of: '2026-11-19' })[0]).toMatchObject({ price: '0', value: '0' });
  });

  it('name the field that is not what it should be', () => {
    const broken = (answer: unknown) => {
      const read = shaped(() => holdingsOf(wire(answer)));
      return read.ok ? 'read' : `${read.error.path}: ${read.error.expected}`;
    };
    const holding = { account_id: 'inv', security_id: 's', quantity: 1, institution_price: 1, institution_value: 1, cost_basis: null, ...USD };
    const whole = { accounts: [ACCOUNT], securities: [{ security_id: 's' }], holdings: [holding] };
    expect(broken(whole)).toBe('read');
    expect(broken({ ...whole, holdings: [holding, { ...holding, quantity: undefined }] })).toBe('holdings[1].quantity: a number is expected');
    expect(broken({ ...whole, holdings: [{ ...holding, quantity: 'many' }] })).toBe('holdings[0].quantity: a number or null is expected');
    expect(broken({ ...whole, holdings: [{ ...holding, security_id: ['s'] }] })).toBe('holdings[0].security_id: a text is expected');
    expect(broken({ ...whole, securities: undefined })).toBe('securities: a list is expected');
    expect(broken([])).toBe('answer: an object is expected');
    expect(broken({ ...whole, holdings: [{ ...holding, institution_price_as_of: 'soon' }] })).toBe('holdings[0].institution_price_as_of: a day or an instant is expected');
  });

  it('stand in an account whose total is the provider’s and whose withdrawable cash is no extra cash', () => {
    const holdings = holdingsOf(wire({ accounts: [ACCOUNT], securities: [{ security_id: 's', type: 'equity', ticker_symbol: 'AAPL' }, { security_id: 'c', type: 'cash', ticker_symbol: 'CUR:USD' }], holdings: [
      { account_id: 'inv', security_id: 's', quantity: 1, institution_price: 900, institution_price_as_of: '2026-11-19', institution_value: 900, cost_basis: null, ...USD },
      { account_id: 'inv', security_id: 'c', quantity: 40, institution_price: 1, institution_value: 40, cost_basis: null, ...USD },
      { account_id: 'inv', security_id: 'c', quantity: 60.5, institution_price: 1, institution_value: 60.5, cost_basis: null, ...USD },
    ] }));
    const { accounts } = fetchedAccountsOf(wire({ accounts: [ACCOUNT] }), holdings, { investments: '2026-11-20T20:00:00.000Z', transactions: null });
    expect(accounts[0]).toMatchObject({ totals: { balance: '1000.5', available: '5', holdingsValue: '900', cashValue: '100.5' }, providerAsOf: '2026-11-20T20:00:00.000Z' });
    expect(accounts[0]?.balances.map(({ asset, quantity }) => [asset, quantity])).toEqual([['equity:AAPL', '1'], ['currency:USD', '100.5']]);
  });
});
