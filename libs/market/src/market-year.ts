/**
 * One year of one market, worked out once: the instant of every close and which days trade. Asked days are then two array reads, which is
 * what makes the calendar cheap enough for the inner loops. `date-holidays` takes some 35 ms to make a country's holidays, hence the caches;
 * a process that meets every market and year keeps a few megabytes at most.
 */
import Holidays from 'date-holidays';
import { LRUCache } from 'lru-cache';
import { DateTime } from 'luxon';
import { dayNumber, MS_A_DAY, weekday } from './day.js';
import type { DayNumber } from './day.js';
import type { EarlyCloseRule, Exchange, TimeOfDay } from './exchanges.js';
import type { Market } from './market.js';

export interface MarketYear {
  readonly firstDay: DayNumber;
  /** Milliseconds since 1970 of the close of day `firstDay + i`. */
  readonly closes: Float64Array;
  /** 0 closed, 1 trades, 2 trades and closes early. */
  readonly trading: Uint8Array;
}

/** Outside of these years weekends are known, and no holidays. */
const HOLIDAYS_KNOWN = { from: 1990, to: 2100 };

const years = new LRUCache<string, MarketYear>({ max: 1_000 });
const holidaysOf = new Map<string, Holidays>();

export function marketYear(market: Market, year: number): MarketYear {
  const key = `${market.id} ${year}`;
  const kept = years.get(key);
  if (kept) return kept;
  const made = workedOut(market, year);
  years.set(key, made);
  return made;
}

function workedOut(market: Market, year: number): MarketYear {
  const firstDay = Date.UTC(year, 0, 1) / MS_A_DAY;
  const length = Date.UTC(year + 1, 0, 1) / MS_A_DAY - firstDay;
  const trading = new Uint8Array(length);
  const closes = new Float64Array(length);
  const { closed, named } = holidays(market.exchange, year);
  for (let index = 0; index < length; index += 1) trading[index] = weekday(firstDay + index) <= 5 && !closed.has(firstDay + index) ? 1 : 0;
  const early = new Map<DayNumber, TimeOfDay>();
  for (const rule of holidaysKnown(year) ? (market.exchange?.early ?? []) : []) {
    const day = earlyDay(rule, year, firstDay, trading, named);
    if (day !== null) early.set(day, rule.close);
  }
  for (let index = 0; index < length; index += 1) {
    const close = early.get(firstDay + index);
    if (close) trading[index] = 2;
    closes[index] = localInstant(market, firstDay + index, close ?? usualClose(market, firstDay + index));
  }
  return { firstDay, closes, trading };
}

function holidaysKnown(year: number): boolean {
  return year >= HOLIDAYS_KNOWN.from && year <= HOLIDAYS_KNOWN.to;
}

function usualClose(market: Market, day: DayNumber): TimeOfDay {
  const before = market.exchange?.closeBefore;
  return before && day < dayNumber(before.until) ? before.close : market.close;
}

/** Milliseconds since 1970 of a local time of day in the market's zone. */
export function localInstant(market: Market, day: DayNumber, [hour, minute]: TimeOfDay): number {
  const date = new Date(day * MS_A_DAY);
  return DateTime.fromObject({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour, minute }, { zone: market.timeZone }).toMillis();
}

function earlyDay(rule: EarlyCloseRule, year: number, firstDay: DayNumber, trading: Uint8Array, named: ReadonlyMap<string, DayNumber>): DayNumber | null {
  if (rule.kind === 'day_after') {
    const holiday = named.get(rule.holiday);
    return holiday !== undefined && trading[holiday + 1 - firstDay] ? holiday + 1 : null;
  }
  let day = dayNumber(`${year}-${rule.monthDay}`);
  if (rule.kind === 'date') return trading[day - firstDay] ? day : null;
  while (day >= firstDay && !trading[day - firstDay]) day -= 1;
  return day;
}

function holidays(exchange: Exchange | null, year: number): { closed: Set<DayNumber>; named: Map<string, DayNumber> } {
  const closed = new Set<DayNumber>();
  const named = new Map<string, DayNumber>();
  if (!exchange || !holidaysKnown(year)) return { closed, named };
  const types: readonly string[] = exchange.country?.types ?? ['public'];
  for (const { date, type, name, rule } of calendarOf(exchange).getHolidays(year)) {
    const own = exchange.rules.find((candidate) => candidate.rule === rule);
    if (!types.includes(type) || (own?.since !== undefined && date.slice(0, 10) < own.since)) continue;
    closed.add(dayNumber(date.slice(0, 10)));
    named.set(own?.name ?? name, dayNumber(date.slice(0, 10)));
  }
  for (const day of exchange.closures) if (day.startsWith(`${year}-`)) closed.add(dayNumber(day));
  return { closed, named };
}

function calendarOf(exchange: Exchange): Holidays {
  const kept = holidaysOf.get(exchange.id);
  if (kept) return kept;
  const { country } = exchange;
  const calendar = !country ? new Holidays() : country.state ? new Holidays(country.code, country.state) : new Holidays(country.code);
  for (const { rule, name } of exchange.rules) calendar.setHoliday(rule, { name: { en: name }, type: 'public' });
  holidaysOf.set(exchange.id, calendar);
  return calendar;
}
