/** Markets: where and when a day closes. An account belongs to the market of its time zone. */
import { EXCHANGES } from './exchanges.js';
import type { Exchange, TimeOfDay } from './exchanges.js';

/** `id`: the exchange's code (XNYS), or the time zone itself where no exchange's calendar is kept for it. */
export interface Market {
  readonly id: string;
  readonly timeZone: string;
  readonly open: TimeOfDay;
  readonly close: TimeOfDay;
  /** Null: no holidays are known; Monday to Friday trade. */
  readonly exchange: Exchange | null;
}

const BY_ZONE = new Map<string, Market>();
for (const exchange of EXCHANGES) BY_ZONE.set(exchange.timeZone, { id: exchange.id, timeZone: exchange.timeZone, open: exchange.open, close: exchange.close, exchange });
const BY_ID = new Map([...BY_ZONE.values()].map((market) => [market.id, market]));
const KEPT_MARKETS = [...BY_ID.values()];

export const XNYS = BY_ID.get('XNYS') as Market;

/** The markets whose exchange calendar is kept. */
export function exchangeMarkets(): readonly Market[] {
  return KEPT_MARKETS;
}

/**
 * The market of an IANA time zone; aliases (`US/Eastern`) are the zone they stand for. A zone without an exchange closes at 16:00 local, Monday to Friday.
 * @throws where there is no such zone: check input with `isTimeZone`.
 */
export function marketOf(timeZone: string): Market {
  const known = BY_ZONE.get(timeZone);
  if (known) return known;
  const zone = canonical(timeZone);
  if (zone === null) throw new RangeError(`${timeZone} is no time zone; one such as America/New_York is accepted`);
  const market = BY_ZONE.get(zone) ?? { id: zone, timeZone: zone, open: [9, 30], close: [16, 0], exchange: null };
  BY_ZONE.set(zone, market).set(timeZone, market);
  return market;
}

/** The market of an id that `Market.id` gave, or null. */
export function marketById(id: string): Market | null {
  return BY_ID.get(id) ?? (isTimeZone(id) ? marketOf(id) : null);
}

export function isTimeZone(text: string): boolean {
  return canonical(text) !== null;
}

function canonical(timeZone: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
