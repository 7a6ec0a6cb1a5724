import { describe, expect, it } from '@jest/globals';
import { historyRpc } from '@tidemark/contracts';
import { dayNumber } from '@tidemark/market';
import { rangeOf } from '../series/period.js';
import { daysAsked } from './days-asked.js';

const asked = (input: Parameters<typeof daysAsked>[0]) => {
  const result = daysAsked(input, dayNumber('2026-11-20'));
  return result.ok ? result.value : result.error.detail;
};

describe('the days asked for', () => {
  it('are those after the day at whose close the period starts', () => {
    expect(asked({ period: '1M' })).toEqual({ from: '2026-10-21', to: '2026-11-20' });
    expect(asked({ period: 'YTD' })).toEqual({ from: '2026-01-01', to: '2026-11-20' });
    expect(asked({ period: 'ALL' })).toEqual({ from: null, to: '2026-11-20' });
    expect(asked({ period: '1D' })).toEqual({ from: '2026-11-20', to: '2026-11-20' });
  });

  it.each(historyRpc.PERIODS)('of %s are those of the chart and the returns, whose first day is the one at whose close it starts', (period) => {
    const chart = rangeOf({ period }, dayNumber('2026-11-20'));
    const { from, to } = asked({ period }) as { from: string | null; to: string };
    expect({ ok: true, value: { from: from === null ? 0 : dayNumber(from) - 1, to: dayNumber(to) } }).toEqual(chart);
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
