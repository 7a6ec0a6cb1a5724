export { dayNumber, dayOf, isDay, MS_A_DAY, weekday } from './day.js';
export type { Day, DayNumber } from './day.js';
export { exchangeMarkets, isTimeZone, marketById, marketOf, XNYS } from './market.js';
export type { Market } from './market.js';
export { calendarDayNumber, closeBefore, closeMs, closeOf, instantOf, isOpenAt, isTradingDay, isTradingDayNumber, lastClosedDay, marketDayNumber, marketDayOf, nextClose, rangeStart, session, tradingDays } from './calendar.js';
export type { Session } from './calendar.js';
export { crossRate } from './rate.js';
export { isSameListing, newestPrice } from './newest-price.js';
export type { PriceCandidate } from './newest-price.js';
