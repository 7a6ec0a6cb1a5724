import { describe, expect, it } from '@jest/globals';
import { getHolidays } from 'nyse-holidays';
import { calendarDayNumber, closeBefore, closeOf, instantOf, isOpenAt, isTradingDay, lastClosedDay, marketDayNumber, marketDayOf, nextClose, rangeStart, session, tradingDays } from './calendar.js';
import { dayNumber, dayOf, isDay, weekday } from './day.js';
import { exchangeMarkets, isTimeZone, marketById, marketOf, XNYS } from './market.js';

const market = (id: string) => marketById(id) as NonNullable<ReturnType<typeof marketById>>;

describe('the calendar of the New York exchange', () => {
  it('has the full holidays of nyse-holidays, 2015 to 2035, and the days of mourning that it does not know', () => {
    const differences: string[] = [];
    for (let year = 2015; year <= 2035; year += 1) {
      const theirs = new Set(getHolidays(year).map(({ dateString }) => dateString));
      for (let day = dayNumber(`${year}-01-01`); day <= dayNumber(`${year}-12-31`); day += 1) {
        if (weekday(day) <= 5 && isTradingDay(dayOf(day)) === theirs.has(dayOf(day))) differences.push(dayOf(day));
      }
    }
    expect(differences).toEqual(['2018-12-05', '2025-01-09']);
  });

  it.each([
    ['2021-06-18', true],
    ['2022-06-20', false],
    ['2026-04-03', false],
    ['2026-07-03', false],
    ['2021-12-24', false],
    ['2021-12-31', true],
    ['2023-01-02', false],
    ['2026-11-11', true],
    ['2012-10-29', false],
    ['2028-02-29', true],
    ['2026-11-21', false],
  ])('trades on %s: %s', (day, trades) => {
    expect(isTradingDay(day)).toBe(trades);
  });

  it.each([
    ['2025-07-03', '17:00'],
    ['2026-11-27', '18:00'],
    ['2026-12-24', '18:00'],
    ['2021-07-02', '20:00'],
    ['2022-07-01', '20:00'],
    ['2022-12-23', '21:00'],
    ['2026-11-26', '21:00'],
  ])('closes on %s at %s UTC', (day, time) => {
    expect(closeOf(day)).toBe(`${day}T${time}:00.000Z`);
  });

  it('counts a year of some 252 trading days', () => {
    expect([2024, 2025, 2026].map((year) => tradingDays(`${year}-01-01`, `${year}-12-31`).length)).toEqual([252, 250, 251]);
  });
});

describe('the calendar day of an instant', () => {
  it.each([
    ['2026-11-20T04:59:59Z', '2026-11-19', '2026-11-20'],
    ['2026-11-20T05:00:00Z', '2026-11-20', '2026-11-20'],
    ['2026-11-20T21:00:01Z', '2026-11-20', '2026-11-21'],
    ['2026-11-27T18:30:00Z', '2026-11-27', '2026-11-28'],
  ])('%s is of %s, and of the market day %s', (at, calendar, trading) => {
    expect([dayOf(calendarDayNumber(Date.parse(at))), dayOf(marketDayNumber(Date.parse(at)))]).toEqual([calendar, trading]);
  });
});

describe('the market\'s day', () => {
  it.each([
    ['2026-11-20', '2026-11-20T21:00:00.000Z'],
    ['2026-07-01', '2026-07-01T20:00:00.000Z'],
    ['2026-03-07', '2026-03-07T21:00:00.000Z'],
    ['2026-03-08', '2026-03-08T20:00:00.000Z'],
    ['2026-11-01', '2026-11-01T21:00:00.000Z'],
    ['2028-02-29', '2028-02-29T21:00:00.000Z'],
  ])('closes on %s at %s', (day, close) => {
    expect(closeOf(day)).toBe(close);
  });

  it.each([
    ['2026-11-20T21:00:00.000Z', '2026-11-20'],
    ['2026-11-20T21:00:00.001Z', '2026-11-21'],
    ['2026-11-21T04:59:00Z', '2026-11-21'],
    ['2026-03-08T20:00:00.000Z', '2026-03-08'],
    ['2026-11-27T18:00:00.001Z', '2026-11-28'],
    ['2028-02-29T12:00:00Z', '2028-02-29'],
    ['2026-11-20T23:59:00-05:00', '2026-11-21'],
  ])('of %s is %s', (at, day) => {
    expect(marketDayOf(at)).toBe(day);
  });

  it.each([
    ['2026-11-20T21:00:00.000Z', '2026-11-19T21:00:00.000Z'],
    ['2026-11-20T21:00:00.001Z', '2026-11-20T21:00:00.000Z'],
    ['2026-11-22T12:00:00.000Z', '2026-11-21T21:00:00.000Z'],
    ['2026-03-08T20:00:00.000Z', '2026-03-07T21:00:00.000Z'],
    ['2026-11-01T21:00:00.000Z', '2026-10-31T20:00:00.000Z'],
    ['2026-01-01T00:00:00.000Z', '2025-12-31T21:00:00.000Z'],
  ])('of %s began at %s', (at, close) => {
    expect(closeBefore(at)).toBe(close);
  });

  it('ends at the next close, which is after the instant', () => {
    expect([nextClose('2026-11-20T21:00:00.000Z'), nextClose('2026-11-20T20:59:59.999Z')]).toEqual(['2026-11-21T21:00:00.000Z', '2026-11-20T21:00:00.000Z']);
    expect([lastClosedDay('2026-11-20T21:00:00.000Z'), lastClosedDay('2026-11-20T20:59:59.999Z')]).toEqual(['2026-11-20', '2026-11-19']);
  });

  it('is what a bare day means; an instant means itself', () => {
    expect(instantOf('2026-11-20')).toEqual({ ok: true, value: '2026-11-20T21:00:00.000Z' });
    expect(instantOf('2026-11-20T10:00:00Z')).toEqual({ ok: true, value: '2026-11-20T10:00:00.000Z' });
    for (const wrong of ['2026-02-29', '2026-02-29T10:00:00Z', '2026-11-20T24:00:01Z', '0000-01-01', 'now', '']) expect(instantOf(wrong)).toMatchObject({ ok: false });
    expect(rangeStart('2026-11-20')).toEqual({ ok: true, value: '2026-11-19T21:00:00.000Z' });
    expect(rangeStart('2026-11-20T10:00:00Z')).toEqual({ ok: true, value: '2026-11-20T09:59:59.999Z' });
  });

  it('each day of two years holds its own close, in every kept market and in zones at both ends of the day', () => {
    for (const each of [...exchangeMarkets(), marketOf('Pacific/Kiritimati'), marketOf('Pacific/Pago_Pago'), marketOf('Asia/Kathmandu')]) {
      for (let day = dayNumber('2027-01-01'); day <= dayNumber('2028-12-31'); day += 1) {
        const close = closeOf(dayOf(day), each);
        if (marketDayOf(close, each) !== dayOf(day) || marketDayOf(new Date(Date.parse(close) + 1).toISOString(), each) !== dayOf(day + 1)) throw new Error(`${each.id} ${dayOf(day)}`);
      }
    }
  });
});

