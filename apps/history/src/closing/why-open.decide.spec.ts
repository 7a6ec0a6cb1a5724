import { describe, expect, it } from '@jest/globals';
import { dayNumber, marketById, XNYS } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import { isNonsense, whyOpen } from './why-open.decide.js';
import type { CloseStanding } from './why-open.decide.js';

const now = Date.parse('2026-11-20T22:00:00.000Z');
const why = (day: string | null, given: Partial<CloseStanding> = {}) => {
  const { reason, detail } = whyOpen({ market: XNYS, day: day === null ? null : dayNumber(day) }, { now, closedTo: dayNumber('2026-11-20'), openFrom: dayNumber('2026-10-01'), wasClosed: false, accounts: true, markets: ['XNYS'], ...given });
  return `${reason}: ${detail}`;
};

describe('why a day was not closed', () => {
  it.each([
    ['2026-11-21', {}, /^not_over: 2026-11-21 is not over in XNYS: it closes at 2026-11-21T21:00:00.000Z/],
    ['2026-09-30', {}, /^compacted: .* a reconstruction/],
    ['2026-10-05', {}, /^before_first: XNYS never closed 2026-10-05: it is closed up to 2026-11-20/],
    ['2026-11-01', { closedTo: null }, /^before_first: .*the last one that is over/],
    ['2026-11-19', { wasClosed: true }, /^busy: /],
    [null, {}, /^nothing_due: No day of XNYS is due: it is closed up to 2026-11-20/],
    ['2026-11-19', { accounts: false, markets: ['XTKS'] }, /^no_accounts: No account is of XNYS; those that have accounts are XTKS/],
  ] as const)('%s of %j', (day, given, expected) => {
    expect(why(day, given)).toMatch(expected);
  });

  it('is not asked of a day that has not begun in any market', () => {
    const tokyo = marketById('XTKS') as Market;
    expect([isNonsense(dayNumber('2026-11-21'), [XNYS], now), isNonsense(dayNumber('2026-11-22'), [XNYS], now), isNonsense(dayNumber('2026-11-22'), [], now)]).toEqual([false, true, false]);
    const later = Date.parse('2026-11-21T10:00:00.000Z');
    expect([isNonsense(dayNumber('2026-11-22'), [XNYS], later), isNonsense(dayNumber('2026-11-22'), [XNYS, tokyo], later)]).toEqual([true, false]);
  });
});
