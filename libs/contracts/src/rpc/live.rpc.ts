/**
 * Live values between the gateway and the history service. The gateway makes the id of a watch, listens on its subject, then asks for it to
 * be kept; whichever replica of history computes that user publishes the newest value there, on core NATS: a value that is missed is replaced
 * by the next. A watch that nobody renews ends by itself, so that a gateway that dies costs nothing for long. No user id stands in a subject.
 */
import Type from 'typebox';
import type { Static } from 'typebox';
import { CurrencyCode, Day, DecimalText, Instant, nullable, oneOf, strict, Uuid } from '../schema.js';
import { HistoryReason } from './history.rpc.js';
import { contract } from './rpc.js';

const OptDecimal = nullable(DecimalText);
export const SOURCES = ['all', 'external', 'house'] as const;
/** `closing_early`: open, and today closes before the usual hour. Of the market of the accounts asked about, else of New York. */
export const MARKET_STATES = ['open', 'closing_early', 'closed'] as const;
export type MarketState = (typeof MARKET_STATES)[number];

/** What is watched; absent means all accounts, all sources, the user's base currency. */
export const LiveScope = strict({ account: Type.Optional(Uuid), source: Type.Optional(oneOf(SOURCES)), currency: Type.Optional(CurrencyCode) });
export type LiveScope = Static<typeof LiveScope>;

/**
 * The value of the accounts watched, now. Open, high and low are of the values that were computed in the market's day `day`, since somebody
 * first watched it. `previousClose` is the value at the close before; the day's change is what is left of the difference without deposits and
 * withdrawals that are known. What is unknown is null, with its reason.
 */
export const LiveValue = strict({
  account: nullable(Uuid),
  source: oneOf(SOURCES),
  currency: CurrencyCode,
  day: Day,
  value: OptDecimal,
  cash: OptDecimal,
  previousClose: OptDecimal,
  netFlow: OptDecimal,
  dayChange: OptDecimal,
  dayChangePercent: OptDecimal,
  open: OptDecimal,
  high: OptDecimal,
  low: OptDecimal,
  marketState: oneOf(MARKET_STATES),
  complete: Type.Boolean(),
  quality: Type.Integer({ minimum: 0, maximum: 100 }),
  reasons: Type.Array(HistoryReason, { maxItems: 20 }),
});
export type LiveValue = Static<typeof LiveValue>;

/** The message of a value, as it is published and as a client gets it. `at`: when it was computed. */
export const LiveValueMessage = strict({ channel: oneOf(['value']), data: LiveValue, at: Instant });
export type LiveValueMessage = Static<typeof LiveValueMessage>;

export function watchSubject(watchId: string): string {
  return `live.value.${watchId}`;
}

const WatchIds = Type.Array(Uuid, { maxItems: 5_000 });

/** Keeps a watch for `leaseMs`; its first value follows on its subject. Refused: `not_found` for an account that is not the user's. */
export const watch = contract('history.watch', strict({ watchId: Uuid, ...LiveScope.properties }), strict({ leaseMs: Type.Integer({ minimum: 1 }) }));
/** Asked by a gateway for all its sockets at once: ids cannot be guessed. `unknown`: those that had ended, to be asked for anew. */
export const keepWatches = contract('history.keep-watches', strict({ keep: WatchIds, end: WatchIds }), strict({ unknown: WatchIds }));