describe('other markets', () => {
  it.each([
    ['XLON', '2026-11-20', '2026-11-20T16:30:00.000Z'],
    ['XLON', '2026-12-24', '2026-12-24T12:30:00.000Z'],
    ['XLON', '2023-12-22', '2023-12-22T12:30:00.000Z'],
    ['XETR', '2026-07-01', '2026-07-01T15:30:00.000Z'],
    ['XETR', '2026-12-30', '2026-12-30T13:00:00.000Z'],
    ['XTSE', '2026-11-20', '2026-11-20T21:00:00.000Z'],
    ['XTKS', '2024-11-01', '2024-11-01T06:00:00.000Z'],
    ['XTKS', '2024-11-05', '2024-11-05T06:30:00.000Z'],
  ])('%s closes on %s at %s', (id, day, close) => {
    expect(closeOf(day, market(id))).toBe(close);
  });

  it.each([
    ['XLON', '2026-08-31'],
    ['XLON', '2026-12-28'],
    ['XLON', '2022-09-19'],
    ['XETR', '2026-05-01'],
    ['XETR', '2026-12-24'],
    ['XTSE', '2026-05-18'],
    ['XTSE', '2022-01-03'],
    ['XTSE', '2021-12-28'],
    ['XTKS', '2026-01-02'],
    ['XTKS', '2026-05-06'],
    ['XTKS', '2025-12-31'],
  ])('%s is closed on %s', (id, day) => {
    expect(isTradingDay(day, market(id))).toBe(false);
  });

  it('a zone without an exchange closes at 16:00 local, Monday to Friday; an alias is the zone it stands for', () => {
    const madrid = marketOf('Europe/Madrid');
    expect([madrid.id, closeOf('2026-07-01', madrid), isTradingDay('2026-12-25', madrid), isTradingDay('2026-11-21', madrid)]).toEqual(['Europe/Madrid', '2026-07-01T14:00:00.000Z', true, false]);
    expect(marketOf('US/Eastern')).toBe(XNYS);
    expect([isTimeZone('Mars/Olympus'), marketById('XXXX')]).toEqual([false, null]);
    expect(() => marketOf('Mars/Olympus')).toThrow('America/New_York is accepted');
  });
});

describe('the session', () => {
  it('is from the opening to the close, early where the exchange closes early, and none on a holiday', () => {
    expect(session('2026-11-27')).toEqual({ day: '2026-11-27', open: '2026-11-27T14:30:00.000Z', close: '2026-11-27T18:00:00.000Z', early: true });
    expect(session('2026-11-26')).toBeNull();
    expect(['2026-11-20T14:29:59Z', '2026-11-20T14:30:00Z', '2026-11-20T20:59:59Z', '2026-11-20T21:00:00Z', '2026-11-26T17:00:00Z'].map((at) => isOpenAt(at))).toEqual([false, true, true, false, false]);
  });
});

describe('days as numbers', () => {
  it('go both ways and refuse what is no day', () => {
    expect([dayNumber('1970-01-01'), dayNumber('2028-02-29'), dayOf(dayNumber('2028-02-29')), weekday(dayNumber('2026-11-20'))]).toEqual([0, 21243, '2028-02-29', 5]);
    expect(['2026-02-29', '2026-13-01', '2026-11-20T00:00', '2026-1-1', ''].filter(isDay)).toEqual([]);
    expect(() => dayNumber('2026-02-29')).toThrow('a day such as 2026-11-20 is accepted');
  });
});
