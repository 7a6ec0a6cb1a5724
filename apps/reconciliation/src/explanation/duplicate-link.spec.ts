import { describe, expect, it } from '@jest/globals';
import { ACCOUNT, explained, own, proposed } from './explanation.fixture.js';

const of = 'equity:AAPL';

describe('a duplicate link', () => {
  it('may count both links in one: 7 expected, 17 there, and the twin holds 10', () => {
    const given = { basis: { [of]: '7' }, actual: { [of]: '17' }, others: [own(2, { quantities: { [of]: '10' }, duplicateOf: ACCOUNT })], of };
    expect(proposed(given)).toEqual([['duplicate_link', '10', true, 85]]);
    expect(explained(given)[0]?.evidence).toEqual([{ kind: 'account', id: own(2).accountId, text: 'Account 2 holds 10 equity:AAPL' }]);
  });

  it('may show under the other link what this one lost: 10 expected, none there, and the twin holds 10', () => {
    expect(proposed({ basis: { [of]: '10' }, actual: {}, others: [own(2, { quantities: { [of]: '10' } })], duplicateOf: own(2).accountId, of })).toEqual([['duplicate_link', '-10', true, 75]]);
  });

  it('is also one with another duplicate of the same account', () => {
    expect(proposed({ basis: { [of]: '7' }, actual: { [of]: '17' }, others: [own(2, { quantities: { [of]: '10' }, duplicateOf: own(3).accountId })], duplicateOf: own(3).accountId, of })).toEqual([['duplicate_link', '10', true, 85]]);
  });

  it('is none with an account that nobody flagged', () => {
    expect(proposed({ basis: { [of]: '7' }, actual: { [of]: '17' }, others: [own(2, { quantities: { [of]: '10' } })], of })).toEqual([]);
  });
});
