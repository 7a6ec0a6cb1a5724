import { describe, expect, it } from '@jest/globals';
import { judgeSymbol } from './accept.decide.js';
import type { FoundBy } from './accept.decide.js';
import { nameSimilarity, sameVariant } from './name-similarity.js';
import { NOTHING_KNOWN } from './plan.decide.js';

const APPLE = { symbol: 'AAPL', kind: 'security', name: 'Apple Inc.', currency: 'USD', cusip: '037833100', isin: 'US0378331005' } as const;
const judge = (known: Partial<typeof NOTHING_KNOWN>, by: FoundBy = 'ticker', profile: Partial<Record<keyof typeof APPLE, string | null>> = {}) => judgeSymbol({ ...APPLE, ...profile } as typeof APPLE, { ...NOTHING_KNOWN, ...known }, by);

describe('a symbol that was found', () => {
  it('is accepted by ticker, more surely the more is the same', () => {
    expect(judge({})).toEqual({ accepted: true, currency: 'USD', confidence: 0.85 });
    expect(judge({ name: 'APPLE INC', currency: 'USD' })).toEqual({ accepted: true, currency: 'USD', confidence: 1 });
    expect(judge({ cusip: '037833100', name: 'What the bank calls it' })).toEqual({ accepted: true, currency: 'USD', confidence: 1 });
  });

  it.each([
    [{ currency: 'CAD' }, {}, 'AAPL is quoted in USD, and the position is in CAD'],
    [{ currency: 'GBP' }, { currency: 'GBp', name: null }, null],
    [{ name: 'Telus Corporation', currency: 'USD' }, {}, 'AAPL is called "Apple Inc." at the source'],
    [{ isin: 'US5949181045' }, {}, 'AAPL has another number at the source'],
    [{}, { currency: null }, 'the source does not say which currency AAPL is quoted in'],
  ])('of %j and %j: %s', (known, profile, reason) => {
    expect(judge(known, 'ticker', profile)).toMatchObject(reason === null ? { accepted: true, currency: 'GBP' } : { accepted: false, reason });
  });

  it('by name only above 0.9, and never a sibling', () => {
    expect(judge({ name: 'Apple Incorporated' }, 'name')).toMatchObject({ accepted: true, confidence: 1 });
    expect(judge({ name: 'Apple Hospitality' }, 'name')).toMatchObject({ accepted: false });
    expect(judge({ name: 'Target Retirement 2045' }, 'name', { name: 'Target Retirement 2040' })).toMatchObject({ accepted: false });
    expect(judge({ name: 'Vanguard 500 Index Investor' }, 'name', { name: 'Vanguard 500 Index Admiral' })).toMatchObject({ accepted: false });
    expect(judge({ name: null }, 'name')).toMatchObject({ accepted: false });
  });

  it('of a coin is the coin, whatever the position is counted in', () => {
    expect(judgeSymbol({ symbol: 'BTCUSD', kind: 'crypto', name: 'Bitcoin USD', currency: 'USD', cusip: null, isin: null }, { ...NOTHING_KNOWN, currency: 'EUR', name: 'BTC' }, 'ticker')).toEqual({ accepted: true, currency: 'USD', confidence: 1 });
  });
});

describe('names', () => {
  it.each([
    ['Apple Inc.', 'APPLE INC COMMON STOCK', 1],
    ['Société Générale S.A.', 'Societe Generale', 1],
    ['AT&T Inc', 'Telus Corporation', 0],
  ])('%s and %s are alike to %d', (a, b, likeness) => {
    expect(nameSimilarity(a, b)).toBe(likeness);
  });
  it('without a word say nothing', () => {
    expect([nameSimilarity('Inc.', 'Corp'), sameVariant('Fund Class A', 'Fund Class B')]).toEqual([0, false]);
  });
});
