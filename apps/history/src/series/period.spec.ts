import { describe, expect, it } from '@jest/globals';
import { dayOf } from '@tidemark/market';
import type { historyRpc } from '@tidemark/contracts';
import { countedDays } from './counted-days.js';
import { periodStart, rangeOf } from './period.js';
import { account, day } from './scope.fixture.js';

describe('a period', () => {
  it.each<[historyRpc.Period, string, string]>([
    ['1D', '2026-11-20', '2026-11-19'], ['1W', '2026-11-20', '2026-11-13'], ['1M', '2026-03-31', '2026-02-28'], ['1M', '2024-03-31', '2024-02-29'], ['3M', '2026-11-20', '2026-08-20'],
    ['6M', '2026-02-28', '2025-08-28'], ['YTD', '2026-11-20', '2025-12-31'], ['YTD', '2026-01-01', '2025-12-31'], ['1Y', '2024-02-29', '2023-02-28'], ['2Y', '2026-02-28', '2024-02-28'], ['ALL', '2026-11-20', '1970-01-01'],
  ])('%s until %s starts at the close of %s', (period, to, from) => expect(dayOf(periodStart(period, day(to)))).toBe(from));

  it('ends with the last closed day, whatever is asked for', () => {
    expect(rangeOf({ from: '2026-11-01', to: '2027-01-01' }, day('2026-11-20'))).toEqual({ ok: true, value: { from: day('2026-11-01'), to: day('2026-11-20') } });
    expect(rangeOf({}, day('2026-11-20'))).toMatchObject({ ok: true, value: { from: day('2025-11-20') } });
  });

  it('may lie before everything that is known: then it is without days', () => {
    expect(rangeOf({ from: '1900-01-01', to: '1900-01-02' }, day('2026-11-20'))).toMatchObject({ ok: true, value: { to: day('1900-01-02') } });
  });

  it.each([
    [{ from: '2026-02-29' }, 'from', 'no day of the calendar'], [{ to: '20-11-2026' }, 'to', 'no day of the calendar'], [{ period: '1M', from: '2026-01-01' } as const, 'period', 'not both'], [{ from: '2026-11-02', to: '2026-11-01' }, 'to', 'from ≤ to'],
  ])('%j is refused, naming %s', (asked, field, words) => {
    const range = rangeOf(asked, day('2026-11-20'));
    expect(range).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field, message: expect.stringContaining(words) }] } });
  });
});

describe('the days on which an account counts', () => {
  const close = (_account: unknown, at: number) => at * 86_400_000 + 21 * 3_600_000;
  const counts = (accounts: ReturnType<typeof account>[], id: string, ...dates: string[]) => dates.map((date) => countedDays(accounts.map((one) => ({ account: one, firstDay: day('2019-01-01') })), close).get(id)?.(day(date)) ?? null);

  it('are all of them where nothing was ever said', () => expect(counts([account('a')], 'a', '2020-01-01', '2026-11-20')).toEqual([null, null]));

  it('end with the day at whose close it stands aside, and a minute after the close is the next day', () => {
    const a = account('a', [{ kind: 'excluded', value: true, effectiveAt: '2026-11-03T21:00:00.000Z' }, { kind: 'excluded', value: false, effectiveAt: '2026-11-05T21:01:00.000Z' }]);
    expect(counts([a], 'a', '2026-11-02', '2026-11-03', '2026-11-05', '2026-11-06')).toEqual([null, 'excluded', 'excluded', null]);
  });

  it('are none of a duplicate, also before it was flagged, until its twin is disconnected', () => {
    const a = account('a', [{ kind: 'duplicate', value: 'b', effectiveAt: '2026-11-03T12:00:00.000Z' }]);
    const b = account('b', [{ kind: 'disconnected', value: true, effectiveAt: '2026-11-05T12:00:00.000Z' }]);
    expect(counts([a, b], 'a', '2024-11-22', '2026-11-02', '2026-11-03', '2026-11-05')).toEqual(['duplicate', 'duplicate', 'duplicate', null]);
    expect(counts([a, b], 'b', '2024-11-22', '2026-11-04', '2026-11-05')).toEqual([null, null, 'disconnected']);
  });

  it.each([day('2025-01-01'), null])('are those of a duplicate as long as no day of its twin is known (from %s)', (firstDay) => {
    const a = account('a', [{ kind: 'duplicate', value: 'b', effectiveAt: '2026-11-03T12:00:00.000Z' }]);
    const counted = countedDays([{ account: a, firstDay: day('2024-01-01') }, { account: account('b'), firstDay }], close).get('a');
    expect(['2024-12-31', '2025-01-01'].map((date) => counted?.(day(date)) ?? null)).toEqual([null, firstDay === null ? null : 'duplicate']);
  });
});
