import { describe, expect, it } from '@jest/globals';
import { getHolidays } from 'nyse-holidays';
import { closeAt, dayNumber, dayText, hasClose, lastClosed } from './calendar.js';

describe("the sandbox's market calendar", () => {
  it('has the exchange’s holidays of twelve years', () => {
    for (let year = 2019; year <= 2030; year += 1) {
      const known = getHolidays(year).map(({ dateString }) => dateString).filter((day) => hasClose(dayNumber(day), 'fx')).sort();
      const ours = Array.from({ length: 366 }, (_, index) => dayNumber(`${year}-01-01`) + index)
        .filter((day) => dayText(day).startsWith(String(year)) && hasClose(day, 'fx') && !hasClose(day, 'exchange'))
        .map(dayText);
      expect([year, ours.filter((day) => day !== '2025-01-09')]).toEqual([year, known.filter((day) => day !== '2025-01-09')]);
    }
  });

  it('closes at 16:00 in New York, at 13:00 on half days, in summer and in winter', () => {
    const close = (day: string): string => new Date(closeAt(dayNumber(day))).toISOString();
    expect(['2026-11-20', '2026-07-10', '2026-03-06', '2026-03-09', '2026-10-30', '2026-11-02'].map(close)).toEqual([
      '2026-11-20T21:00:00.000Z', '2026-07-10T20:00:00.000Z', '2026-03-06T21:00:00.000Z', '2026-03-09T20:00:00.000Z', '2026-10-30T20:00:00.000Z', '2026-11-02T21:00:00.000Z',
    ]);
    expect(['2026-11-27', '2025-07-03', '2025-12-24'].map(close)).toEqual(['2026-11-27T18:00:00.000Z', '2025-07-03T17:00:00.000Z', '2025-12-24T18:00:00.000Z']);
  });

  it('knows the newest day that has closed', () => {
    expect(dayText(lastClosed(new Date('2026-11-20T20:59:59Z')))).toBe('2026-11-19');
    expect(dayText(lastClosed(new Date('2026-11-20T21:00:00Z')))).toBe('2026-11-20');
  });
});
