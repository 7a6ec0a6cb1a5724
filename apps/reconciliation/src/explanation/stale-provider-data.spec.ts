import { describe, expect, it } from '@jest/globals';
import { explain } from './explain.js';
import { bought } from '../expectation/expectation.fixture.js';
import { evidenceOf, linesOf, proposed } from './explanation.fixture.js';
import type { Given } from './explanation.fixture.js';

const of = 'equity:AAPL';
const sold = bought(1, of, '-4', '40', { date: '2026-11-10' });

describe('data of the provider that is old', () => {
  it('cannot show a transaction of after it: 10 stated, 4 sold on the 10th, data of the 9th shows 10', () => {
    expect(proposed({ basis: { [of]: '10' }, moves: [sold], actual: { [of]: '10' }, providerAsOf: '2026-11-09T21:00:00.000Z', of })).toEqual([['stale_provider_data', '4', true, 93]]);
  });

  it('shows one of before it', () => {
    expect(proposed({ basis: { [of]: '10' }, moves: [sold], actual: { [of]: '10' }, providerAsOf: '2026-11-12T21:00:00.000Z', of })).toEqual([]);
  });

  it('may be all there is to a stale line where no transaction fits', () => {
    const given: Given = { basis: { [of]: '10' }, actual: { [of]: '7' }, providerAsOf: '2026-11-01T21:00:00.000Z', of };
    const line = { ...(linesOf(given).lines[0] as ReturnType<typeof linesOf>['lines'][number]), outcome: 'stale' as const };
    expect(explain(line, evidenceOf(given)).map(({ kind, quantity, complete, confidence }) => [kind, quantity, complete, confidence])).toEqual([['stale_provider_data', '-3', true, 60]]);
  });

  it('is no explanation where the provider does not say how old it is', () => {
    expect(proposed({ basis: { [of]: '10' }, moves: [sold], actual: { [of]: '10' }, of })).toEqual([]);
  });
});
