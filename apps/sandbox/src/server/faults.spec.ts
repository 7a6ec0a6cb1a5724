import { describe, expect, it } from '@jest/globals';
import { Faults } from './faults.js';

describe('a fault with a share', () => {
  it('hits so many in a hundred calls, evenly spread, and no more than its times', () => {
    const faults = new Faults();
    faults.add({ provider: 'plaid', operation: '*', kind: 'status', times: 30, share: 30 });
    const hits = Array.from({ length: 200 }, () => faults.take('plaid', [], () => '') !== undefined);
    expect(hits.slice(0, 100).filter(Boolean)).toHaveLength(30);
    for (let at = 0; at < 100; at += 10) expect(hits.slice(at, at + 10).filter(Boolean)).toHaveLength(3);
    expect(hits.slice(100)).not.toContain(true);
    expect(faults.list()).toEqual([]);
  });

  it('without one hits every call', () => {
    const faults = new Faults();
    faults.add({ provider: 'plaid', operation: 'a', kind: 'reset', times: 2 });
    expect([faults.take('plaid', ['b'], () => ''), faults.take('plaid', ['a'], () => '')?.kind, faults.take('plaid', ['a'], () => '')?.kind, faults.take('plaid', ['a'], () => '')]).toEqual([undefined, 'reset', 'reset', undefined]);
  });
});
