import { describe, expect, it } from '@jest/globals';
import { parseCoverage } from './coverage.js';
import { readCoverage } from './read-coverage.js';

const offer = { institutionId: 'ins_1', trading: false, reason: 'a reason that says why' };
const bank = { id: 'first-bank', name: 'First Bank', aliases: ['1st Bank'], type: 'bank', popular: false, preferredProvider: 'plaid', fallbackProvider: null, providers: { plaid: offer } };
const document = (...institutions: object[]) => ({ version: 1, institutions });

describe('the coverage map', () => {
  it('ships whole and consistent, with the institutions that people ask for', () => {
    const coverage = readCoverage();
    const names = ['Charles Schwab', 'Fidelity', 'Interactive Brokers', 'E*TRADE', 'Vanguard', 'Bank of America', 'Chase', 'Wells Fargo', 'Empower'];
    expect(names.filter((name) => coverage.find(name) === null)).toEqual([]);
    expect(coverage.entries.some((entry) => entry.type === 'retirement')).toBe(true);
  });

  it.each([
    ['charles schwab', 'charles-schwab'], ['SCHWAB', 'charles-schwab'], ['E-trade', 'etrade'], ['e*trade', 'etrade'], ['J.P. Morgan Chase', 'chase'],
    ['jpmorgan-chase', 'chase'], ['BofA', 'bank-of-america'], ['ibkr', 'interactive-brokers'], ['U.S. Bank', 'us-bank'], ['empower 401(k)', 'empower'],
  ])('finds %s without case, punctuation and by aliases', (name, id) => {
    expect(readCoverage().find(name)?.id).toBe(id);
  });

  it('finds an institution by its id at a provider, and nothing for a stranger', () => {
    expect(readCoverage().findOffer('plaid', 'ins_56')?.id).toBe('chase');
    expect(readCoverage().findOffer('snaptrade', 'ins_56')).toBeNull();
    expect(readCoverage().find('Bank of Nowhere')).toBeNull();
    expect(readCoverage().find('***')).toBeNull();
  });

  it.each([
    ['a missing field', document({ ...bank, name: undefined }), /first-bank: .*name/],
    ['an unknown field', document({ ...bank, colour: 'red' }), /first-bank: /],
    ['a provider that is not described', document({ ...bank, preferredProvider: 'snaptrade' }), /first-bank: routes to snaptrade, which is not among its providers/],
    ['trading where the provider cannot', document({ ...bank, providers: { plaid: { ...offer, trading: true } } }), /first-bank: allows trading through plaid, which cannot trade/],
    ['a fallback equal to the preferred', document({ ...bank, fallbackProvider: 'plaid' }), /first-bank: the fallback is the preferred provider again/],
    ['an unknown provider', document({ ...bank, preferredProvider: 'mx', providers: { mx: offer } }), /first-bank: names the unknown provider mx/],
    ['a provider that is never used', document({ ...bank, providers: { plaid: offer, snaptrade: offer } }), /first-bank: snaptrade is neither preferred nor fallback/],
    ['a further provider that is the preferred one', document({ ...bank, furtherProviders: ['plaid'] }), /first-bank: the further provider plaid is routed to already/],
    ['a name that two share', document(bank, { ...bank, id: 'other', name: 'Other', aliases: ['FIRST-BANK'], providers: { plaid: { ...offer, institutionId: 'ins_2' } } }), /other: the name or id "firstbank" belongs to first-bank already/],
    ['a provider id that two share', document(bank, { ...bank, id: 'other', name: 'Other', aliases: [] }), /other: the name or id "plaid:ins_1" belongs to first-bank already/],
    ['an id that stands there twice', document(bank, { ...bank }), /first-bank: stands there twice/],
    ['no institution at all', document(), /institutions/],
    ['another version', { version: 2, institutions: [bank] }, /version/],
  ])('refuses %s and names the entry', (_what, wrong, message) => {
    expect(() => parseCoverage(JSON.parse(JSON.stringify(wrong)))).toThrow(message);
  });
});
