import { describe, expect, it } from '@jest/globals';
import { daysAsked } from './days-asked.js';

const asked = (input: Parameters<typeof daysAsked>[0]) => {
  const result = daysAsked(input, '2026-11-20');
  return result.ok ? result.value : result.error.detail;
};

describe('the days asked for', () => {
  it('are those after the day at whose close the period starts', () => {
    expect(asked({ period: '1M' })).toEqual({ from: '2026-10-21', to: '2026-11-20' });
    expect(asked({ period: 'YTD' })).toEqual({ from: '2026-01-01', to: '2026-11-20' });
    expect(asked({ period: 'ALL' })).toEqual({ from: null, to: '2026-11-20' });
    expect(asked({ period: '1D' })).toEqual({ from: '2026-11-20', to: '2026-11-20' });
  });

  it('may have no end', () => {
    expect(asked({})).toEqual({ from: null, to: null });
    expect(asked({ from: '2026-01-01' })).toEqual({ from: '2026-01-01', to: null });
  });

  it('are refused where they are no days, or the wrong way round', () => {
    expect(asked({ from: '2026-02-29' })).toContain('from: 2026-02-29 is no day of the calendar');
    expect(asked({ from: '2026-03-02', to: '2026-03-01' })).toBe('from: 2026-03-02 is after to (2026-03-01)');
    expect(asked({ period: '1M', to: '2026-03-01' })).toContain('either period, or from and to');
  });
});
