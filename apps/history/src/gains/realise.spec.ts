import { describe, expect, it } from '@jest/globals';
import { account, id, lines, realised } from './gains.fixture.js';
import type { Row } from './gains.fixture.js';

const A = 'equity:A';
const two: readonly Row[] = [
  ['2025-01-10', 'buy', '10', A, '-1001', { fees: '1', transactionId: id(1) }],
  ['2025-06-10', 'buy', '10', A, '-1501', { fees: '1', transactionId: id(2) }],
  ['2026-02-10', 'sell', '-15', A, '2999', { fees: '1', transactionId: id(3) }],
];

describe('a sale', () => {
  it('first in, first out: given 10 for 1001 and 10 for 1501, when 15 are sold for 2999, then 10 brought 998.33… more, and 5 249.16…', () => {
    expect(lines(account(two, { [A]: '5' }))).toEqual([
      '10 A: 1999.333333333333333333 - 1001 = 998.333333333333333333 2025-01-10 2026-02-10 L',
      '5 A: 999.666666666666666667 - 750.5 = 249.166666666666666667 2025-06-10 2026-02-10 S',
    ]);
  });

  it('average: each unit cost (1001 + 1501) / 20 = 125.1, whenever it was bought', () => {
    expect(lines(account(two, { [A]: '5' }), { method: 'average' })).toEqual([
      '10 A: 1999.333333333333333333 - 1251 = 748.333333333333333333 2025-01-10 2026-02-10 L',
      '5 A: 999.666666666666666667 - 625.5 = 374.166666666666666667 2025-06-10 2026-02-10 S',
    ]);
  });

  it('specific: the lots that are named, and the oldest for the rest', () => {
    const picks = [{ sale: id(3), purchase: id(2), quantity: '10' }];
    expect(lines(account(two, { [A]: '5' }), { method: 'specific', picks })).toEqual([
      '10 A: 1999.333333333333333333 - 1501 = 498.333333333333333333 2025-06-10 2026-02-10 S',
      '5 A: 999.666666666666666667 - 500.5 = 499.166666666666666667 2025-01-10 2026-02-10 L',
    ]);
  });

  it('an average that does not end stays a ratio: three units for 100 sold one by one leave nothing', () => {
    const rows: Row[] = [['2026-01-02', 'buy', '3', A, '-100'], ['2026-01-03', 'sell', '-1', A, '40'], ['2026-01-04', 'sell', '-1', A, '40'], ['2026-01-05', 'buy', '1', A, '-50'], ['2026-01-06', 'sell', '-2', A, '80']];
    const { lines: told, position } = ((books) => ({ lines: books.lines, position: books.position('a', A) }))(realised(account(rows), { method: 'average' }));
    expect(told.map(({ costBasis }) => costBasis)).toEqual(['33.333333333333333333', '33.333333333333333333', '41.666666666666666667', '41.666666666666666667']);
    expect(position.longs).toEqual([]);
  });

  it('on the day of the purchase comes after it, unless their instants say otherwise', () => {
    expect(lines(account([['2026-01-02', 'sell', '-1', A, '12'], ['2026-01-02', 'buy', '1', A, '-10']]))).toEqual(['1 A: 12 - 10 = 2 2026-01-02 2026-01-02 S']);
    expect(lines(account([['2026-01-02', 'sell', '-1', A, '12', { at: '2026-01-02T15:00:00.000Z' }], ['2026-01-02', 'buy', '1', A, '-10', { at: '2026-01-02T16:00:00.000Z' }]]))).toEqual(['-1 A: 12 - 10 = 2 2026-01-02 2026-01-02 S']);
  });

  it('in another currency than the purchase has no gain in either', () => {
    const told = realised(account([['2026-01-02', 'buy', '1', A, '-10'], ['2026-01-03', 'sell', '-1', A, '9', { currency: 'EUR' }]])).lines[0];
    expect(told).toMatchObject({ proceeds: '9', costBasis: null, gain: null, currency: 'EUR', reason: { code: 'cost_basis_missing', detail: 'What it cost is not known: it was bought in USD and sold in EUR.' } });
  });

  it('of which no amount is told has no gain', () => {
    expect(realised(account([['2026-01-02', 'buy', '1', A, '-10'], ['2026-01-03', 'sell', '-1', A, null]])).lines[0]).toMatchObject({ proceeds: null, costBasis: '10', gain: null, reason: { code: 'cash_effect_unknown' } });
  });
});

describe('what was there before', () => {
  it('is sold first, at an unknown cost: 7 held then, 5 bought, 10 sold, 2 left', () => {
    const rows: Row[] = [['2026-01-02', 'buy', '5', A, '-50'], ['2026-03-02', 'sell', '-10', A, '110']];
    expect(lines(account(rows, { [A]: '2' }))).toEqual(['7 A: 77 - ? = ? ? 2026-03-02 ?', '3 A: 33 - 30 = 3 2026-01-02 2026-03-02 S']);
    expect(realised(account(rows, { [A]: '2' })).lines[0]?.reason).toMatchObject({ code: 'cost_basis_missing', accountId: 'a', asset: A, detail: 'What it cost is not known: it was there before the first transaction that is known.' });
  });

  it('makes the average unknown until all of it is gone', () => {
    const rows: Row[] = [['2026-01-02', 'buy', '5', A, '-50'], ['2026-03-02', 'sell', '-12', A, '120'], ['2026-04-02', 'buy', '1', A, '-10'], ['2026-05-02', 'sell', '-1', A, '11']];
    expect(lines(account(rows), { method: 'average' })).toEqual(['7 A: 70 - ? = ? ? 2026-03-02 ?', '5 A: 50 - ? = ? 2026-01-02 2026-03-02 S', '1 A: 11 - 10 = 1 2026-04-02 2026-05-02 S']);
  });

  it('is unknown where no snapshot is: what is sold beyond the purchases has no cost', () => {
    expect(lines(account([['2026-01-02', 'buy', '5', A, '-50'], ['2026-03-02', 'sell', '-10', A, '110']], null))).toEqual(['5 A: 55 - 50 = 5 2026-01-02 2026-03-02 S', '5 A: 55 - ? = ? ? 2026-03-02 ?']);
  });

  it('less than nothing of what was never short is a row that is missing', () => {
    const books = realised(account([['2026-01-02', 'buy', '5', A, '-50']], { [A]: '3' }));
    expect(books.lines).toEqual([]);
    expect(books.reasons).toMatchObject([{ code: 'discrepancy', accountId: 'a', asset: A }]);
  });

  it('is asked of the snapshot on the side of it that explains it', () => {
    const bought: Row[] = [['2026-12-31', 'buy', '5', A, '-50']];
    expect(realised(account(bought, { [A]: '5' })).position('a', A).longs).toMatchObject([{ acquired: '2026-12-31' }]);
    expect(realised(account(bought, {})).position('a', A).longs).toMatchObject([{ acquired: '2026-12-31' }]);
    expect(realised(account([['2027-01-02', 'buy', '5', A, '-50']], {})).reasons).toEqual([]);
  });
});

