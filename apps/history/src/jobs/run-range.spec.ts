import { describe, expect, it } from '@jest/globals';
import { dayNumber, dayOf } from '@tidemark/market';
import { runRange } from './run-range.js';

const given = { firstSnapshotDay: dayNumber('2026-11-20'), firstSyncAt: '2026-11-20T15:00:00.000Z', tellsTransactions: true, lastClosed: dayNumber('2026-11-19') };
const whole = (firstSyncAt: string) => dayOf(runRange({ ...given, firstSyncAt }).wholeFrom ?? 0);

describe('the days of a run', () => {
  it('reach 730 days before the first snapshot, and end with the last closed day', () => {
    const range = runRange(given);
    expect([dayOf(range.from), dayOf(range.to), dayOf(range.wholeFrom ?? 0)]).toEqual(['2024-11-20', '2026-11-19', '2024-11-20']);
  });

  it('are whole from 24 months before the first sync, on the last day of a month that is shorter', () => {
    expect([whole('2028-02-29T00:00:00.000Z'), whole('2026-01-31T23:59:00.000Z'), whole('2026-12-31T23:59:00.000Z')]).toEqual(['2026-02-28', '2024-01-31', '2024-12-31']);
  });

  it('begin with the first snapshot where no transactions are told', () => {
    expect(runRange({ ...given, tellsTransactions: false })).toEqual({ from: given.firstSnapshotDay, to: given.lastClosed, wholeFrom: null });
    expect(runRange({ ...given, firstSyncAt: null })).toMatchObject({ from: given.firstSnapshotDay, wholeFrom: null });
  });
});
