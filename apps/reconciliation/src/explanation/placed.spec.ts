import { describe, expect, it } from '@jest/globals';
import { basisOf, BASIS_DAY, bought, FETCHED, heldOf, NEW_YORK } from '../expectation/expectation.fixture.js';
import { expectedAgainst } from '../expectation/expected-against.js';
import { placements } from './placed.js';

describe('a transaction that was placed', () => {
  const actual = heldOf({ 'equity:A': '13', 'currency:USD': '70', 'equity:B': '1' });
  const state = expectedAgainst({ basis: basisOf({ 'equity:A': '10', 'currency:USD': '100', 'equity:B': '1' }), moves: [bought(1, 'equity:A', '3', '-30', { date: BASIS_DAY })], timeZone: NEW_YORK, accepted: new Map(), until: FETCHED, actual, tolerance: {} });

  it('is told beside every line that it moved, as nothing of a difference', () => {
    expect(placements({ asset: 'equity:A', outcome: 'matched' }, state)).toEqual([
      { kind: 'late_transaction', quantity: '0', complete: true, confidence: 90, summary: 'Reckoned with a transaction taken to have come after the basis: the date alone does not tell, and only so what it moved agrees.', evidence: [{ kind: 'transaction', id: state.placed[0]?.transactionId, text: '2026-11-02 buy: +3 equity:A' }] },
    ]);
    expect(placements({ asset: 'currency:USD', outcome: 'matched' }, state)[0]?.evidence[0]?.text).toBe('2026-11-02 buy: -30 currency:USD');
  });

  it('is no complete explanation beside a line that differs all the same', () => {
    expect(placements({ asset: 'currency:USD', outcome: 'mismatch' }, state)).toMatchObject([{ quantity: '0', complete: false }]);
  });

  it('is not told beside another', () => {
    expect(placements({ asset: 'equity:B', outcome: 'matched' }, state)).toEqual([]);
  });
});
