import { describe, expect, it } from '@jest/globals';
import { dayNumber, dayOf } from '@tidemark/market';
import { askable, callsFor, FIRST_ASK_DAYS, kindOfSymbol, lastAskable, marketOfSymbol, toldUntil } from './ask.decide.js';

const range = (from: string, to: string) => ({ from: dayNumber(from), to: dayNumber(to) });
const at = (instant: string) => Date.parse(instant);

describe('which closes can be known', () => {
  it.each([
    ['security', 'AAPL', '2026-11-20T20:59:59Z', '2026-11-19'],
    ['security', 'AAPL', '2026-11-20T21:00:00Z', '2026-11-20'],
    ['security', 'AAPL', '2026-11-22T12:00:00Z', '2026-11-20'],
    ['security', 'AAPL', '2026-11-27T18:00:00Z', '2026-11-27'],
    ['security', 'AAPL', '2026-11-26T23:00:00Z', '2026-11-25'],
    ['security', 'VOD.L', '2026-11-20T16:30:00Z', '2026-11-20'],
    ['crypto', 'BTCUSD', '2026-11-20T23:59:59Z', '2026-11-19'],
    ['crypto', 'BTCUSD', '2026-11-22T00:00:00Z', '2026-11-21'],
    ['fx', 'EURUSD', '2026-11-20T21:30:00Z', '2026-11-19'],
    ['fx', 'EURUSD', '2026-11-20T22:00:00Z', '2026-11-20'],
    ['fx', 'EURUSD', '2026-11-22T23:00:00Z', '2026-11-20'],
  ] as const)('of %s %s at %s the last is of %s', (kind, symbol, now, day) => {
    expect(dayOf(lastAskable(kind, symbol, at(now)))).toBe(day);
  });

  it('a want is cut to the days that trade and are over', () => {
    const now = at('2026-11-20T15:00:00Z');
    expect(askable(range('2026-11-14', '2026-11-20'), 'security', 'AAPL', now)).toEqual(range('2026-11-16', '2026-11-19'));
    expect(askable(range('2026-11-14', '2026-11-15'), 'security', 'AAPL', now)).toBeNull();
    expect(askable(range('2026-11-20', '2026-11-20'), 'security', 'AAPL', now)).toBeNull();
    expect(askable(range('2026-11-14', '2026-11-15'), 'crypto', 'BTCUSD', now)).toEqual(range('2026-11-14', '2026-11-15'));
  });

  it('a symbol says where it trades, and whether it is a currency', () => {
    expect(['AAPL', 'BRK-B', 'SAP.DE', 'RY.TO', '7203.T', 'ASML.AS'].map((symbol) => marketOfSymbol(symbol).id)).toEqual(['XNYS', 'XNYS', 'XETR', 'XTSE', 'XTKS', 'Europe/Amsterdam']);
    expect(['EURUSD', 'BTCUSD', 'AAPL'].map(kindOfSymbol)).toEqual(['fx', 'security', 'security']);
  });
});

describe('the calls for what is missing', () => {
  const last = dayNumber('2026-11-20');
  it('are one for two holes, and for a new symbol all of two years', () => {
    expect(callsFor([range('2026-01-05', '2026-01-09'), range('2026-03-02', '2026-03-02')], true, last, 5_000)).toEqual([range('2026-01-05', '2026-03-02')]);
    expect(callsFor([range('2026-11-20', '2026-11-20')], false, last, 5_000)).toEqual([{ from: last - FIRST_ASK_DAYS, to: last }]);
  });
  it('are as long as the source answers', () => {
    expect(callsFor([range('2026-01-01', '2026-01-25')], true, last, 10)).toEqual([range('2026-01-01', '2026-01-10'), range('2026-01-11', '2026-01-20'), range('2026-01-21', '2026-01-25')]);
  });
});

describe('an absent day', () => {
  it('has no close where a later one is there or some days have passed, and is waited for before', () => {
    const asked = range('2026-11-02', '2026-11-20');
    const now = at('2026-11-20T21:10:00Z');
    expect(dayOf(toldUntil(asked, dayNumber('2026-11-19'), now))).toBe('2026-11-19');
    expect(dayOf(toldUntil(asked, dayNumber('2026-11-20'), now))).toBe('2026-11-20');
    expect(dayOf(toldUntil(asked, null, now))).toBe('2026-11-16');
  });
});
