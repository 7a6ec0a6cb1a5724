import { describe, expect, it } from '@jest/globals';
import { closeBefore, closeOf, instantOf, rangeStart } from './market-day.js';

describe('the market\'s day', () => {
  it.each([
    ['2026-11-20', '2026-11-20T21:00:00.000Z'],
    ['2026-07-01', '2026-07-01T20:00:00.000Z'],
    ['2026-03-07', '2026-03-07T21:00:00.000Z'],
    ['2026-03-08', '2026-03-08T20:00:00.000Z'],
    ['2026-11-01', '2026-11-01T21:00:00.000Z'],
    ['2028-02-29', '2028-02-29T21:00:00.000Z'],
    ['2026-02-29', null],
    ['2026-13-01', null],
    ['2026-11-20T00:00', null],
  ])('closes on %s at %s', (day, close) => {
    expect(closeOf(day)).toBe(close);
  });

  it.each([
    ['2026-11-20T21:00:00.000Z', '2026-11-19T21:00:00.000Z'],
    ['2026-11-20T21:00:00.001Z', '2026-11-20T21:00:00.000Z'],
    ['2026-11-20T03:00:00.000Z', '2026-11-19T21:00:00.000Z'],
    ['2026-11-22T12:00:00.000Z', '2026-11-21T21:00:00.000Z'],
    ['2026-03-08T20:00:00.000Z', '2026-03-07T21:00:00.000Z'],
    ['2026-11-01T21:00:00.000Z', '2026-10-31T20:00:00.000Z'],
    ['2026-01-01T00:00:00.000Z', '2025-12-31T21:00:00.000Z'],
  ])('of %s began at %s', (at, close) => {
    expect(closeBefore(at)).toBe(close);
  });

  it('is what a bare day means; an instant means itself', () => {
    expect(instantOf('2026-11-20')).toEqual({ ok: true, value: '2026-11-20T21:00:00.000Z' });
    expect(instantOf('2026-11-20T10:00:00Z')).toEqual({ ok: true, value: '2026-11-20T10:00:00.000Z' });
    expect(instantOf('2026-02-30')).toMatchObject({ ok: false });
    expect(instantOf('2026-11-20T24:00:01Z')).toMatchObject({ ok: false });
  });

  it('begins a range after the close before', () => {
    expect(rangeStart('2026-11-20')).toEqual({ ok: true, value: '2026-11-19T21:00:00.000Z' });
    expect(rangeStart('2026-11-20T10:00:00Z')).toEqual({ ok: true, value: '2026-11-20T09:59:59.999Z' });
  });
});
