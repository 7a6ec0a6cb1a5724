/** A split divides the units of before it, once an account and asset, however it is told. */
import { describe, expect, it } from '@jest/globals';
import { given } from './account.fixture.js';

/** 100 before a 2:1 split on the 18th, 50 after. */
const halved = { '2026-11-16': '100', '2026-11-17': '100', '2026-11-18': '50', '2026-11-19': '50', '2026-11-20': '50' };
const two = [{ day: '2026-11-18', ratio: '2:1' }];
const flat = ['1000', '1000', '1000', '1000', '1000'];
const held = () => given().snapshot('2026-11-20', { AAPL: '20', USD: '0' });

describe('a 2:1 split', () => {
  it('that only the account reports divides the units of before it', () => {
    expect(held().trade('split', '2026-11-18', 'AAPL', '10', '0').closes('AAPL', halved).when('2026-11-16', '2026-11-20').values()).toEqual(flat);
  });

  it('that is reported in two rows is one', () => {
    expect(held().trade('split', '2026-11-18', 'AAPL', '10', '0').trade('split', '2026-11-19', 'AAPL', '10', '0').closes('AAPL', halved).when('2026-11-16', '2026-11-20').values()).toEqual(flat);
  });

  it('that takes the old units and brings the new ones is one', () => {
    expect(held().trade('split', '2026-11-18', 'AAPL', '-10', '0').trade('split', '2026-11-18', 'AAPL', '20', '0').closes('AAPL', halved).when('2026-11-16', '2026-11-20').values()).toEqual(flat);
  });

  it('that both the account and the issuer report is one, on the day on which the closes change', () => {
    expect(held().trade('split', '2026-11-20', 'AAPL', '10', '0').closes('AAPL', halved, two).when('2026-11-16', '2026-11-20').values()).toEqual(flat);
  });

  it('without a count of units goes by the issuer’s ratio', () => {
    expect(held().trade('split', '2026-11-18', 'AAPL', null, '0').closes('AAPL', halved, two).when('2026-11-16', '2026-11-20').values()).toEqual(flat);
  });

  it('whose row states all units, not the new ones, goes by the issuer’s ratio', () => {
    expect(held().trade('split', '2026-11-18', 'AAPL', '20', '0').closes('AAPL', halved, two).when('2026-11-16', '2026-11-20').values()).toEqual(flat);
  });

  it('that is booked as a stock dividend is one', () => {
    expect(held().trade('stock_dividend', '2026-11-18', 'AAPL', '10', '0').closes('AAPL', halved, two).when('2026-11-16', '2026-11-20').values()).toEqual(flat);
  });

  it('that only the issuer reports is assumed where units were held over it', () => {
    const then = held().closes('AAPL', halved, two).when('2026-11-16', '2026-11-20');
    expect(then.values()).toEqual(flat);
    expect(then.day('2026-11-17').reasons).toContain('split_assumed');
    expect(then.day('2026-11-18').reasons).not.toContain('split_assumed');
  });

  it('is no matter of what was bought after it, and divides what was bought before', () => {
    const after = held().buy('2026-11-18', 'AAPL', '20', '1000').closes('AAPL', halved, two).when('2026-11-16', '2026-11-20');
    expect(after.values()).toEqual(flat);
    expect(after.day('2026-11-17').securities).toBe(0);
    const before = held().buy('2026-11-17', 'AAPL', '10', '1000').closes('AAPL', halved, two).when('2026-11-16', '2026-11-20');
    expect(before.values()).toEqual(flat);
    expect(before.day('2026-11-16').cash).toBe('1000');
  });

  it('that an account did not take part in is not assumed: two snapshots tell', () => {
    const then = given().snapshot('2026-11-16', { AAPL: '20', USD: '0' }).snapshot('2026-11-20', { AAPL: '20', USD: '0' }).closes('AAPL', { '2026-11-16': '50' }, two).when('2026-11-16', '2026-11-20');
    expect(then.values()).toEqual(flat);
    expect(then.result.invariant.holds).toBe(true);
  });

  it('of odd numbers that no account reports is a spin-off and moves no units', () => {
    expect(held().closes('AAPL', { '2026-11-16': '50' }, [{ day: '2026-11-18', ratio: '1253:1000' }]).when('2026-11-16', '2026-11-20').values()).toEqual(flat);
  });
});

