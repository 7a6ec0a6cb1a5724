/** The undo rules of single transactions, each with its numbers. Two snapshots would confirm more; these have one. */
import { describe, expect, it } from '@jest/globals';
import { given } from './account.fixture.js';

/** 10 AAPL at 100 a share and 500 dollars on Friday the 20th; closes of 100 all week. */
const week = { '2026-11-16': '100', '2026-11-17': '100', '2026-11-18': '100', '2026-11-19': '100', '2026-11-20': '100' };
const account = () => given().snapshot('2026-11-20', { AAPL: '10', USD: '500' }).closes('AAPL', week);
const before = (then: ReturnType<ReturnType<typeof given>['when']>) => ({ value: then.day('2026-11-17').value, cash: then.day('2026-11-17').cash });

describe('undoing', () => {
  it('a buy gives its units back and returns the cash, fees included', () => {
    const then = given()
      .snapshot('2026-11-20', { AAPL: '10', USD: '500' })
      .buy('2026-11-18', 'AAPL', '4', '404.5', { fees: '4.5' })
      .closes('AAPL', { '2026-11-16': '100', '2026-11-17': '100', '2026-11-18': '102', '2026-11-19': '103', '2026-11-20': '104' })
      .when('2026-11-17', '2026-11-20');
    expect(then.values()).toEqual(['1504.5', '1520', '1530', '1540']);
    expect(then.day('2026-11-17')).toMatchObject({ cash: '904.5', securities: 1, origin: 'reconstructed' });
    expect(then.day('2026-11-20')).toMatchObject({ cash: '500', origin: 'captured' });
    expect(then.result.invariant).toEqual({ holds: true, differences: [] });
  });

  it('a sell brings the units back and takes the proceeds away: what was sold altogether is there again', () => {
    const then = given().snapshot('2026-11-20', { USD: '1020' }).sell('2026-11-18', 'AAPL', '10', '1020').closes('AAPL', { '2026-11-16': '100', '2026-11-17': '101' }).when('2026-11-17', '2026-11-20');
    expect(then.values()).toEqual(['1010', '1020', '1020', '1020']);
    expect(then.result.days.map(({ securities }) => securities)).toEqual([1, 0, 0, 0]);
  });

  it.each([
    ['a dividend', 'dividend', '5', '495'],
    ['interest', 'interest', '1.23', '498.77'],
    ['interest that was paid', 'interest', '-1.23', '501.23'],
    ['a fee', 'fee', '-2', '502'],
    ['a tax', 'tax', '-0.75', '500.75'],
    ['a rebate', 'rebate', '3', '497'],
    ['a return of capital', 'return_of_capital', '7', '493'],
    ['a capital gain', 'capital_gain', '9', '491'],
  ] as const)('%s moves cash only', (_what, kind, cash, left) => {
    const then = account().trade(kind, '2026-11-18', 'AAPL', '0', cash).when('2026-11-17', '2026-11-20');
    expect(before(then)).toEqual({ value: String(1000 + Number(left)), cash: left });
    expect(then.day('2026-11-18').value).toBe('1500');
  });

  it('a reinvestment moves units and cash, and the dividend that paid it is a row of its own', () => {
    const then = account().trade('dividend', '2026-11-18', 'AAPL', '0', '25').trade('reinvestment', '2026-11-18', 'AAPL', '0.25', '-25').when('2026-11-17', '2026-11-20');
    expect(before(then)).toEqual({ value: '1475', cash: '500' });
  });

  it('a merger takes the old units, and brings new ones and cash', () => {
    const then = given()
      .snapshot('2026-11-20', { NEW: '5', USD: '30' })
      .trade('merger', '2026-11-18', 'OLD', '-10', '0')
      .trade('merger', '2026-11-18', 'NEW', '5', '0')
      .trade('merger', '2026-11-18', 'OLD', '0', '30')
      .closes('OLD', week)
      .closes('NEW', { '2026-11-16': '190', '2026-11-20': '200' })
      .when('2026-11-17', '2026-11-20');
    expect([then.day('2026-11-17').value, then.day('2026-11-18').value, then.day('2026-11-20').value]).toEqual(['1000', '980', '1030']);
    expect(then.result.unpriced).toEqual([]);
  });

  it('a spin-off brings units of the new company and leaves the old ones', () => {
    const then = account().trade('spin_off', '2026-11-18', 'KID', '2', '0').when('2026-11-17', '2026-11-17');
    expect(then.values()).toEqual(['1500']);
    expect(given().snapshot('2026-11-20', { AAPL: '10', KID: '2', USD: '500' }).trade('spin_off', '2026-11-18', 'KID', '2', '0').closes('AAPL', week).closes('KID', { '2026-11-18': '40' }).when('2026-11-17', '2026-11-18').values()).toEqual(['1500', '1580']);
  });

  it('a stock dividend brings units, an asset transfer units, a cash transfer cash', () => {
    expect(before(account().trade('stock_dividend', '2026-11-18', 'AAPL', '1', '0').when('2026-11-17', '2026-11-20'))).toEqual({ value: '1400', cash: '500' });
    expect(before(account().trade('asset_transfer', '2026-11-18', 'AAPL', '4', '0', { external: true, transfer: true }).when('2026-11-17', '2026-11-20'))).toEqual({ value: '1100', cash: '500' });
    expect(before(account().row('cash_transfer', '2026-11-18', { cash: '300', external: true, transfer: true }).when('2026-11-17', '2026-11-20'))).toEqual({ value: '1200', cash: '200' });
  });

  it('an exchange of currencies moves both', () => {
    const then = given().snapshot('2026-11-20', { EUR: '100', USD: '390' }).trade('buy', '2026-11-18', 'EUR', '100', '-110').when('2026-11-17', '2026-11-18');
    expect([then.day('2026-11-17').cash, then.day('2026-11-17', 'EUR').cash, then.day('2026-11-18').cash, then.day('2026-11-18', 'EUR').cash]).toEqual(['500', null, '390', '100']);
  });
});

