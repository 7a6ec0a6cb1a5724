import { describe, expect, it } from '@jest/globals';
import type { AccountMove } from '../expectation/account-move.js';
import { move } from '../expectation/expectation.fixture.js';
import { explained, own, proposed } from './explanation.fixture.js';

const of = 'equity:AAPL';
const sent = (number: number, units: string, given: Partial<AccountMove> = {}) => move(number, { kind: 'asset_transfer', asset: of, units, transfer: true, ...given });

describe('a transfer to or from another own account', () => {
  it('is one that the other account recorded: 30 left there, 30 more than expected are here', () => {
    const given = { basis: { [of]: '7' }, actual: { [of]: '37' }, others: [own(2, { flows: [sent(1, '-30')] })], of };
    expect(proposed(given)).toEqual([['transfer', '30', true, 90]]);
    expect(explained(given)[0]).toMatchObject({ summary: '30 equity:AAPL may have moved from another account of yours: Account 2.', evidence: [{ kind: 'transaction', text: 'Account 2: 2026-11-10 asset transfer of -30 equity:AAPL' }] });
  });

  it('is an opposite difference in the other account: 30 too few here, 30 too many there', () => {
    const given = { basis: { [of]: '37' }, actual: { [of]: '7' }, others: [own(2), own(3, { differences: { [of]: '30' } })], of };
    expect(proposed(given)).toEqual([['transfer', '-30', true, 85]]);
    expect(explained(given)[0]?.evidence).toEqual([{ kind: 'account', id: own(3).accountId, text: 'Account 3 differs by +30 equity:AAPL' }]);
  });

  it('is one to many: 70 left here, 30 came to one account, 25 to another and 15 to a third; not the 40 of a fourth', () => {
    const others = [own(2, { differences: { [of]: '30' } }), own(3, { differences: { [of]: '25' } }), own(4, { flows: [sent(1, '15')] }), own(5, { differences: { [of]: '44' } })];
    const given = { basis: { [of]: '77' }, actual: { [of]: '7' }, others, of };
    expect(proposed(given)).toEqual([['transfer', '-70', true, 55]]);
    expect(explained(given)[0]?.summary).toContain('Account 2, Account 3, Account 4');
  });

  it('is many to one: 30 of the 100 that came to one account left here, 70 left a third', () => {
    const others = [own(2, { differences: { [of]: '100' } }), own(3, { differences: { [of]: '-70' } })];
    const given = { basis: { [of]: '37' }, actual: { [of]: '7' }, others, of };
    expect(proposed(given)).toEqual([['transfer', '-30', true, 60]]);
    expect(explained(given)[0]?.summary).toContain('one part of +100 there');
  });

  it('may lose a fee on its way: 0.5 left there, 0.4995 came', () => {
    const btc = 'crypto:BTC';
    expect(proposed({ actual: { [btc]: '0.4995' }, others: [own(2, { differences: { [btc]: '-0.5' } })], of: btc })).toEqual([['transfer', '0.4995', true, 60]]);
    expect(proposed({ basis: { [btc]: '0.5' }, actual: {}, others: [own(2, { differences: { [btc]: '0.4995' } })], of: btc })).toEqual([['transfer', '-0.4995', false, 35], ['fee', '-0.0005', true, 40]]);
  });

  it('is met to the tolerance of the run', () => {
    expect(proposed({ basis: { [of]: '37' }, actual: { [of]: '7' }, others: [own(2, { differences: { [of]: '29.999' } })], allowed: '0.001', of })).toEqual([['transfer', '-30', true, 85]]);
  });

  it('is not one that this account counts already', () => {
    const others = [own(2, { flows: [sent(1, '-30', { date: '2026-11-09' })] })];
    expect(proposed({ basis: { [of]: '7' }, moves: [sent(3, '30')], actual: { [of]: '67' }, others, of })).toEqual([]);
  });

  it('is not one of long before the basis, nor a smaller difference that has nothing to do with it', () => {
    const others = [own(2, { flows: [sent(1, '-30', { date: '2026-10-20' })], differences: { [of]: '-14' } })];
    expect(proposed({ basis: { [of]: '7' }, actual: { [of]: '37' }, others, of })).toEqual([]);
  });

  it('is not one with the same account, linked twice', () => {
    const twin = own(2, { differences: { [of]: '30' }, duplicateOf: own(1).accountId });
    expect(proposed({ basis: { [of]: '37' }, actual: { [of]: '7' }, others: [twin], of })).toEqual([]);
  });

  it('explains a part where it is at least half', () => {
    expect(proposed({ basis: { [of]: '37' }, actual: { [of]: '7' }, others: [own(2, { flows: [sent(1, '20')] })], of })).toEqual([['transfer', '-20', false, 45]]);
  });
});