describe('prices and units', () => {
  it('match where the day of the split has no close: the older one is carried across by the ratio', () => {
    const then = held().trade('split', '2026-11-18', 'AAPL', '10', '0').closes('AAPL', { '2026-11-16': '100', '2026-11-17': '100', '2026-11-19': '51' }, two).when('2026-11-17', '2026-11-19');
    expect(then.values()).toEqual(['1000', '1000', '1020']);
  });

  it('match where the account shows the new units a day late', () => {
    const then = given()
      .snapshot('2026-11-17', { AAPL: '10', USD: '0' })
      .snapshot('2026-11-18', { AAPL: '10', USD: '0' })
      .snapshot('2026-11-20', { AAPL: '20', USD: '0' })
      .trade('split', '2026-11-19', 'AAPL', '10', '0')
      .closes('AAPL', halved, two)
      .when('2026-11-17', '2026-11-20');
    expect(then.values()).toEqual(['1000', '1000', '1000', '1000']);
    expect(then.result.invariant.holds).toBe(true);
  });

  it('match where units leave at a price of before the split', () => {
    const then = held().trade('split', '2026-11-18', 'AAPL', '10', '0').trade('asset_transfer', '2026-11-18', 'AAPL', '-4', '0', { external: true }).closes('AAPL', { '2026-11-17': '100' }, two).when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual(['1200', '1000']);
    expect(then.day('2026-11-18').outflow).toBe('200');
  });

  it('match where a snapshot’s own price is of before the split', () => {
    const then = given().snapshot('2026-11-17', { AAPL: { units: '10', price: '100' }, USD: '0' }).trade('split', '2026-11-18', 'AAPL', '10', '0').when('2026-11-17', '2026-11-19');
    expect(then.values()).toEqual(['1000', '1000', '1000']);
  });
});

describe('fractions', () => {
  it('of a 3:1 split are ratios, not 0.333…: a third and two thirds are whole', () => {
    const three = [{ day: '2026-11-18', ratio: '3:1' }];
    const then = given().snapshot('2026-11-20', { AAPL: '1', BETA: '2', USD: '0' }).closes('AAPL', { '2026-11-16': '10', '2026-11-18': '3' }, three).closes('BETA', { '2026-11-16': '10', '2026-11-18': '3' }, three).when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual(['10', '9']);
  });

  it('are stored at 18 digits, half to even', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '1', USD: '0' }).closes('AAPL', { '2026-11-16': '20', '2026-11-18': '7' }, [{ day: '2026-11-18', ratio: '3:1' }]).when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual(['6.666666666666666667', '7']);
  });

  it('of a 1:3 reverse split that are paid out are what the account reports', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '3', USD: '100' }).trade('split', '2026-11-18', 'AAPL', '-7', '100').closes('AAPL', { '2026-11-16': '100', '2026-11-18': '300' }, [{ day: '2026-11-18', ratio: '1:3' }]).when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual(['1000', '1000']);
  });

  it('that the provider rounds are those that were bought until the split, and those that it states from then on', () => {
    const then = given()
      .snapshot('2026-11-20', { AAPL: '3.3333', USD: '0' })
      .deposit('2026-11-16', '1000')
      .buy('2026-11-16', 'AAPL', '10', '1000')
      .closes('AAPL', { '2026-11-16': '100', '2026-11-18': '300' }, [{ day: '2026-11-18', ratio: '1:3' }])
      .when('2026-11-15', '2026-11-20');
    expect(then.values()).toEqual(['0', '1000', '1000', '999.99', '999.99', '999.99']);
    expect(then.result.adjustments).toEqual([]);
    expect(then.result.invariant.holds).toBe(true);
    expect(then.result.days.map(({ quality }) => quality)).toEqual([100, 100, 100, 100, 100, 100]);
  });

  it('that the provider rounds between two snapshots, and what was sold afterwards, add up', () => {
    // 9.3631 × 3/2 = 14.04465, of which 14.0446 are left.
    const then = given()
      .snapshot('2026-11-15', { USD: '1000' })
      .buy('2026-11-16', 'AAPL', '9.3631', '900')
      .sell('2026-11-19', 'AAPL', '4', '100')
      .snapshot('2026-11-20', { AAPL: '10.0446', USD: '200' })
      .closes('AAPL', { '2026-11-16': '30', '2026-11-18': '20' }, [{ day: '2026-11-18', ratio: '3:2' }])
      .when('2026-11-15', '2026-11-20');
    expect(then.values()).toEqual(['1000', '380.893', '380.893', '380.892', '400.892', '400.892']);
    expect(then.result.invariant.holds).toBe(true);
    expect(then.day('2026-11-18')).toMatchObject({ quality: 100, reasons: [] });
  });

  it('of two splits that the provider rounds are not known between the two', () => {
    const then = given()
      .snapshot('2026-11-20', { AAPL: '1.1111', USD: '0' })
      .deposit('2026-11-15', '1000')
      .buy('2026-11-15', 'AAPL', '10', '1000')
      .closes('AAPL', { '2026-11-15': '100', '2026-11-17': '300', '2026-11-18': '900' }, [{ day: '2026-11-17', ratio: '1:3' }, { day: '2026-11-18', ratio: '1:3' }])
      .when('2026-11-17', '2026-11-18');
    expect(then.day('2026-11-17')).toMatchObject({ quality: 98, reasons: ['split_assumed'] });
    expect(then.day('2026-11-18')).toMatchObject({ value: '999.99', quality: 100 });
  });
});
