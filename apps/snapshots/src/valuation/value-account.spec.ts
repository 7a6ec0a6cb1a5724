import { describe, expect, it } from '@jest/globals';
import { AT, givenSnapshot, stock, usd } from './holdings.fixture.js';
import { noRates } from './rate.js';
import { differs, valueAccount } from './value-account.js';
import { valueLine } from './value-line.js';

const toUsd = { base: 'USD', at: AT, rate: noRates };

describe('the value of an account', () => {
  it('is positions at their price plus cash, exactly', () => {
    const valued = valueAccount(givenSnapshot([stock('AAPL', '100.05', '13.73'), usd('0.0001')]), toUsd);
    expect(valued).toMatchObject({ value: '1373.6866', baseValue: '1373.6866', baseCash: '0.0001', complete: true });
  });

  it('counts the multiplier of a contract once', () => {
    const option = { asset: 'option:NFLX180201C00355000', quantity: '-2', price: '1.25' };
    expect(valueLine({ ...option, multiplier: '100' }, 'USD', toUsd).value).toBe('-250');
    expect(valueLine({ ...option, quantity: '-200' }, 'USD', toUsd).value).toBe('-250');
  });

  it('is nothing for an account that holds nothing', () => {
    expect(valueAccount(givenSnapshot([]), toUsd)).toMatchObject({ value: '0', complete: true });
  });

  it('is negative for what is owed', () => {
    expect(valueAccount(givenSnapshot([usd('-412.55')]), toUsd)).toMatchObject({ value: '-412.55', baseCash: '-412.55' });
  });

  it('leaves out and marks what has no price, and is unknown where nothing is known', () => {
    const some = valueAccount(givenSnapshot([stock('AAPL', '1', '10'), stock('XYZ', '5', null)]), toUsd);
    expect(some).toMatchObject({ value: '10', complete: false });
    expect(some.lines[1]).toMatchObject({ value: null, missing: 'price_missing' });
    expect(valueAccount(givenSnapshot([stock('XYZ', '5', null)]), toUsd)).toMatchObject({ value: null, complete: false });
  });

  it('knows that nothing of an asset is worth nothing, without its price', () => {
    expect(valueAccount(givenSnapshot([stock('XYZ', '0.00', null)]), toUsd)).toMatchObject({ value: '0', complete: true });
  });

  it('does not count twice what is counted as cash already', () => {
    const sweep = { asset: 'fund:SWVXX', quantity: '500', price: '1', countedAsCash: true };
    expect(valueAccount(givenSnapshot([usd('500'), sweep]), toUsd)).toMatchObject({ value: '500', complete: true });
  });

  it('takes the quantity of a currency for its value, whatever price stands beside it', () => {
    expect(valueLine({ asset: 'currency:EUR', quantity: '7.50', price: '1.08' }, 'USD', toUsd)).toMatchObject({ value: '7.5', currency: 'EUR', baseValue: null, missing: 'rate_missing' });
  });

  it('never takes a missing rate for one, and uses one that is given', () => {
    const snapshot = givenSnapshot([usd('100'), { asset: 'currency:CAD', quantity: '50' }]);
    expect(valueAccount(snapshot, toUsd)).toMatchObject({ baseValue: '100', complete: false, unexplained: null });
    expect(valueAccount(snapshot, { ...toUsd, rate: (from, to) => (from === 'CAD' && to === 'USD' ? '0.73' : null) })).toMatchObject({ baseValue: '136.5', complete: true });
  });

  it('takes a line without a currency in the snapshot\'s, and one whose currency nobody knows in none', () => {
    expect(valueLine(stock('SHOP', '1', '90'), 'CAD', toUsd).currency).toBe('CAD');
    expect(valueLine(stock('SHOP', '1', '90', { currency: null }), 'CAD', toUsd)).toMatchObject({ value: '90', currency: null, missing: 'rate_missing' });
  });

  it('shows what the provider\'s total has beyond ours, and books it nowhere', () => {
    const valued = valueAccount(givenSnapshot([usd('100')], { balance: '112.5' }), toUsd);
    expect(valued).toMatchObject({ value: '100', unexplained: '12.5' });
    expect(valueAccount(givenSnapshot([usd('100')]), toUsd).unexplained).toBeNull();
    expect(valueAccount(givenSnapshot([stock('XYZ', '5', null)], { balance: '7' }), toUsd).unexplained).toBeNull();
  });

  it.each([
    ['0.99', '10', false],
    ['1.01', '10', true],
    ['-50', '10000', false],
    ['-50.01', '10000', true],
    ['5', '0', true],
    [null, '10', false],
  ])('takes %s beyond a total of %s for a difference: %s', (unexplained, balance, expected) => {
    expect(differs(unexplained, balance)).toBe(expected);
  });
});