describe('options', () => {
  const CALL = 'option:AAPL261218C00100000';

  it('are worth contracts × 100 × price once; an exercise uses the contract up and brings the shares', () => {
    const then = given()
      .snapshot('2026-11-20', { AAPL: '100', USD: '0' })
      .trade('option_exercise', '2026-11-18', CALL, '-1', '0')
      .trade('buy', '2026-11-18', 'AAPL', '100', '-10000')
      .closes('AAPL', week)
      .closes(CALL, { '2026-11-16': '2.5' })
      .when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual(['10250', '10000']);
  });

  it('that Plaid counts in shares are not multiplied again', () => {
    const then = given().snapshot('2026-11-20', { USD: '250' }).sell('2026-11-18', CALL, '100', '250', { provider: 'plaid' }).closes(CALL, { '2026-11-16': '2.5' }).when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual(['250', '250']);
  });

  it('written are short until they are assigned or expire', () => {
    const then = given()
      .snapshot('2026-11-20', { USD: '300' })
      .trade('sell', '2026-11-17', CALL, '-1', '300')
      .trade('option_expiration', '2026-11-19', CALL, '1', '0')
      .closes(CALL, { '2026-11-16': '3', '2026-11-18': '1' })
      .when('2026-11-16', '2026-11-19');
    expect(then.values()).toEqual(['0', '0', '200', '300']);
    expect(then.result.adjustments).toEqual([]);
  });

  it('assigned take the shares that were called away', () => {
    const then = given()
      .snapshot('2026-11-20', { USD: '10000' })
      .trade('option_assignment', '2026-11-19', CALL, '1', '0')
      .trade('sell', '2026-11-19', 'AAPL', '-100', '10000')
      .closes('AAPL', week)
      .closes(CALL, { '2026-11-16': '3' })
      .when('2026-11-18', '2026-11-19');
    expect(then.values()).toEqual(['9700', '10000']);
  });
});

describe('a whole life', () => {
  it('that comes out as nothing is beyond doubt', () => {
    const then = given()
      .snapshot('2026-11-20', { AAPL: '6', USD: '420' })
      .deposit('2026-11-16', '1000')
      .buy('2026-11-17', 'AAPL', '10', '1000')
      .sell('2026-11-19', 'AAPL', '4', '420')
      .closes('AAPL', { '2026-11-17': '100', '2026-11-18': '102', '2026-11-19': '105', '2026-11-20': '104' })
      .when('2026-11-15', '2026-11-20');
    expect(then.values()).toEqual(['0', '1000', '1000', '1020', '1050', '1044']);
    expect(then.result.days.map(({ quality }) => quality)).toEqual([100, 100, 100, 100, 100, 100]);
  });

  it('of which something is left at the beginning is not', () => {
    const then = given().snapshot('2026-11-20', { USD: '500' }).deposit('2026-11-16', '400').when('2026-11-15', '2026-11-20');
    expect(then.values()).toEqual(['100', '500', '500', '500', '500', '500']);
    expect(then.day('2026-11-15')).toMatchObject({ quality: 95, reasons: ['opening_unverified'] });
    expect(then.day('2026-11-20')).toMatchObject({ quality: 100, reasons: [] });
  });

  it('may go through negative cash: that is margin', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '10', USD: '100' }).buy('2026-11-16', 'AAPL', '10', '1000').deposit('2026-11-18', '1100').closes('AAPL', week).when('2026-11-16', '2026-11-18');
    expect(then.day('2026-11-17')).toMatchObject({ cash: '-1000', value: '0', quality: 100 });
  });
});
