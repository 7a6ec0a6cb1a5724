import { describe, expect, it } from '@jest/globals';
import { withRandom } from '@tidemark/testing';
import { matchTransfers } from './match-transfers.js';
import { flow } from './scope.fixture.js';

const matched = (...flows: ReturnType<typeof flow>[]) => {
  const found = matchTransfers(flows);
  return flows.map((one) => flows.findIndex((other) => other.id === found.get(one.id)));
};

describe('transfers between own accounts', () => {
  it('are what one account gives and another gets, to the cent, within five days', () => {
    expect(matched(flow('a', '2026-11-02', { amount: '-40.50' }), flow('b', '2026-11-06', { amount: '40.5' }))).toEqual([0, 0]);
    expect(matched(flow('a', '2026-11-02', { amount: '-40.50' }), flow('b', '2026-11-08', { amount: '40.5' }))).toEqual([-1, -1]);
    expect(matched(flow('a', '2026-11-02', { amount: '-40.50' }), flow('b', '2026-11-03', { amount: '40.51' }))).toEqual([-1, -1]);
  });

  it('are not within one account, of another currency, nor of what is no transfer', () => {
    expect(matched(flow('a', '2026-11-02', { amount: '-1' }), flow('a', '2026-11-02', { amount: '1' }))).toEqual([-1, -1]);
    expect(matched(flow('a', '2026-11-02', { amount: '-1' }), flow('b', '2026-11-02', { amount: '1', currency: 'EUR' }))).toEqual([-1, -1]);
    expect(matched(flow('a', '2026-11-02', { amount: '-1' }), flow('b', '2026-11-02', { amount: '1', transfer: false }))).toEqual([-1, -1]);
    expect(matched(flow('a', '2026-11-02', { amount: null }), flow('b', '2026-11-02', { amount: '0' }))).toEqual([-1, -1]);
  });

  it('are of units where an asset moves, whatever each side says it was worth', () => {
    const asset = 'equity:AAPL' as const;
    expect(matched(flow('a', '2026-11-02', { asset, units: '-3', amount: '-600' }), flow('b', '2026-11-03', { asset, units: '3', amount: '612' }))).toEqual([0, 0]);
    expect(matched(flow('a', '2026-11-02', { asset, units: '-3' }), flow('b', '2026-11-03', { asset: 'equity:MSFT', units: '3' }))).toEqual([-1, -1]);
  });

  it('take the nearest day where several would do, and each flow once', () => {
    expect(matched(flow('a', '2026-11-02', { amount: '-10' }), flow('b', '2026-11-05', { amount: '10' }), flow('c', '2026-11-02', { amount: '10' }))).toEqual([0, -1, 0]);
    expect(matched(flow('a', '2026-11-02', { amount: '-10' }), flow('a', '2026-11-02', { amount: '-10' }), flow('b', '2026-11-03', { amount: '10' }), flow('b', '2026-11-04', { amount: '10' }))).toEqual([0, 1, 0, 1]);
  });

  it('follow the provider where both sides carry its id', () => {
    const transactionId = '0190a5b0-0000-7000-8000-000000000001';
    expect(matched(flow('a', '2026-11-02', { amount: '-10', transactionId }), flow('b', '2026-11-05', { amount: '10', transactionId }), flow('c', '2026-11-02', { amount: '10' }))).toEqual([0, 0, -1]);
  });

  it('may arrive in parts, and may leave in parts', () => {
    expect(matched(flow('a', '2026-11-02', { amount: '-100' }), flow('b', '2026-11-03', { amount: '60' }), flow('b', '2026-11-04', { amount: '15' }), flow('b', '2026-11-04', { amount: '25' }))).toEqual([0, 0, 0, 0]);
    expect(matched(flow('a', '2026-11-02', { amount: '-60' }), flow('a', '2026-11-02', { amount: '-40' }), flow('b', '2026-11-03', { amount: '100' }))).toEqual([0, 0, 0]);
    expect(matched(flow('a', '2026-11-02', { amount: '-100' }), flow('b', '2026-11-03', { amount: '60' }), flow('c', '2026-11-03', { amount: '40' }))).toEqual([-1, -1, -1]);
  });

  it('never sum to anything but nothing, whatever the flows', () =>
    withRandom((random) => {
      for (let round = 0; round < 100; round += 1) {
        const flows = Array.from({ length: random.int(2, 14) }, () => flow(random.pick(['a', 'b', 'c']), `2026-11-${String(random.int(10, 19))}`, { amount: String(random.int(-4, 4) * 10) }));
        const groups = new Map<number, number[]>();
        for (const [id, first] of matchTransfers(flows)) groups.set(first, [...(groups.get(first) ?? []), Number(flows.find((one) => one.id === id)?.amount)]);
        for (const amounts of groups.values()) {
          expect(amounts.length).toBeGreaterThan(1);
          expect(amounts.reduce((total, one) => total + one, 0)).toBe(0);
        }
      }
    }));
});
