/** What is done where history is missing: nothing is guessed, nothing is drawn as if it were known. */
import { describe, expect, it } from '@jest/globals';
import { given } from './account.fixture.js';

const week = { '2026-11-16': '100', '2026-11-17': '100', '2026-11-18': '100', '2026-11-19': '100', '2026-11-20': '100' };

describe('a long position that would become negative', () => {
  /** Ten were bought on the 18th and five are left: nobody says where the other five went. */
  const short = () => given().snapshot('2026-11-20', { AAPL: '5', USD: '500' }).buy('2026-11-18', 'AAPL', '10', '1000').closes('AAPL', week).when('2026-11-16', '2026-11-20');

  it('is drawn no further back: neither as nothing, nor below it, nor as if the units had been there', () => {
    const then = short();
    expect(then.day('2026-11-18')).toMatchObject({ value: '1000', securities: 1, complete: true });
    expect(then.day('2026-11-17')).toMatchObject({ value: '1500', cash: '1500', securities: 0, complete: false });
    expect(then.day('2026-11-17').quality).toBeLessThan(50);
    expect(then.day('2026-11-17').reasons).toContain('opening_adjustment');
  });

  it('is an opening adjustment of its size, with which the replay forward gives the snapshot', () => {
    const then = short();
    expect(then.result.adjustments).toMatchObject([{ asset: 'equity:AAPL', quantity: '-5' }]);
    expect(then.result.invariant).toEqual({ holds: true, differences: [] });
  });

  it('with nothing else in the account leaves no value at all, not zero', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '5' }).trade('asset_transfer', '2026-11-18', 'AAPL', '10', '0').closes('AAPL', week).when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual([null, '500']);
  });

  it('is none where the account says that it is short', () => {
    const then = given().snapshot('2026-11-20', { USD: '1100' }).trade('sell_short', '2026-11-17', 'AAPL', '-10', '1100').trade('buy_to_cover', '2026-11-19', 'AAPL', '10', '-1000').deposit('2026-11-16', '1000').closes('AAPL', week).when('2026-11-16', '2026-11-20');
    expect(then.values()).toEqual(['1000', '1100', '1100', '1100', '1100']);
    expect(then.day('2026-11-17')).toMatchObject({ cash: '2100', securities: 1, quality: 100, basis: '-1100' });
    expect(then.result.adjustments).toEqual([]);
  });

  it('is none where a snapshot states it short', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '-5', USD: '600' }).sell('2026-11-18', 'AAPL', '5', '500').closes('AAPL', week).when('2026-11-17', '2026-11-20');
    expect(then.values()).toEqual(['100', '100', '100', '100']);
  });

  it('is none of a balance in which trades on margin are settled: it is owed', () => {
    const settled = { asset: 'crypto:USDC', units: '-1500', provider: 'dydx', providerType: 'SETTLEMENT' };
    const account = (row: object) => given().snapshot('2026-11-20', { 'crypto:USDC': '100' }).row('adjustment', '2026-11-17', row).row('adjustment', '2026-11-19', { ...settled, units: '600' }).row('asset_transfer', '2026-11-16', { asset: 'crypto:USDC', units: '1000' }).closes('crypto:USDC', { '2026-11-16': '1' }).when('2026-11-16', '2026-11-20');
    const then = account(settled);
    expect(then.values()).toEqual(['1000', '-500', '-500', '100', '100']);
    expect(then.result.adjustments).toEqual([]);
    const missing = given().snapshot('2026-11-20', { 'crypto:USDC': '100' }).row('adjustment', '2026-11-19', { ...settled, provider: 'snaptrade', units: '600' }).closes('crypto:USDC', { '2026-11-16': '1' }).when('2026-11-16', '2026-11-20');
    expect(missing.result.adjustments).toMatchObject([{ asset: 'crypto:USDC', quantity: '-500' }]);
  });

  it('is a short sale that no word calls so, where a sale opened it out of nothing and everything else comes out as nothing', () => {
    const then = given().snapshot('2026-11-20', { USD: '1050' }).deposit('2026-11-16', '1000').sell('2026-11-17', 'AAPL', '1', '150').buy('2026-11-19', 'AAPL', '1', '100').closes('AAPL', week).when('2026-11-16', '2026-11-20');
    expect(then.values()).toEqual(['1000', '1050', '1050', '1050', '1050']);
    expect(then.result.adjustments).toEqual([]);
  });
});

describe('a transaction of unknown type', () => {
  it('is left out, listed, and lowers every day before it', () => {
    const then = given().snapshot('2026-11-20', { USD: '500' }).row('unknown', '2026-11-18', { transactionId: 'odd', cash: '77', units: null, doubts: ['type_unknown'] }).when('2026-11-16', '2026-11-20');
    expect(then.values()).toEqual(['500', '500', '500', '500', '500']);
    expect(then.result.unknown).toEqual(['odd']);
    expect(then.day('2026-11-17')).toMatchObject({ quality: 50, reasons: ['opening_unverified', 'unknown_transaction'] });
    expect(then.day('2026-11-18')).toMatchObject({ quality: 95, reasons: ['opening_unverified'] });
  });

  it('between two snapshots lowers the days between them, and no others', () => {
    const then = given().snapshot('2026-11-16', { USD: '500' }).snapshot('2026-11-20', { USD: '500' }).row('unknown', '2026-11-18', { cash: '77' }).when('2026-11-16', '2026-11-20');
    expect(then.result.days.map(({ quality }) => quality)).toEqual([100, 50, 50, 50, 100]);
  });
});

