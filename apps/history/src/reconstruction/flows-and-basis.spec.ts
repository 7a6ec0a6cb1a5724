/** What crosses the account's border, and what is held was bought for. */
import { describe, expect, it } from '@jest/globals';
import { given } from './account.fixture.js';

const closes = { '2026-11-16': '100', '2026-11-17': '100', '2026-11-18': '110', '2026-11-19': '120', '2026-11-20': '120' };
const OUT = { external: true, transfer: true };

describe('flows', () => {
  it('are cash as it is, and units at the price of their day', () => {
    const then = given()
      .snapshot('2026-11-20', { AAPL: '3', USD: '500' })
      .deposit('2026-11-17', '250')
      .row('withdrawal', '2026-11-17', { cash: '-50', ...OUT })
      .trade('asset_transfer', '2026-11-18', 'AAPL', '2', '0', OUT)
      .trade('asset_transfer', '2026-11-19', 'AAPL', '-1', '0', OUT)
      .closes('AAPL', closes)
      .when('2026-11-16', '2026-11-20');
    expect(then.day('2026-11-17')).toMatchObject({ inflow: '250', outflow: '50' });
    expect(then.day('2026-11-18')).toMatchObject({ inflow: '220', outflow: '0' });
    expect(then.day('2026-11-19')).toMatchObject({ inflow: '0', outflow: '120' });
    expect(then.result.flows.map(({ asset, units, amount, transfer }) => [asset, units, amount, transfer])).toEqual([
      ['currency:USD', '250', '250', true],
      ['currency:USD', '-50', '-50', true],
      ['equity:AAPL', '2', '220', true],
      ['equity:AAPL', '-1', '-120', true],
    ]);
  });

  it('are not buys, sells, dividends, fees, splits', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '3', USD: '500' }).buy('2026-11-18', 'AAPL', '1', '110').trade('dividend', '2026-11-18', 'AAPL', '0', '3').row('fee', '2026-11-18', { cash: '-1' }).closes('AAPL', closes).when('2026-11-18', '2026-11-18');
    expect(then.day('2026-11-18')).toMatchObject({ inflow: '0', outflow: '0' });
    expect(then.result.flows).toEqual([]);
  });

  it('of units without a price are unknown, not nothing', () => {
    const then = given().snapshot('2026-11-20', { 'provider:x:1': '3', USD: '0' }).trade('asset_transfer', '2026-11-18', 'provider:x:1', '3', '0', OUT).when('2026-11-18', '2026-11-18');
    expect(then.day('2026-11-18')).toMatchObject({ inflow: null, outflow: '0' });
    expect(then.day('2026-11-18').reasons).toContain('flow_value_missing');
  });

  it('of an adjustment there are none', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '5', USD: '0' }).buy('2026-11-18', 'AAPL', '10', '1000').closes('AAPL', closes).when('2026-11-16', '2026-11-20');
    expect(then.result.adjustments).toHaveLength(1);
    expect(then.result.flows).toEqual([]);
  });
});

