import { describe, expect, it } from '@jest/globals';
import { failed } from './delivery.js';
import type { Delivery, Outcome } from './delivery.js';
import { settle } from './settle.decide.js';

const DAY = 86_400_000;
const START = Date.parse('2026-11-20T10:00:00.000Z');

function delivery(tries: number, attempts = tries): Delivery {
  return { deliveryId: 'd', alertId: 'a', ruleId: 'r', userId: 'ann', kind: 'webhook', target: 'https://example.com/x', host: 'example.com', lane: 'ann example.com', body: '{}', raisedAt: '2026-11-20T10:00:00.000Z', since: '2026-11-20T10:00:00.000Z', attempts, tries };
}

const after = (tries: number, outcome: Outcome, { at = START, random = 0 } = {}) => settle(delivery(tries), outcome, { at, retryForMs: DAY, random });

describe('what an attempt makes of a delivery', () => {
  it('waits double from a second to an hour, each between half of itself and itself', () => {
    const waits = (random: number) => [1, 2, 3, 12, 13, 40].map((tries) => ((after(tries, failed('no'), { random }).nextAttemptAt ?? 0) - START) / 1_000);
    expect(waits(0)).toEqual([0.5, 1, 2, 1_024, 1_800, 1_800]);
    expect(waits(0.999_999_999)).toEqual([1, 2, 4, 2_048, 3_600, 3_600]);
  });

  it('gives a receiver the wait that it names, where that is the longer one, and no longer than it is tried at all', () => {
    const next = (retryAfterMs: number) => (after(3, failed('busy', { retryAfterMs })).nextAttemptAt ?? 0) - START;
    expect([next(120_000), next(10), next(10 * DAY)]).toEqual([120_000, 2_000, DAY]);
  });

  it('tries a last time at the end of 24 hours, and then parks it and says why', () => {
    expect(after(30, failed('it answered 500'), { at: START + DAY - 1 })).toMatchObject({ status: 'retrying', nextAttemptAt: START + DAY });
    expect(after(31, failed('it answered 500'), { at: START + DAY })).toMatchObject({ status: 'parked', nextAttemptAt: null, error: 'given up after 31 attempts; the last: it answered 500' });
  });

  it('parks at once what is refused for good, and remembers no error of what is delivered', () => {
    expect(after(1, { kind: 'refused', reason: 'gone' })).toMatchObject({ status: 'parked', error: 'gone' });
    expect(after(7, { kind: 'delivered' }, { at: START + 5 })).toMatchObject({ status: 'delivered', at: START + 5, nextAttemptAt: null, error: null });
  });

  it('tries again for the whole time where a person asked for it, however often it was tried before', () => {
    expect(settle(delivery(1, 40), failed('no'), { at: START, retryForMs: DAY, random: 0 })).toMatchObject({ status: 'retrying', nextAttemptAt: START + 500 });
  });
});
