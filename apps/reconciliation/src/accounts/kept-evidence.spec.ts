import { describe, expect, it } from '@jest/globals';
import { keptEvidence, readEvidence } from './kept-evidence.js';
import type { OwnEvidence } from './kept-evidence.js';

describe('kept evidence', () => {
  it('is the same when it is read again, its maps included', () => {
    const evidence: OwnEvidence = {
      accountId: 'a', duplicateOf: null, basis: { kind: 'book', id: 'b', at: '2026-11-20T00:00:00.000Z' }, actual: new Map([['equity:AAPL', '1.5'], ['currency:USD', '-3']]), timeZone: 'America/New_York', until: '2026-11-21T00:00:00.000Z', providerAsOf: null,
      state: { quantities: new Map([['equity:AAPL', '1']]), counted: [], ambiguous: [], pending: [], unknown: [], late: [], withdrawn: [] }, sweeps: new Map([['fund:SPAXX', { currency: 'USD', price: '1' }]]),
    };
    expect(readEvidence(keptEvidence(evidence))).toEqual(evidence);
    expect(readEvidence(keptEvidence({ ...evidence, actual: new Map() })).actual).toEqual(new Map());
  });
});
