import { describe, expect, it } from '@jest/globals';
import type { Tolerance } from '@tidemark/contracts';
import { accountResult } from './status.js';
import { compare } from './compare.js';
import { withStaleness } from './staleness.js';

const held = (quantities: Record<string, string>) => new Map(Object.entries(quantities));
const judged = (expected: Record<string, string>, actual: Record<string, string>, tolerance: Tolerance = {}) => compare(held(expected), held(actual), tolerance);
const outcomes = (...given: Parameters<typeof judged>) => Object.fromEntries(judged(...given).map(({ asset, outcome }) => [asset, outcome]));

describe('comparing what is expected with what is there', () => {
  it('several currencies: each is judged by itself', () => {
    const lines = judged({ 'currency:USD': '100.00', 'currency:EUR': '50', 'currency:JPY': '10000' }, { 'currency:JPY': '10000', 'currency:USD': '100', 'currency:EUR': '45.5' });
    expect(lines.map(({ asset, difference, outcome }) => [asset, difference, outcome])).toEqual([['currency:EUR', '-4.5', 'mismatch'], ['currency:JPY', '0', 'matched'], ['currency:USD', '0', 'matched']]);
  });

  it('missing currency: one that only the provider has, and one that only the books have', () => {
    expect(outcomes({ 'currency:USD': '10' }, { 'currency:EUR': '20' })).toEqual({ 'currency:EUR': 'missing_local', 'currency:USD': 'missing_remote' });
  });

  it('mismatch above the threshold: more than the tolerance apart', () => {
    expect(judged({ 'currency:USD': '100' }, { 'currency:USD': '100.011' }, { absolute: '0.01' })).toEqual([{ asset: 'currency:USD', expected: '100', actual: '100.011', difference: '0.011', allowed: '0.01', outcome: 'mismatch' }]);
  });

  it('mismatch below the threshold: as much as the tolerance apart, or less', () => {
    const tolerance = { absolute: '0.01' };
    expect([outcomes({ 'currency:USD': '100' }, { 'currency:USD': '100.01' }, tolerance), outcomes({ 'currency:USD': '100' }, { 'currency:USD': '99.995' }, tolerance)]).toEqual([{ 'currency:USD': 'within_tolerance' }, { 'currency:USD': 'within_tolerance' }]);
  });

  it('rounding tolerance: a share of what is expected, where that is more', () => {
    const tolerance = { absolute: '0.01', relative: '0.0001' };
    expect(judged({ 'equity:A': '1000' }, { 'equity:A': '1000.1' }, tolerance)[0]).toMatchObject({ allowed: '0.1', outcome: 'within_tolerance' });
    expect(judged({ 'equity:A': '1000' }, { 'equity:A': '1000.100001' }, tolerance)[0]).toMatchObject({ allowed: '0.1', outcome: 'mismatch' });
    expect(judged({ 'equity:A': '-1000' }, { 'equity:A': '-1000.1' }, tolerance)[0]).toMatchObject({ allowed: '0.1', outcome: 'within_tolerance' });
    expect(judged({ 'equity:A': '1' }, { 'equity:A': '1.01' }, tolerance)[0]).toMatchObject({ allowed: '0.01', outcome: 'within_tolerance' });
  });

  it('zero against absent: is matched, either way', () => {
    expect([outcomes({ 'equity:A': '0' }, {}), outcomes({}, { 'equity:A': '0.000' }), outcomes({ 'equity:A': '0' }, { 'equity:A': '-0' })]).toEqual(Array.from({ length: 3 }, () => ({ 'equity:A': 'matched' })));
  });

  it('dust counts as nothing', () => {
    const dust = { classes: { crypto: { dust: '0.00001' } } };
    expect(outcomes({ 'crypto:BTC': '0.00001', 'equity:A': '0.00001' }, {}, dust)).toEqual({ 'crypto:BTC': 'within_tolerance', 'equity:A': 'missing_remote' });
    expect(outcomes({ 'crypto:BTC': '0.00001', 'crypto:ETH': '3' }, { 'crypto:BTC': '0.5', 'crypto:ETH': '0.000009' }, dust)).toEqual({ 'crypto:BTC': 'missing_local', 'crypto:ETH': 'missing_remote' });
    expect(outcomes({ 'crypto:BTC': '0.00001' }, { 'crypto:BTC': '-0.00001' }, dust)).toEqual({ 'crypto:BTC': 'within_tolerance' });
  });

  it('a short position that is long on the other side differs by both', () => {
    expect(judged({ 'equity:A': '-10' }, { 'equity:A': '10' }, { relative: '0.9' })[0]).toMatchObject({ difference: '20', outcome: 'mismatch' });
  });

  it('a signed perpetual is judged as the class other', () => {
    expect(outcomes({ 'provider:dydx:ETH-USD': '-1.5' }, { 'provider:dydx:ETH-USD': '-1.499' }, { classes: { other: { absolute: '0.001' } } })).toEqual({ 'provider:dydx:ETH-USD': 'within_tolerance' });
  });

  it('no discrepancies: no asset on either side, or all agree', () => {
    expect(judged({}, {})).toEqual([]);
    expect(accountResult(judged({ 'currency:USD': '1', 'equity:A': '2' }, { 'equity:A': '2.0', 'currency:USD': '1.00' }))).toBe('matched');
  });

  it('many discrepancies: each asset has its own line, by asset', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`equity:S${index}`, String(index + 1)]));
    const lines = judged(many, Object.fromEntries(Object.keys(many).map((asset) => [asset, '0.5'])));
    expect(lines.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 500 }, () => 'mismatch'));
    expect(lines.map(({ asset }) => asset)).toEqual(Object.keys(many).sort());
  });

  it('is exact where binary fractions are not', () => {
    expect(judged({ 'currency:USD': '0.3' }, { 'currency:USD': '0.30000000000000004' })[0]).toMatchObject({ difference: '0.00000000000000004', outcome: 'mismatch' });
  });
});

describe('data that the provider says is old', () => {
  const lines = judged({ 'equity:A': '10', 'equity:B': '5', 'currency:USD': '1' }, { 'equity:A': '9', 'equity:B': '4', 'currency:USD': '1' });
  const staleness = (providerAsOf: string | null, newestExpectedAt: Parameters<typeof withStaleness>[1]['newestExpectedAt']) => withStaleness(lines, { providerAsOf, newestExpectedAt }).map(({ outcome }) => outcome);

  it('makes what differs stale where what is expected is newer, and leaves what agrees', () => {
    expect(staleness('2026-11-01T21:00:00Z', '2026-11-01T21:00:00.001Z')).toEqual(['matched', 'stale', 'stale']);
  });

  it('is held against the books where it is as new, or where the provider does not say', () => {
    expect(staleness('2026-11-01T21:00:00Z', '2026-11-01T21:00:00.000Z')).toEqual(['matched', 'mismatch', 'mismatch']);
    expect(staleness(null, '2030-01-01T00:00:00Z')).toEqual(['matched', 'mismatch', 'mismatch']);
  });

  it('excuses only the assets that something newer has moved', () => {
    expect(staleness('2026-11-05T21:00:00Z', (asset) => (asset === 'equity:B' ? '2026-11-06T15:00:00Z' : '2026-11-01T21:00:00Z'))).toEqual(['matched', 'mismatch', 'stale']);
  });
});
