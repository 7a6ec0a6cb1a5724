import { describe, expect, it } from '@jest/globals';
import { account, id, lines, realised } from './gains.fixture.js';
import type { Row } from './gains.fixture.js';

const [A, B] = ['equity:A', 'equity:B'];
const bought: Row = ['2025-01-10', 'buy', '10', A, '-1000'];

describe('a split', () => {
  it('gives more units for the same money: 10 for 1000, 4 for 1, sold at 30', () => {
    expect(lines(account([bought, ['2025-06-02', 'split', '30', A, '0'], ['2026-02-02', 'sell', '-40', A, '1200']]))).toEqual(['40 A: 1200 - 1000 = 200 2025-01-10 2026-02-02 L']);
  });

  it('in reverse leaves a third of a unit, exactly: 10 into 3.333…, of which 3 are sold and the rest paid out', () => {
    const told = lines(account([bought, ['2025-06-02', 'sell', '-3', A, '1000']], null), { splitsOf: () => [{ day: '2025-06-02', numerator: '1', denominator: '3' }] });
    expect(told).toEqual(['3 A: 1000 - 900 = 100 2025-01-10 2025-06-02 S']);
  });

  it('reported twice, and by the issuer, is one', () => {
    const rows: Row[] = [bought, ['2025-06-02', 'split', '10', A, '0'], ['2025-06-03', 'split', '10', A, '0'], ['2026-02-02', 'sell', '-20', A, '1200']];
    expect(lines(account(rows), { splitsOf: () => [{ day: '2025-06-02', numerator: '2', denominator: '1' }] })).toEqual(['20 A: 1200 - 1000 = 200 2025-01-10 2026-02-02 L']);
  });

  it('in two rows, the old out and the new in, is one', () => {
    expect(lines(account([bought, ['2025-06-02', 'split', '-10', A, '0'], ['2025-06-02', 'split', '1', A, '0'], ['2025-07-02', 'sell', '-1', A, '1100']]))).toEqual(['1 A: 1100 - 1000 = 100 2025-01-10 2025-07-02 S']);
  });

  it('that only the issuer tells is assumed, and said to be', () => {
    const books = realised(account([bought, ['2026-02-02', 'sell', '-20', A, '1200']]), { splitsOf: () => [{ day: '2025-06-02', numerator: '2', denominator: '1' }] });
    expect(books.lines).toMatchObject([{ quantity: '20', costBasis: '1000', gain: '200' }]);
    expect(books.reasons).toMatchObject([{ code: 'split_assumed', asset: A, from: '2025-06-02' }]);
  });

  it('pays cash for fractions out of the cost', () => {
    expect(lines(account([bought, ['2025-06-02', 'split', '-7', A, '33'], ['2025-07-02', 'sell', '-3', A, '1100']]))).toEqual(['3 A: 1100 - 967 = 133 2025-01-10 2025-07-02 S']);
  });

  it('a purchase on its day is of the new units', () => {
    expect(lines(account([bought, ['2025-06-02', 'buy', '1', A, '-60'], ['2025-06-02', 'split', '10', A, '0'], ['2025-07-02', 'sell', '-21', A, '2100']]))).toEqual(['20 A: 2000 - 1000 = 1000 2025-01-10 2025-07-02 S', '1 A: 100 - 60 = 40 2025-06-02 2025-07-02 S']);
  });
});

describe('a stock dividend', () => {
  it('spreads the cost over more units: 10 for 1000 and 1 for nothing', () => {
    expect(lines(account([bought, ['2025-06-02', 'stock_dividend', '1', A, '0'], ['2025-07-02', 'sell', '-11', A, '1100']]))).toEqual(['11 A: 1100 - 1000 = 100 2025-01-10 2025-07-02 S']);
  });
});

describe('a transfer', () => {
  const out: Row = ['2025-06-02', 'asset_transfer', '-4', A, '0'];
  const come: Row = ['2025-06-05', 'asset_transfer', '4', A, '0'];
  const sold: Row = ['2026-02-02', 'sell', '-4', A, '500'];

  it('from outside brings no cost with it', () => {
    const books = realised(account([come, sold]));
    expect(books.lines).toMatchObject([{ quantity: '4', proceeds: '500', costBasis: null, gain: null, acquired: null, longTerm: null, reason: { code: 'cost_basis_missing', detail: 'What it cost is not known: it came in by asset transfer on 2025-06-05, which does not tell it.' } }]);
    expect(books.reasons).toMatchObject([{ code: 'cost_basis_missing', asset: A, from: '2025-06-05' }]);
  });

  it('to outside is no sale', () => {
    expect(lines(account([bought, out], { [A]: '6' }))).toEqual([]);
  });

  it('between own accounts keeps cost and date', () => {
    expect(lines([account([bought, out], { [A]: '6' }, 'a'), account([come, sold], {}, 'b')])).toEqual(['4 A: 500 - 400 = 100 2025-01-10 2026-02-02 L']);
    expect(lines([account([come, sold], {}, 'b'), account([bought, ['2025-06-09', 'asset_transfer', '-4', A, '0']], { [A]: '6' }, 'a')])).toEqual(['4 A: 500 - 400 = 100 2025-01-10 2026-02-02 L']);
  });

  it('of other units, or weeks apart, is not one between own accounts', () => {
    expect(lines([account([bought, ['2025-06-02', 'asset_transfer', '-5', A, '0']], { [A]: '5' }, 'a'), account([come, sold], {}, 'b')])).toEqual(['4 A: 500 - ? = ? ? 2026-02-02 ?']);
    expect(lines([account([bought, ['2025-07-02', 'asset_transfer', '-4', A, '0']], { [A]: '6' }, 'a'), account([come, sold], {}, 'b')])).toEqual(['4 A: 500 - ? = ? ? 2026-02-02 ?']);
  });

  it('an adjustment brings none either', () => {
    expect(lines(account([['2025-06-05', 'adjustment', '4', A, '0'], sold]))).toEqual(['4 A: 500 - ? = ? ? 2026-02-02 ?']);
  });
});

