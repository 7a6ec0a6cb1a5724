import { describe, expect, it } from '@jest/globals';
import { AT, givenAccount, givenSnapshot, held, holdings, id, PREVIOUS_CLOSE, stock, usd } from './holdings.fixture.js';
import { portfolioValue } from './portfolio-value.js';

const excluded = { changes: [{ kind: 'excluded' as const, value: true, effectiveAt: PREVIOUS_CLOSE }] };

describe('the value of a portfolio', () => {
  it('sums the accounts, with shares that sum to exactly 100', () => {
    const answer = portfolioValue(holdings([1, 2, 3].map((number) => held(givenAccount(number), [usd('1')], [usd('1')]))), {});
    expect(answer).toMatchObject({ value: '3', cash: '3', complete: true, quality: 100, unpriced: [], reasons: [] });
    expect(answer.accounts.map((account) => account.percent)).toEqual(['33.34', '33.33', '33.33']);
  });

  it('lists an account that does not count with its reason and in no total', () => {
    const answer = portfolioValue(holdings([held(givenAccount(1), [usd('10')]), held(givenAccount(2, excluded), [usd('90')])]), {});
    expect(answer.value).toBe('10');
    expect(answer.accounts[1]).toMatchObject({ value: '90', percent: null, counted: false, reason: 'excluded' });
    expect(answer.accounts[0]?.percent).toBe('100');
  });

  it('counts the same real account once, and the twin when the other is gone', () => {
    const twin = givenAccount(2, { provider: 'plaid', changes: [{ kind: 'duplicate', value: id(1), effectiveAt: PREVIOUS_CLOSE }] });
    const both = [held(givenAccount(1), [usd('100')]), held(twin, [usd('100')])];
    expect(portfolioValue(holdings(both), {})).toMatchObject({ value: '100', accounts: [{ counted: true }, { counted: false, reason: 'duplicate' }] });
    const gone = givenAccount(1, { changes: [{ kind: 'disconnected', value: true, effectiveAt: AT }] });
    expect(portfolioValue(holdings([held(gone, [usd('100')]), held(twin, [usd('100')])]), {})).toMatchObject({ value: '100', accounts: [{ reason: 'disconnected' }, { counted: true }] });
  });

  it('sees the twin even where the answer is about the duplicate alone', () => {
    const twin = givenAccount(2, { provider: 'plaid', changes: [{ kind: 'duplicate', value: id(1), effectiveAt: PREVIOUS_CLOSE }] });
    expect(portfolioValue(holdings([held(givenAccount(1), [usd('100')]), held(twin, [usd('100')])]), { provider: 'plaid' })).toMatchObject({ value: '0', accounts: [{ value: '100', counted: false }] });
  });

  it('has no value for an account whose first snapshot is later, and none at all where that is every account', () => {
    const answer = portfolioValue(holdings([held(givenAccount(1), [usd('10')]), held(givenAccount(2), null)]), {});
    expect(answer).toMatchObject({ value: '10', complete: false, quality: 50, reasons: [{ code: 'no_snapshot', accountId: id(2) }, { code: 'previous_value_missing', accountId: id(1) }] });
    expect(answer.accounts[1]).toMatchObject({ value: null, percent: null, reason: 'no_snapshot', asOf: null });
    expect(portfolioValue(holdings([held(givenAccount(2), null)]), {})).toMatchObject({ value: null, cash: null, complete: false, quality: 0 });
  });

  it('names what has no price and lowers the quality', () => {
    const answer = portfolioValue(holdings([held(givenAccount(1), [usd('10'), stock('XYZ', '3', null)])]), {});
    expect(answer).toMatchObject({ value: '10', complete: false, quality: 50, unpriced: [{ accountId: id(1), asset: 'equity:XYZ' }] });
    expect(answer.reasons[0]).toMatchObject({ code: 'price_missing', asset: 'equity:XYZ' });
  });

  it('names the accounts without a rate into the base currency', () => {
    const answer = portfolioValue(holdings([held(givenAccount(1), [usd('10')])], { base: 'EUR' }), {});
    expect(answer).toMatchObject({ value: null, currency: 'EUR', complete: false, accounts: [{ value: '10', currency: 'USD', baseValue: null, percent: null, reason: 'rate_missing' }] });
    expect(answer.reasons[0]).toMatchObject({ code: 'rate_missing', accountId: id(1) });
  });

  it('says zero for a user without accounts', () => {
    expect(portfolioValue(holdings([]), {})).toMatchObject({ value: '0', complete: true, quality: 100, accounts: [], dayChangePercent: null });
  });

  it('lowers the quality of what is old, parked, or unlike the provider\'s total', () => {
    const old = { ...held(givenAccount(1), null), snapshot: givenSnapshot([usd('10')], { capturedAt: '2026-11-13T20:59:59.000Z' }) };
    expect(portfolioValue(holdings([old]), {})).toMatchObject({ quality: 50, complete: true });
    const parked = { ...held(givenAccount(1), [usd('10')]), parked: true };
    expect(portfolioValue(holdings([parked]), {})).toMatchObject({ quality: 50, parked: [id(1)] });
    const unlike = { ...held(givenAccount(1), null), snapshot: givenSnapshot([usd('10')], { balance: '20' }) };
    expect(portfolioValue(holdings([unlike]), {})).toMatchObject({ quality: 90, value: '10' });
  });

  it('answers house and external accounts apart', () => {
    const world = holdings([held(givenAccount(1), [usd('10')]), held(givenAccount(2, { provider: 'manual' }), [usd('7')])]);
    expect(portfolioValue(world, { source: 'house' }).value).toBe('7');
    expect(portfolioValue(world, { source: 'external' }).value).toBe('10');
    expect(portfolioValue(world, { source: 'all' }).value).toBe('17');
  });
});

describe('the change of the day', () => {
  it('is the value now minus the value at the close before', () => {
    const answer = portfolioValue(holdings([held(givenAccount(1), [stock('AAPL', '100', '12')], [stock('AAPL', '100', '10')])]), {});
    expect(answer).toMatchObject({ dayChange: '200', dayChangePercent: '20' });
  });

  it('is unknown where an account had no value then', () => {
    const answer = portfolioValue(holdings([held(givenAccount(1), [usd('10')], [usd('10')]), held(givenAccount(2), [usd('10')])]), {});
    expect(answer).toMatchObject({ value: '20', dayChange: null, dayChangePercent: null, reasons: [{ code: 'previous_value_missing', accountId: id(2) }] });
  });

  it('does not take a price that went missing for a loss', () => {
    const answer = portfolioValue(holdings([held(givenAccount(1), [usd('10'), stock('XYZ', '1', null)], [usd('10'), stock('XYZ', '1', '90')])]), {});
    expect(answer.dayChange).toBeNull();
  });

  it('does not take an account that left for a loss', () => {
    const gone = givenAccount(2, { changes: [{ kind: 'disconnected', value: true, effectiveAt: AT }] });
    expect(portfolioValue(holdings([held(givenAccount(1), [usd('11')], [usd('10')]), held(gone, [usd('90')], [usd('90')])]), {})).toMatchObject({ dayChange: '1', dayChangePercent: '10' });
  });

  it('has no percentage of nothing', () => {
    expect(portfolioValue(holdings([held(givenAccount(1), [usd('11')], [])]), {})).toMatchObject({ dayChange: '11', dayChangePercent: null, reasons: [{ code: 'zero_denominator' }] });
  });
});
