import { describe, expect, it } from '@jest/globals';
import { retryDelay } from './backoff.js';
import { isWholeDue, nextSlot, slotOffset } from './schedule.js';

const HOUR = 3_600_000;
const SIX = 6 * HOUR;
const NOW = Date.parse('2026-11-20T12:34:56.789Z');
const ids = Array.from({ length: 600 }, (_, index) => `0190a5b0-0000-7000-8000-${index.toString(16).padStart(12, '0')}`);

describe('reading the whole range', () => {
  const WEEK = 7 * 24 * HOUR;
  it('is due at a time of each connection\'s own, and never twice in half an interval', () => {
    const read = new Date(NOW).toISOString();
    const due = (days: number) => ids.filter((id) => isWholeDue(id, read, WEEK, NOW + days * 24 * HOUR)).length;
    expect([due(3.4), due(10.6)]).toEqual([0, ids.length]);
    expect(due(7)).toBeGreaterThan(ids.length / 3);
    expect(due(7)).toBeLessThan((ids.length * 2) / 3);
  });
});

describe('the schedule', () => {
  it('spreads connections over the whole interval', () => {
    const sixths = Map.groupBy(ids, (id) => Math.floor(slotOffset(id, SIX) / HOUR));
    expect([...sixths.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const part of sixths.values()) expect(part.length).toBeGreaterThan(60);
  });

  it('gives a connection the same slot every interval', () => {
    for (const id of ids) {
      const first = nextSlot(id, SIX, NOW);
      expect(nextSlot(id, SIX, first)).toBe(first + SIX);
      expect(nextSlot(id, SIX, first + 5 * 60_000)).toBe(first + SIX);
    }
  });

  it('lets at least half and at most one and a half intervals go by', () => {
    for (const id of ids) {
      const wait = nextSlot(id, SIX, NOW) - NOW;
      expect(wait).toBeGreaterThanOrEqual(SIX / 2);
      expect(wait).toBeLessThanOrEqual(1.5 * SIX);
    }
  });
});

describe('the wait before another attempt', () => {
  const policy = { baseMs: 30_000, maxMs: 600_000, attempts: 5 };

  it('doubles, half of it by chance', () => {
    expect(retryDelay(policy, 1, null, 0)).toBe(15_000);
    expect(retryDelay(policy, 1, null, 0.999)).toBeLessThan(30_000);
    expect(retryDelay(policy, 3, null, 0)).toBe(60_000);
  });

  it('has a ceiling', () => expect(retryDelay({ ...policy, attempts: 99 }, 40, null, 0.9999)).toBeLessThanOrEqual(600_000));

  it('is never shorter than the provider asks for', () => expect(retryDelay(policy, 1, 120_000, 0)).toBe(120_000));

  it('ends with the last attempt', () => {
    expect(retryDelay(policy, 4, null, 0)).not.toBeNull();
    expect(retryDelay(policy, 5, null, 0)).toBeNull();
  });
});
