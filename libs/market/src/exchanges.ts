/**
 * The exchanges whose calendars are kept: hours, full holidays and early closes. Holidays are rules in the grammar of `date-holidays`,
 * the exchange's own (an exchange is open on Veterans Day and closed on Good Friday, whatever the state does), or the bank holidays of a
 * country where the exchange follows them. Sources: the rule 7.2 pages of the NYSE, and the trading calendars published by the London Stock
 * Exchange, Deutsche Börse Xetra, TMX and the Japan Exchange Group.
 */
export interface HolidayRule {
  readonly rule: string;
  readonly name: string;
  /** The first day of the year from which the rule holds. */
  readonly since?: string;
}

/** Local time of day, `[hour, minute]`. */
export type TimeOfDay = readonly [hour: number, minute: number];

/** The trading day that closes early: a date if it is one, the day after a holiday, or the last one on or before a date. */
export type EarlyCloseRule =
  | { readonly kind: 'date'; readonly monthDay: string; readonly close: TimeOfDay }
  | { readonly kind: 'day_after'; readonly holiday: string; readonly close: TimeOfDay }
  | { readonly kind: 'last_until'; readonly monthDay: string; readonly close: TimeOfDay };

export interface Exchange {
  /** The market identifier code of ISO 10383. */
  readonly id: string;
  readonly timeZone: string;
  readonly open: TimeOfDay;
  readonly close: TimeOfDay;
  /** An earlier closing time, on days before `until`. */
  readonly closeBefore?: { readonly until: string; readonly close: TimeOfDay };
  /** Country, and part of it, whose public (and, where said, bank) holidays the exchange keeps. */
  readonly country?: { readonly code: string; readonly state?: string; readonly types: readonly ('public' | 'bank')[] };
  readonly rules: readonly HolidayRule[];
  /** Closures out of the order: storms, days of mourning. */
  readonly closures: readonly string[];
  readonly early: readonly EarlyCloseRule[];
}

const SUNDAY_TO_MONDAY = 'if sunday then next monday';
const OBSERVED = `${SUNDAY_TO_MONDAY} if saturday then previous friday`;
const WEEKEND_TO_MONDAY = 'if saturday,sunday then next monday';

const NYSE: Exchange = {
  id: 'XNYS',
  timeZone: 'America/New_York',
  open: [9, 30],
  close: [16, 0],
  rules: [
    { name: 'New Year’s Day', rule: `01-01 ${SUNDAY_TO_MONDAY}` },
    { name: 'Martin Luther King Jr. Day', rule: '3rd monday in January', since: '1998-01-01' },
    { name: 'Washington’s Birthday', rule: '3rd monday in February' },
    { name: 'Good Friday', rule: 'easter -2' },
    { name: 'Memorial Day', rule: 'monday before 06-01' },
    { name: 'Juneteenth', rule: `06-19 ${OBSERVED}`, since: '2022-01-01' },
    { name: 'Independence Day', rule: `07-04 ${OBSERVED}` },
    { name: 'Labor Day', rule: '1st monday in September' },
    { name: 'Thanksgiving', rule: '4th thursday in November' },
    { name: 'Christmas', rule: `12-25 ${OBSERVED}` },
  ],
  closures: ['2001-09-11', '2001-09-12', '2001-09-13', '2001-09-14', '2004-06-11', '2007-01-02', '2012-10-29', '2012-10-30', '2018-12-05', '2025-01-09'],
  early: [
    { kind: 'date', monthDay: '07-03', close: [13, 0] },
    { kind: 'day_after', holiday: 'Thanksgiving', close: [13, 0] },
    { kind: 'date', monthDay: '12-24', close: [13, 0] },
  ],
};

const LONDON: Exchange = {
  id: 'XLON',
  timeZone: 'Europe/London',
  open: [8, 0],
  close: [16, 30],
  country: { code: 'GB', state: 'ENG', types: ['public', 'bank'] },
  rules: [],
  closures: [],
  early: [
    { kind: 'last_until', monthDay: '12-24', close: [12, 30] },
    { kind: 'last_until', monthDay: '12-31', close: [12, 30] },
  ],
};

const XETRA: Exchange = {
  id: 'XETR',
  timeZone: 'Europe/Berlin',
  open: [9, 0],
  close: [17, 30],
  rules: [
    { name: 'New Year’s Day', rule: '01-01' },
    { name: 'Good Friday', rule: 'easter -2' },
    { name: 'Easter Monday', rule: 'easter 1' },
    { name: 'Labour Day', rule: '05-01' },
    { name: 'Christmas Eve', rule: '12-24' },
    { name: 'Christmas Day', rule: '12-25' },
    { name: 'Second Christmas Day', rule: '12-26' },
    { name: 'New Year’s Eve', rule: '12-31' },
  ],
  closures: ['2014-10-03', '2015-05-25', '2016-05-16', '2016-10-03', '2017-06-05', '2017-10-03', '2017-10-31', '2018-05-21', '2018-10-03', '2019-06-10', '2019-10-03', '2020-06-01', '2021-05-24'],
  early: [{ kind: 'last_until', monthDay: '12-30', close: [14, 0] }],
};

const TORONTO: Exchange = {
  id: 'XTSE',
  timeZone: 'America/Toronto',
  open: [9, 30],
  close: [16, 0],
  rules: [
    { name: 'New Year’s Day', rule: `01-01 ${WEEKEND_TO_MONDAY}` },
    { name: 'Family Day', rule: '3rd monday in February', since: '2008-01-01' },
    { name: 'Good Friday', rule: 'easter -2' },
    { name: 'Victoria Day', rule: 'monday before 05-25' },
    { name: 'Canada Day', rule: `07-01 ${WEEKEND_TO_MONDAY}` },
    { name: 'Civic Holiday', rule: '1st monday in August' },
    { name: 'Labour Day', rule: '1st monday in September' },
    { name: 'Thanksgiving', rule: '2nd monday in October' },
    { name: 'Christmas', rule: `12-25 ${WEEKEND_TO_MONDAY}` },
    { name: 'Boxing Day', rule: '12-26 if saturday then next monday if sunday,monday then next tuesday' },
  ],
  closures: [],
  early: [{ kind: 'date', monthDay: '12-24', close: [13, 0] }],
};

const TOKYO: Exchange = {
  id: 'XTKS',
  timeZone: 'Asia/Tokyo',
  open: [9, 0],
  close: [15, 30],
  closeBefore: { until: '2024-11-05', close: [15, 0] },
  country: { code: 'JP', types: ['public', 'bank'] },
  rules: [],
  closures: ['2020-10-01'],
  early: [],
};

export const EXCHANGES: readonly Exchange[] = [NYSE, LONDON, XETRA, TORONTO, TOKYO];
