import { describe, expect, it } from '@jest/globals';
import { decimal, sum } from '@tidemark/money';
import { chooseSeed, seededRandom } from '@tidemark/testing';
import { allocate } from './allocate.js';
import type { By } from './allocate.js';
import { account, line, market } from './held.fixture.js';
import { valueHeld } from './total.js';

const values = (by: By, ...given: Parameters<typeof valueHeld>) => allocate(valueHeld(...given), by).slices.map(({ key, value, percent }) => [key, value, percent]);

describe('what a line is worth', () => {
  const value = (...given: Parameters<typeof valueHeld>) => valueHeld(...given).total;

  it('is units × the market\'s close, where that is newer than the price of the snapshot', () => {
    expect(value([account('a', [line('10 equity:AAPL @ 100')])], market({ 'equity:AAPL': '110' }))).toBe('1100');
  });

  it('is units × the snapshot\'s price, where that is newer than the close', () => {
    const close = { day: '2026-11-19', close: '110', currency: 'USD' };
    expect(value([account('a', [line('10 equity:AAPL @ 100')])], market({ 'equity:AAPL': close }))).toBe('1000');
  });

  it('is never a close of another listing, in another currency than the line states; a line that states none takes it as it comes', () => {
    const close = { day: '2026-11-20', close: '90', currency: 'EUR' };
    expect(value([account('a', [line('10 equity:AAPL @ 100', { currency: 'USD' })])], market({ 'equity:AAPL': close }, { EUR: '1.1' }))).toBe('1000');
    expect(value([account('a', [line('10 equity:AAPL @ 100')])], market({ 'equity:AAPL': close }, { EUR: '1.1' }))).toBe('990');
  });

  it('has the multiplier in it once: 2 contracts of 100 at 3.50', () => {
    expect(value([account('a', [line('2 option:AAPL261218C00300000 @ 3.5', { multiplier: '100' })])], market())).toBe('700');
  });

  it('is converted at the rate, and unknown without one', () => {
    const euros = [account('a', [line('1000 currency:EUR')])];
    expect(value(euros, market({}, { EUR: '1.1' }))).toBe('1100');
    const unknown = valueHeld(euros, market());
    expect(unknown).toMatchObject({ total: null, complete: false, reasons: [{ code: 'rate_missing', accountId: 'a', asset: 'currency:EUR' }] });
  });

  it('counts a sweep that is in the cash already in no sum', () => {
    expect(value([account('a', [line('500 currency:USD'), line('500 fund:SPAXX @ 1', { countedAsCash: true })])], market())).toBe('500');
  });

  it('is nothing of an account that holds nothing, and unknown of one without a snapshot', () => {
    expect(valueHeld([account('a', [])], market())).toMatchObject({ total: '0', complete: true });
    expect(valueHeld([account('a', null)], market())).toMatchObject({ total: null, complete: false, reasons: [{ code: 'no_history', accountId: 'a' }] });
  });
});

describe('allocation', () => {
  const portfolio = [
    account('a', [line('50 equity:AAPL @ 10'), line('10 etf:VTI @ 20'), line('100 currency:USD')]),
    account('b', [line('1 crypto:BTC @ 100'), line('4 fund:VFIAX @ 20'), line('1 provider:plaid:x1 @ 20')], { provider: 'snaptrade' }),
  ];

  it.each<[By, unknown]>([
    ['class', [['equity', '500', '50'], ['etf', '200', '20'], ['cash', '100', '10'], ['crypto', '100', '10'], ['fund', '80', '8'], ['other', '20', '2']]],
    ['account', [['a', '800', '80'], ['b', '200', '20']]],
    ['provider', [['plaid', '800', '80'], ['snaptrade', '200', '20']]],
    ['currency', [['USD', '1000', '100']]],
    ['sector', [['unknown', '900', '90'], ['cash', '100', '10']]],
  ])('by %s has its value and its percent', (by, expected) => {
    expect(values(by, portfolio, market())).toEqual(expected);
  });

  it('knows a sector where something knows it', () => {
    const { slices } = allocate(valueHeld(portfolio, market()), 'sector', (asset) => (asset === 'equity:AAPL' ? 'Technology' : null));
    expect(slices.map(({ key, value }) => [key, value])).toEqual([['Technology', '500'], ['unknown', '400'], ['cash', '100']]);
  });

  it('has thirds that sum to exactly 100: 33.34, 33.33, 33.33', () => {
    const thirds = [account('a', [line('1 equity:A @ 1'), line('1 etf:B @ 1'), line('1 fund:C @ 1')])];
    expect(values('class', thirds, market()).map(([, , percent]) => percent)).toEqual(['33.34', '33.33', '33.33']);
  });

  it('has a negative slice for a margin debit, and says that the others are more than the whole', () => {
    const margin = [account('a', [line('15 equity:AAPL @ 10'), line('-50 currency:USD')])];
    expect(values('class', margin, market())).toEqual([['equity', '150', '150'], ['cash', '-50', '-50']]);
    expect(allocate(valueHeld(margin, market()), 'class').reasons).toMatchObject([{ code: 'negative_value', detail: expect.stringContaining('Cash is -50') }]);
  });

  it('has no percents of a total that is not above zero', () => {
    const owed = [account('a', [line('5 equity:AAPL @ 10'), line('-50 currency:USD')])];
    expect(values('class', owed, market())).toEqual([['cash', '-50', null], ['equity', '50', null]]);
    expect(allocate(valueHeld(owed, market()), 'class').reasons).toMatchObject([{ code: 'negative_value' }]);
  });

  it('shows what has no value with null, beside shares of what is known', () => {
    const part = [account('a', [line('10 equity:AAPL @ 10'), line('7 bond:912810TM0')])];
    expect(values('class', part, market())).toEqual([['equity', '100', '100'], ['bond', null, null]]);
    expect(valueHeld(part, market())).toMatchObject({ total: '100', complete: false, reasons: [{ code: 'price_missing', asset: 'bond:912810TM0' }] });
  });

  const seed = chooseSeed();
  it(`sums to the total and to exactly 100 % whatever is held (seed ${seed})`, () => {
    for (let run = 0; run < 200; run += 1) {
      const random = seededRandom(seed).fork(`${run}`);
      const lines = Array.from({ length: random.int(1, 12) }, () => line(`${decimal((random.int(-20, 200) / 7).toFixed(4))} ${random.pick(['equity:A', 'equity:B', 'etf:C', 'crypto:D', 'currency:USD', 'currency:EUR'])} @ ${decimal((random.int(1, 9_999) / 13).toFixed(6))}`));
      const held = valueHeld([account('a', lines.slice(0, 3)), account('b', lines.slice(3))], market({}, { EUR: '1.0837' }));
      for (const by of ['class', 'sector', 'account', 'currency'] as const) {
        const { slices } = allocate(held, by);
        expect({ seed, total: sum(slices.map(({ value }) => value ?? '0')) }).toEqual({ seed, total: held.total });
        const percents = slices.flatMap(({ percent }) => (percent === null ? [] : [percent]));
        if (percents.length > 0) expect({ seed, percents: sum(percents) }).toEqual({ seed, percents: '100' });
      }
    }
  });
});
