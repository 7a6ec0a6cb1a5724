import { describe, expect, it } from '@jest/globals';
import { Explanation } from '@tidemark/contracts';
import { Value } from 'typebox/value';
import { BASIS_DAY, bought, move } from '../expectation/expectation.fixture.js';
import { explained, own, proposed } from './explanation.fixture.js';

const of = 'equity:AAPL';

describe('explanations of a difference', () => {
  it('are none where it agrees, or nothing is known', () => {
    expect(proposed({ basis: { [of]: '10' }, moves: [bought(1, of, '1', '0', { pending: true })], actual: { [of]: '10' }, of })).toEqual([]);
    expect(proposed({ basis: { [of]: '10' }, actual: { [of]: '13' }, of })).toEqual([]);
  });

  it('are one where one leaves nothing, the surest first', () => {
    const moves = [bought(1, of, '3', '0', { pending: true }), bought(2, of, '3', '0', { date: BASIS_DAY })];
    expect(proposed({ basis: { [of]: '10' }, moves, actual: { [of]: '13' }, others: [own(2, { differences: { [of]: '-3' } })], of })).toEqual([['pending_transaction', '3', true, 90]]);
  });

  it('are parts where several make it: 2 pending, and 4 of the day of the basis', () => {
    const moves = [bought(1, of, '2', '0', { pending: true }), bought(2, of, '4', '0', { date: BASIS_DAY })];
    expect(proposed({ basis: { [of]: '10' }, moves, actual: { [of]: '16' }, of })).toEqual([['pending_transaction', '2', false, 40], ['late_transaction', '4', true, 85]]);
  });

  it('use no transaction twice: a pending fee of 5 is not a pending transaction of 5 as well', () => {
    expect(proposed({ basis: { 'currency:USD': '1000' }, moves: [move(1, { kind: 'fee', cash: '-5', pending: true })], actual: { 'currency:USD': '990' }, of: 'currency:USD' })).toEqual([['fee', '-5', false, 45]]);
  });

  it('are as the contract has them, however much there is to tell', () => {
    const long = 'x'.repeat(1_900);
    const moves = Array.from({ length: 30 }, (_, index) => bought(index + 1, of, '1', '-1', { pending: true, description: long }));
    const all = explained({ basis: { [of]: '7' }, moves, actual: { [of]: '57' }, of });
    expect(all.map(({ kind, quantity, complete }) => [kind, quantity, complete])).toEqual([['pending_transaction', '20', false]]);
    for (const one of all) expect([...Value.Errors(Explanation, one)]).toEqual([]);
  });
});
