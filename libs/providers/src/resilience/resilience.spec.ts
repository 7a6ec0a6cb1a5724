import { describe, expect, it } from '@jest/globals';
import { backoff } from './backoff.js';
import { retryAfterMs } from './retry-after.js';
import { TokenBucket } from './token-bucket.js';

const NOW = Date.parse('2026-11-20T21:05:00Z');

describe('Retry-After', () => {
  it.each([
    [{ 'retry-after': '1' }, 1_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Fri, 20 Nov 2026 21:05:07 GMT' }, 7_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 21:04:00 GMT' }, 0],
    [{ 'x-ratelimit-reset': '12' }, 12_000],
    [{ 'x-ratelimit-reset': String(NOW / 1000 + 9) }, 9_000],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('%j is %s ms', (headers, expected) => expect(retryAfterMs(headers as Record<string, string>, NOW)).toBe(expected));
});

describe('backoff', () => {
  it('doubles between half and the whole of each step, to a limit', () => {
    for (const random of [0, 0.5, 0.999]) {
      const waits = backoff(() => random);
      const steps = Array.from({ length: 7 }, () => waits.next(null));
      [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000].forEach((full, step) => {
        expect(steps[step]).toBeGreaterThanOrEqual(full / 2);
        expect(steps[step]).toBeLessThanOrEqual(full);
      });
    }
  });

  it('waits what the provider asks, and only a little longer', () => {
    expect(backoff(() => 0).next(1_000)).toBe(1_000);
    expect(backoff(() => 0.999).next(1_000)).toBeLessThanOrEqual(1_250);
  });
});

describe('the token bucket', () => {
  it.each([1, 7, 60, 250])('never lets more than %i through in any minute', (limit) => {
    let now = 0;
    const bucket = new TokenBucket(limit, { now: () => now });
    const used: number[] = [];
    for (let call = 0; call < limit * 4; call += 1) {
      const wait = bucket.take(Number.MAX_SAFE_INTEGER) ?? 0;
      now += wait;
      used.push(now);
    }
    for (const [index, at] of used.entries()) {
      const within = used.filter((other, position) => position >= index && other < at + 60_000).length;
      expect(within).toBeLessThanOrEqual(limit);
    }
  });

  it.each([[1_800, 1_000, 30], [600, 10_000, 100], [10, 1_000, 1]])('at %i a minute in windows of %i ms never lets more than %i through in one', (perMinute, windowMs, limit) => {
    let now = 0;
    const bucket = new TokenBucket(perMinute, { now: () => now }, windowMs);
    const used = Array.from({ length: limit * 4 }, () => (now += bucket.take(Number.MAX_SAFE_INTEGER) ?? 0));
    const window = Math.max(windowMs, 60_000 / perMinute);
    for (const [index, at] of used.entries()) expect(used.filter((other, position) => position >= index && other < at + window).length).toBeLessThanOrEqual(limit);
  });

  it('queues callers who come at once, and takes no token from one who will not wait', () => {
    const bucket = new TokenBucket(60, { now: () => 0 });
    const waits = Array.from({ length: 14 }, () => bucket.take(60_000));
    expect(waits.slice(0, 12)).toEqual(Array.from({ length: 12 }, () => 0));
    expect(waits[13]).toBeGreaterThan(waits[12] ?? Infinity);
    expect(bucket.take(10)).toBeNull();
    expect(bucket.take(60_000)).toBe((waits[13] ?? 0) + ((waits[13] ?? 0) - (waits[12] ?? 0)));
  });
});
