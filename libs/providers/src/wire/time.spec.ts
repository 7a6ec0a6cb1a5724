import { describe, expect, it } from '@jest/globals';
import { instantOf, optionalMoment } from './time.js';

describe('days and instants of the wire', () => {
  it.each([
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T09:36:00Z', '2026-11-20T09:36:00.000Z'],
    ['2022-01-21T15:11:19.217000-05:00', '2022-01-21T20:11:19.217Z'],
    ['2026-11-20 09:36:00', '2026-11-20T09:36:00.000Z'],
    ['yesterday', null],
    ['2026-13-45', null],
  ])('reads %s as %s', (text, instant) => expect(instantOf(text)).toBe(instant));

  it('keeps a midnight as the day it names, and puts a trade on its market day', () => {
    const day = (text: string) => optionalMoment({ d: text }, 'd', '');
    expect(day('2026-03-22T00:00:00Z')).toEqual({ day: '2026-03-22', at: null });
    expect(day('2026-03-23T01:30:00Z')).toEqual({ day: '2026-03-22', at: '2026-03-23T01:30:00.000Z' });
    expect(day('2026-03-22')).toEqual({ day: '2026-03-22', at: null });
  });
});
