import { describe, expect, it } from '@jest/globals';
import { chooseSeed, seededRandom } from '@tidemark/testing';
import { closeBefore } from '../market-day/market-day.js';
import { previousCloseOf } from './previous-close.js';

const HOUR = 3_600_000;
const instant = (ms: number) => new Date(ms).toISOString();

describe('the close before, remembered', () => {
  it.each(['2026-03-08', '2026-11-01', '2026-11-20'])('is the calendar\'s around %s, in whatever order it is asked', (day) => {
    const seed = chooseSeed();
    const random = seededRandom(seed);
    const middle = Date.parse(`${day}T12:00:00Z`);
    const hours = Array.from({ length: 97 }, (_, hour) => middle + (hour - 48) * HOUR);
    const asked = random.shuffle(hours.flatMap((hour) => [hour - 1, hour, hour + 1])).map(instant);
    for (const at of [...asked, ...asked.sort()]) expect({ seed, at, close: previousCloseOf(at) }).toEqual({ seed, at, close: closeBefore(at) });
  });
});