describe('a short sale', () => {
  it('gains what it brought less what covering it cost, and is short-term', () => {
    expect(lines(account([['2024-01-02', 'sell_short', '-10', A, '999'], ['2026-01-05', 'buy_to_cover', '10', A, '-801']]))).toEqual(['-10 A: 999 - 801 = 198 2024-01-02 2026-01-05 S']);
  });

  it('without a word of its own is seen by the position it leaves', () => {
    expect(lines(account([['2026-01-02', 'buy', '4', A, '-40'], ['2026-01-03', 'sell', '-10', A, '110'], ['2026-01-05', 'buy', '6', A, '-54']]))).toEqual(['4 A: 44 - 40 = 4 2026-01-02 2026-01-03 S', '-6 A: 66 - 54 = 12 2026-01-03 2026-01-05 S']);
  });

  it('that was open before is closed at a gain that is not known', () => {
    expect(lines(account([['2026-01-05', 'buy_to_cover', '10', A, '-801']]))).toEqual(['-10 A: ? - 801 = ? ? 2026-01-05 S']);
  });
});

describe('a reinvestment', () => {
  it('is a purchase at what it spent, whether its income was cash or never was', () => {
    expect(lines(account([['2026-01-02', 'reinvestment', '2', A, '-20'], ['2026-02-02', 'reinvestment', '2', A, '0', { worth: '22', doubts: ['income_implied'] }], ['2026-03-02', 'sell', '-4', A, '50']]))).toEqual(['2 A: 25 - 20 = 5 2026-01-02 2026-03-02 S', '2 A: 25 - 22 = 3 2026-02-02 2026-03-02 S']);
  });

  it('a contribution that buys costs what was contributed', () => {
    expect(lines(account([['2026-01-02', 'contribution', '10', A, '0', { worth: '500' }], ['2026-03-02', 'sell', '-10', A, '510']]))).toEqual(['10 A: 510 - 500 = 10 2026-01-02 2026-03-02 S']);
  });
});

describe('a return of capital', () => {
  it('lowers the cost: 100 paid, 30 back, sold for 100: 30 gained', () => {
    expect(lines(account([['2026-01-02', 'buy', '10', A, '-100'], ['2026-02-02', 'return_of_capital', '0', A, '30'], ['2026-03-02', 'sell', '-10', A, '100']]))).toEqual(['10 A: 100 - 70 = 30 2026-01-02 2026-03-02 S']);
  });

  it('beyond the cost is a gain on no units', () => {
    expect(lines(account([['2026-01-02', 'buy', '10', A, '-100'], ['2026-02-02', 'return_of_capital', '0', A, '130'], ['2026-03-02', 'sell', '-10', A, '7']]))).toEqual(['0 A: 30 - 0 = 30 2026-01-02 2026-02-02 S', '10 A: 7 - 0 = 7 2026-01-02 2026-03-02 S']);
  });
});

describe('what is not in the books', () => {
  it('pending, cancelled and unknown rows, and cash', () => {
    expect(lines(account([['2026-01-02', 'buy', '1', A, '-10'], ['2026-01-03', 'sell', '-1', A, '12', { pending: true }], ['2026-01-04', 'unknown', '-1', A, '12'], ['2026-01-04', 'cancel', '-1', A, '12'], ['2026-01-05', 'sell', '-5', 'currency:EUR', '6']], { [A]: '1' }))).toEqual([]);
  });

  it('units that are not told are noted', () => {
    expect(realised(account([['2026-01-02', 'buy', null, A, '-10']])).reasons).toMatchObject([{ code: 'units_effect_unknown', asset: A }]);
  });
});

describe('lots that are asked for and cannot be', () => {
  const asked = (sale: number, purchase: number, quantity: string) => realised(account(two, { [A]: '5' }), { method: 'specific', picks: [{ sale: id(sale), purchase: id(purchase), quantity }] }).refusals.join();

  it('say why', () => {
    expect(asked(3, 2, '10')).toBe('');
    expect(asked(3, 2, '11')).toBe(`${id(3)} cannot be taken from ${id(2)}: on 2026-02-10 there are no 11 of it left in that account`);
    expect(asked(3, 7, '1')).toContain(`cannot be taken from ${id(7)}`);
    expect(asked(1, 2, '1')).toBe(`${id(1)} is no sale: it is a buy`);
    expect(asked(8, 2, '1')).toBe(`${id(8)} is no transaction in an asset of these accounts`);
  });
});