describe('a merger', () => {
  const gone: Row = ['2025-06-02', 'merger', '-10', A, '0'];
  const come: Row = ['2025-06-03', 'merger', '5', B, '0'];

  it('of shares for shares keeps cost and date: 10 for 1000 become 5', () => {
    expect(lines(account([bought, gone, come, ['2026-02-02', 'sell', '-5', B, '1300']]))).toEqual(['5 B: 1300 - 1000 = 300 2025-01-10 2026-02-02 L']);
  });

  it('for cash is a sale', () => {
    expect(lines(account([bought, ['2025-06-02', 'merger', '-10', A, '1200']]))).toEqual(['10 A: 1200 - 1000 = 200 2025-01-10 2025-06-02 S']);
    expect(lines(account([bought, gone, ['2025-06-02', 'merger', '0', A, '1200']]))).toEqual(['10 A: 1200 - 1000 = 200 2025-01-10 2025-06-02 S']);
  });

  it('for shares and cash has no gain: which part of the cost goes where is not told', () => {
    expect(lines(account([bought, ['2025-06-02', 'merger', '-10', A, '300'], come, ['2026-02-02', 'sell', '-5', B, '1300']]))).toEqual(['10 A: ? - 1000 = ? 2025-01-10 2025-06-02 S', '5 B: 1300 - ? = ? ? 2026-02-02 ?']);
  });
});

describe('a spin-off', () => {
  const rows: Row[] = [bought, ['2025-06-02', 'spin_off', '2', B, '0', { transactionId: id(5) }], ['2026-02-02', 'sell', '-2', B, '300'], ['2026-02-02', 'sell', '-10', A, '1300']];

  it('has no cost that is known, and what it came from has too much', () => {
    const books = realised(account(rows));
    expect(books.lines.map(({ asset, gain }) => [asset, gain])).toEqual([[B, null], [A, '300']]);
    expect(books.reasons.map(({ detail }) => detail)).toContain('Part of what the company that spun off equity:B had cost belongs to it; which part is not known, so gains of that company are too low.');
  });

  it('takes its part of the cost, and the date, where the part is given: a fifth of 1000', () => {
    expect(lines(account(rows), { allocations: new Map([[id(5), { from: A, share: '0.2' }]]) }).sort()).toEqual(['10 A: 1300 - 800 = 500 2025-01-10 2026-02-02 L', '2 B: 300 - 200 = 100 2025-01-10 2026-02-02 L']);
  });
});

describe('an option', () => {
  const call = 'option:A260116C00100000';
  const put = 'option:A260116P00100000';

  it('that expires loses what it had cost, or gains what it had brought', () => {
    expect(lines(account([['2025-10-01', 'buy', '2', call, '-501'], ['2026-01-16', 'option_expiration', '-2', call, '0']]))).toEqual(['2 A260116C00100000: 0 - 501 = -501 2025-10-01 2026-01-16 S']);
    expect(lines(account([['2025-10-01', 'sell_short', '-2', call, '499'], ['2026-01-16', 'option_expiration', '2', call, '0']]))).toEqual(['-2 A260116C00100000: 499 - 0 = 499 2025-10-01 2026-01-16 S']);
  });

  it('long call that is exercised: 500 of premium and 10000 for 100 shares cost 10500', () => {
    expect(lines(account([['2025-10-01', 'buy', '1', call, '-500'], ['2026-01-16', 'option_exercise', '-1', call, '0'], ['2026-01-16', 'buy', '100', A, '-10000'], ['2026-02-02', 'sell', '-100', A, '11000']]))).toEqual(['100 A: 11000 - 10500 = 500 2026-01-16 2026-02-02 S']);
  });

  it('written put that is assigned: 300 received make the shares cheaper', () => {
    expect(lines(account([['2025-10-01', 'sell_short', '-1', put, '300'], ['2026-01-16', 'option_assignment', '1', put, '0'], ['2026-01-17', 'option_assignment', '100', A, '-10000'], ['2026-02-02', 'sell', '-100', A, '11000']]))).toEqual(['100 A: 11000 - 9700 = 1300 2026-01-17 2026-02-02 S']);
  });

  it('written call that is assigned: 300 received are part of what the shares brought; Plaid counts 100 for a contract', () => {
    const rows: Row[] = [['2025-01-10', 'buy', '100', A, '-9000'], ['2025-10-01', 'sell_short', '-100', call, '300'], ['2026-01-16', 'option_assignment', '100', call, '0'], ['2026-01-16', 'sell', '-100', A, '10000']];
    expect(lines(account(rows.map(([date, kind, units, asset, cash]): Row => [date, kind, units, asset, cash, { provider: 'plaid' }])))).toEqual(['100 A: 10300 - 9000 = 1300 2025-01-10 2026-01-16 L']);
  });

  it('used for shares that no row shows has no gain; settled in cash it has one', () => {
    expect(lines(account([['2025-10-01', 'buy', '1', call, '-500'], ['2026-01-16', 'option_exercise', '-1', call, '0']]))).toEqual(['1 A260116C00100000: ? - 500 = ? 2025-10-01 2026-01-16 S']);
    expect(lines(account([['2025-10-01', 'buy', '1', call, '-500'], ['2026-01-16', 'option_exercise', '-1', call, '720']]))).toEqual(['1 A260116C00100000: 720 - 500 = 220 2025-10-01 2026-01-16 S']);
  });
});
