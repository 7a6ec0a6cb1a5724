/**
 * Which days may be asked for, and in which calls. A close is asked for once its day is over, never before: of a security at its exchange's
 * close, of a currency at 17:00 in New York where the day of currencies ends, of crypto at midnight UTC where its daily bar ends. Days
 * on which nothing trades are never asked for. Because a call costs the same for a day or for years, the first one of a symbol asks for all that
 * anybody may want soon.
 */
import { closeMs, isTradingDayNumber, marketById, marketDayNumber, marketOf, MS_A_DAY, weekday, XNYS } from '@tidemark/market';
import type { DayNumber, Market } from '@tidemark/market';
import { isCurrency } from '@tidemark/money';
import type { PriceKind } from '../price-source/price-kind.js';

/** Both ends included. */
export interface DayRange {
  readonly from: DayNumber;
  readonly to: DayNumber;
}

/** Two years of history, and what a price carried into their first days is taken from. */
export const FIRST_ASK_DAYS = 2 * 366 + 30;

/** Exchange suffixes of symbols; without one a symbol is American. */
const SUFFIXES: Readonly<Record<string, string>> = {
  L: 'XLON', DE: 'XETR', TO: 'XTSE', V: 'XTSE', T: 'XTKS',
  AS: 'Europe/Amsterdam', PA: 'Europe/Paris', BR: 'Europe/Brussels', LS: 'Europe/Lisbon', MC: 'Europe/Madrid', MI: 'Europe/Rome', SW: 'Europe/Zurich', ST: 'Europe/Stockholm', CO: 'Europe/Copenhagen',
  OL: 'Europe/Oslo', HE: 'Europe/Helsinki', VI: 'Europe/Vienna', F: 'Europe/Berlin', HK: 'Asia/Hong_Kong', AX: 'Australia/Sydney', NZ: 'Pacific/Auckland', SI: 'Asia/Singapore', NS: 'Asia/Kolkata', BO: 'Asia/Kolkata',
  KS: 'Asia/Seoul', TW: 'Asia/Taipei', SA: 'America/Sao_Paulo', MX: 'America/Mexico_City', JO: 'Africa/Johannesburg',
};

export function marketOfSymbol(symbol: string): Market {
  const suffix = SUFFIXES[/\.([A-Z]{1,2})$/.exec(symbol)?.[1] ?? ''];
  return suffix === undefined ? XNYS : (marketById(suffix) ?? marketOf(suffix));
}

/** Where nobody said what a symbol is: `EURUSD` is the dollars of a euro, all else a security. */
export function kindOfSymbol(symbol: string): PriceKind {
  return symbol.length === 6 && symbol.endsWith('USD') && isCurrency(symbol.slice(0, 3)) ? 'fx' : 'security';
}

export function tradesOn(kind: PriceKind, symbol: string, day: DayNumber): boolean {
  if (kind === 'crypto') return true;
  return kind === 'fx' ? weekday(day) <= 5 : isTradingDayNumber(day, marketOfSymbol(symbol));
}

const FX_CLOSE_MS = 3_600_000;

/** The last day of which a close can be known. @param now milliseconds since 1970 */
export function lastAskable(kind: PriceKind, symbol: string, now: number): DayNumber {
  if (kind === 'crypto') return Math.floor(now / MS_A_DAY) - 1;
  const market = kind === 'fx' ? XNYS : marketOfSymbol(symbol);
  // An early close of the exchange moves it by some hours at most, and no currency's day.
  const later = kind === 'fx' ? FX_CLOSE_MS : 0;
  let day = marketDayNumber(now, market);
  while (closeMs(day, market) + later > now || !tradesOn(kind, symbol, day)) day -= 1;
  return day;
}

/** The days of a want that can have a close; null where there is none among them. */
export function askable(want: DayRange, kind: PriceKind, symbol: string, now: number): DayRange | null {
  let { from } = want;
  let to = Math.min(want.to, lastAskable(kind, symbol, now));
  while (to >= from && !tradesOn(kind, symbol, to)) to -= 1;
  while (from <= to && !tradesOn(kind, symbol, from)) from += 1;
  return from <= to ? { from, to } : null;
}

/**
 * One range that holds all that is missing, in calls as long as the source answers. @param missing at least one, oldest first
 * @param known false where nothing was ever asked of the symbol
 */
export function callsFor(missing: readonly DayRange[], known: boolean, last: DayNumber, daysACall: number): DayRange[] {
  const from = Math.min(...missing.map((range) => range.from), ...(known ? [] : [last - FIRST_ASK_DAYS]));
  const to = Math.max(...missing.map((range) => range.to), ...(known ? [] : [last]));
  const calls: DayRange[] = [];
  for (let start = from; start <= to; start += daysACall) calls.push({ from: start, to: Math.min(to, start + daysACall - 1) });
  return calls;
}

/** A source may publish a close hours after it: for so many days an absent one is waited for, later it is known not to be. */
const LATE_DAYS = 4;

/** Up to which day an answer tells that a day without a close has none. @param newest the newest day in the answer, or null */
export function toldUntil(asked: DayRange, newest: DayNumber | null, now: number): DayNumber {
  const patient = Math.floor(now / MS_A_DAY) - LATE_DAYS;
  return Math.min(asked.to, Math.max(patient, newest ?? -Infinity));
}
