/** The demo is written for one day. Moved to another, every date goes along, so that it never ages: what happened last Friday still did. */
import { addDays, dayNumber, dayText, hasClose, lastClosed } from '../../market/calendar.js';
import type { World } from '../../world/world.js';

/** The last close that the demo's file knows. */
const WRITTEN_FOR = '2026-11-20';

/** The newest day on which the exchange has closed. */
export function lastTradingDay(now: Date): string {
  let day = lastClosed(now);
  while (!hasClose(day, 'exchange')) day -= 1;
  return dayText(day);
}

/** @param today the last trading day that is to stand where the file has its own */
export function moveDates(world: World, today: string): World {
  const days = dayNumber(today) - dayNumber(WRITTEN_FOR);
  if (days === 0) return world;
  const moved = (date: string): string => addDays(date, days);
  const movedInstant = (at: string): string => moved(at.slice(0, 10)) + at.slice(10);
  const onTradingDay = (date: string): string => {
    let day = dayNumber(moved(date));
    while (!hasClose(day, 'exchange')) day -= 1;
    return dayText(day);
  };
  return {
    ...world,
    securities: world.securities.map((security) => renewed({ ...security, ...(typeof security.priceAsOf === 'string' ? { priceAsOf: movedInstant(security.priceAsOf) } : {}) }, moved)),
    transactions: world.transactions.map((row) => ({ ...row, date: row.security === undefined ? moved(row.date) : onTradingDay(row.date), ...(row.at === undefined ? {} : { at: movedInstant(row.at) }) })),
    prices: { ...world.prices, daily: world.prices.daily.map((row) => ({ ...row, date: onTradingDay(row.date) })) },
    fx: world.fx.map((row) => ({ ...row, date: onTradingDay(row.date) })),
  };
}

/** An option keeps its distance to the day it expires, on a Friday, and is named accordingly. */
function renewed(security: World['securities'][number], moved: (date: string) => string): World['securities'][number] {
  const { option, symbol } = security;
  if (option === undefined || symbol === null) return security;
  let friday = dayNumber(moved(option.expiration));
  while (friday % 7 !== 1) friday += 1;
  const expiration = dayText(friday);
  const name = `${option.underlying} ${new Date(`${expiration}T00:00:00Z`).toLocaleDateString('en-US', { month: 'short', day: 'numeric', year: 'numeric', timeZone: 'UTC' }).replace(',', '')} ${option.strike} ${option.contractType === 'call' ? 'Call' : 'Put'}`;
  return { ...security, name, symbol: `${symbol.slice(0, -15)}${expiration.slice(2).replaceAll('-', '')}${symbol.slice(-9)}`, option: { ...option, expiration } };
}
