/** Which of the days that are loaded a period's figures are made from, and which of them its market trades on. */
import { isTradingDay, marketOf, XNYS } from '@tidemark/market';
import type { ScopeDay } from '../series/scope-day.js';
import { namedMissing } from './daily-growth.js';
import type { Why } from './figure.js';

/** Days before anything is known are cut off, but not those of which it is said what is missing: they make a figure unknown, not shorter. */
export function fromFirstKnown(days: readonly ScopeDay[], reasons: readonly Why[]): readonly ScopeDay[] {
  const start = days.findIndex(({ value, date }) => value !== null || (namedMissing(date, reasons)?.code ?? 'no_history') !== 'no_history');
  return start < 0 ? [] : days.slice(start);
}

/** Of one account its own market's days, of several New York's. */
export function tradingDaysOf(accounts: readonly { readonly timeZone: string | null }[]): (date: string) => boolean {
  const zone = accounts.length === 1 ? accounts[0]?.timeZone : null;
  const market = zone ? marketOf(zone) : XNYS;
  return (date) => isTradingDay(date, market);
}