describe('a transaction of which something is unknown', () => {
  it('moves what is known of it; of the cash nothing is guessed', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '10', USD: '500' }).trade('buy', '2026-11-18', 'AAPL', '4', null, { transactionId: 'b', doubts: ['cash_unknown'] }).closes('AAPL', week).when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual(['1100', '1500']);
    expect(then.day('2026-11-17').reasons).toContain('cash_effect_unknown');
    expect(then.result.unknown).toEqual(['b']);
  });

  it('of the units nothing is guessed either', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '10', USD: '500' }).trade('merger', '2026-11-18', 'AAPL', null, '50').closes('AAPL', week).when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual(['1450', '1500']);
    expect(then.day('2026-11-17').reasons).toContain('units_effect_unknown');
  });

  it('in no currency moves no cash', () => {
    const then = given().snapshot('2026-11-20', { USD: '500' }).row('dividend', '2026-11-18', { cash: '5', currency: null }).when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual(['500', '500']);
    expect(then.day('2026-11-17').reasons).toContain('cash_effect_unknown');
  });

  it('that reinvests an income nobody reported leaves the days before in doubt, in which it may have been cash', () => {
    const then = given().snapshot('2026-11-20', { AAPL: '10', USD: '0' }).deposit('2026-11-02', '990').buy('2026-11-02', 'AAPL', '9.9', '990').trade('reinvestment', '2026-11-18', 'AAPL', '0.1', '0', { doubts: ['income_implied'], worth: '10' }).closes('AAPL', { '2026-11-02': '100', '2026-11-09': '100', '2026-11-16': '100' }).when('2026-11-09', '2026-11-18');
    expect(then.day('2026-11-17')).toMatchObject({ quality: 50, value: '990' });
    expect(then.day('2026-11-17').reasons).toContain('cash_effect_unknown');
    expect(then.day('2026-11-10').reasons).not.toContain('cash_effect_unknown');
  });
});

describe('a pending transaction', () => {
  it('is in no snapshot and is left out until it is booked', () => {
    const then = given().snapshot('2026-11-18', { USD: '500' }).row('spending', '2026-11-18', { cash: '-20', pending: true, external: true }).when('2026-11-17', '2026-11-19');
    expect(then.values()).toEqual(['500', '500', '500']);
    expect(then.day('2026-11-19').reasons).toContain('pending_transaction');
    expect(then.day('2026-11-17').reasons).not.toContain('pending_transaction');
    expect(then.result).toMatchObject({ flows: [], unknown: [] });
  });
});

describe('days before the provider’s transactions are whole', () => {
  it('are drawn from what is known, and say so', () => {
    const then = given().whole('2026-11-18').snapshot('2026-11-20', { USD: '500' }).deposit('2026-11-19', '100').when('2026-11-16', '2026-11-20');
    expect(then.values()).toEqual(['400', '400', '400', '500', '500']);
    expect(then.day('2026-11-17')).toMatchObject({ quality: 50, reasons: ['history_cut', 'opening_unverified'] });
    expect(then.day('2026-11-18')).toMatchObject({ quality: 95 });
  });

  it('are not sure between two snapshots that agree, either: a purchase and its payment may both be missing', () => {
    const then = given().whole('2026-11-19').snapshot('2026-11-16', { USD: '0' }).snapshot('2026-11-18', { USD: '0' }).snapshot('2026-11-20', { USD: '0' }).when('2026-11-16', '2026-11-20');
    expect(then.result.days.map(({ quality }) => quality)).toEqual([90, 50, 90, 100, 100]);
    expect(then.day('2026-11-17').reasons).toEqual(['history_cut']);
  });

  it('are not sure even where everything comes out as nothing: something may have come and gone', () => {
    const then = given().whole('2026-11-18').snapshot('2026-11-20', { USD: '100' }).deposit('2026-11-19', '100').when('2026-11-16', '2026-11-20');
    expect(then.result.days.map(({ quality }) => quality)).toEqual([50, 50, 100, 100, 100]);
  });

  it('are not sure where the first snapshot alone says that something was never held, and what followed does not fit to that', () => {
    const before = (cash: string) => given().snapshot('2026-11-17', {}).snapshot('2026-11-20', { USD: cash }).row('fee', '2026-11-18', { cash: '-10' }).when('2026-11-15', '2026-11-19').day('2026-11-16');
    expect(before('-10')).toMatchObject({ value: '0', quality: 100 });
    expect(before('400')).toMatchObject({ value: '0', quality: 95, reasons: ['opening_unverified'] });
  });

  it('are none of an account whose transactions nobody tells: it has no past', () => {
    const then = given().whole(null).snapshot('2026-11-18', { AAPL: '1' }).closes('AAPL', week).when('2026-11-10', '2026-11-19');
    expect(then.result.days.map(({ origin }) => origin)).toEqual(['captured', 'carried']);
  });
});

describe('a correction', () => {
  it('backdated, moves the days from its date back to the beginning and none after it', () => {
    const rows = (fee: string) => given().snapshot('2026-11-20', { USD: '500' }).deposit('2026-11-16', '510').row('fee', '2026-11-18', { cash: fee }).when('2026-11-15', '2026-11-20').values();
    expect([rows('-10'), rows('-12')]).toEqual([['0', '510', '510', '500', '500', '500'], ['2', '512', '512', '500', '500', '500']]);
  });

  it('between two snapshots moves only the days from it to the next', () => {
    const rows = (fee: string) => given().snapshot('2026-11-16', { USD: '510' }).snapshot('2026-11-20', { USD: '500' }).row('fee', '2026-11-18', { cash: fee }).when('2026-11-15', '2026-11-20').values();
    expect([rows('-10'), rows('-12')]).toEqual([['510', '510', '510', '500', '500', '500'], ['510', '510', '510', '498', '498', '500']]);
  });
});