describe('the cost basis', () => {
  it('from nothing on is at average cost: a purchase adds what was paid, a sale takes its share', () => {
    const then = given()
      .snapshot('2026-11-20', { AAPL: '2', USD: '0' })
      .deposit('2026-11-16', '500')
      .buy('2026-11-16', 'AAPL', '2', '200')
      .buy('2026-11-17', 'AAPL', '1', '130')
      .sell('2026-11-18', 'AAPL', '1', '120')
      .row('withdrawal', '2026-11-19', { cash: '-290', ...OUT })
      .closes('AAPL', closes)
      .when('2026-11-15', '2026-11-20');
    expect(then.result.days.map(({ costBasis }) => costBasis?.[0]?.amount ?? '0')).toEqual(['0', '200', '330', '220', '220', '220']);
  });

  it('is a ratio until it is stored: two thirds of 100, and a whole again', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '2', USD: '0' }).deposit('2026-11-16', '200').buy('2026-11-16', 'AAPL', '3', '100').sell('2026-11-17', 'AAPL', '1', '0').buy('2026-11-18', 'AAPL', '1', '100').sell('2026-11-19', 'AAPL', '1', '0').closes('AAPL', closes).when('2026-11-16', '2026-11-19');
    expect(then.result.days.map(({ costBasis }) => costBasis?.[0]?.amount)).toEqual(['100', '66.666666666666666667', '166.666666666666666667', '111.111111111111111111']);
  });

  it('goes back from what the snapshot states, through purchases and sales', () => {
    const then = given().snapshot('2026-11-20', { AAPL: { units: '4', costBasis: '430' }, USD: '0' }).buy('2026-11-19', 'AAPL', '1', '130').sell('2026-11-18', 'AAPL', '1', '110').closes('AAPL', closes).when('2026-11-17', '2026-11-20');
    expect(then.result.days.map(({ costBasis }) => costBasis?.[0]?.amount)).toEqual(['400', '300', '430', '430']);
  });

  it('that arrives at nothing held and some cost is reckoned by another method, and is not used', () => {
    const then = given().whole('2026-11-18').snapshot('2026-11-20', { AAPL: { units: '1', costBasis: '90' }, USD: '0' }).buy('2026-11-19', 'AAPL', '1', '120').closes('AAPL', closes).when('2026-11-19', '2026-11-20');
    expect(then.result.days.map(({ costBasis }) => costBasis?.[0]?.amount)).toEqual(['120', '90']);
  });

  it('by another method stands since the last trade, as the snapshot states it, and is not known before', () => {
    // One was there before anything is told, one was bought for 120: the two cannot have cost 50 by average cost.
    const then = given().whole('2026-11-16').snapshot('2026-11-20', { AAPL: { units: '2', costBasis: '50' }, USD: '0' })
      .buy('2026-11-17', 'AAPL', '1', '120').closes('AAPL', closes).when('2026-11-16', '2026-11-20');
    expect(then.result.days.map(({ costBasis }) => costBasis?.[0]?.amount ?? null)).toEqual([null, '50', '50', '50', '50']);
  });

  it('is unknown before a sale of everything that no purchase explains: null, not nothing', () => {
    const then = given().snapshot('2026-11-20', { USD: '120' }).sell('2026-11-19', 'AAPL', '1', '120').closes('AAPL', closes).when('2026-11-18', '2026-11-20');
    expect(then.day('2026-11-18')).toMatchObject({ basis: null, value: '110' });
    expect(then.day('2026-11-18').reasons).toContain('cost_basis_missing');
    expect(then.day('2026-11-19')).toMatchObject({ basis: '0' });
  });

  it('is not changed by a split, and lowered by a return of capital', () => {
    const then = given()
      .snapshot('2026-11-20', { AAPL: '4', USD: '30' })
      .deposit('2026-11-16', '200')
      .buy('2026-11-16', 'AAPL', '2', '200')
      .trade('split', '2026-11-18', 'AAPL', '2', '0')
      .trade('return_of_capital', '2026-11-19', 'AAPL', '0', '30')
      .closes('AAPL', { '2026-11-16': '100', '2026-11-18': '50' })
      .when('2026-11-16', '2026-11-20');
    expect(then.result.days.map(({ costBasis }) => costBasis?.[0]?.amount)).toEqual(['200', '200', '200', '170', '170']);
  });
});

describe('an account kept by hand', () => {
  it('was paid into by what a snapshot states above the one before, at the price of its day: 500 dollars and 5 shares at 200', () => {
    const told = given().whole(null)
      .closes('AAPL', { '2026-11-02': '190', '2026-11-03': '200' })
      .snapshot('2026-11-02', { USD: '500', AAPL: '5' })
      .snapshot('2026-11-03', { USD: '1000', AAPL: '10' })
      .when('2026-11-02', '2026-11-03');
    expect(told.day('2026-11-02')).toMatchObject({ value: '1450', inflow: '0', outflow: '0' });
    expect(told.day('2026-11-03')).toMatchObject({ value: '3000', inflow: '1500', outflow: '0' });
    expect(told.result.flows.map(({ kind, asset, amount }) => [kind, asset, amount])).toEqual([['stated_otherwise', 'currency:USD', '500'], ['stated_otherwise', 'equity:AAPL', '1000']]);
  });

  it('does not know what came in of an asset without a price', () => {
    const told = given().whole(null).snapshot('2026-11-02', { USD: '5' }).snapshot('2026-11-03', { USD: '5', XYZ: '2' }).when('2026-11-02', '2026-11-03');
    expect(told.day('2026-11-03')).toMatchObject({ inflow: null, reasons: expect.arrayContaining(['flow_value_missing']) });
  });
});
