/** What an operator sets of live quotes, and the source that is made of it. The schema is part of the service's own, see ../../config.ts. */
import { divide } from '@tidemark/money';
import { duration, oneOfTexts, optional, url } from '@tidemark/service';
import type { Parsed } from '@tidemark/service';
import type { PriceSettings } from '../../price-source/price-settings.js';
import type { FmpDeps } from '../../price-source/fmp/fmp-client.js';
import { FmpClient } from '../../price-source/fmp/fmp-client.js';
import { pollFmp } from './fmp-poll.js';
import { streamFmp } from './fmp-stream.js';
import type { OpenQuotes } from './quote.js';
import { QUOTE_HOURS } from './symbol-market.js';

export const quoteSettings = {
  /** How quotes come: `auto` streams where FMP_WS_URL is set, polls where only the key is, and is off without a source of prices. */
  QUOTES: oneOfTexts(['auto', 'stream', 'poll', 'off'], 'auto'),
  /** The socket of companies' quotes. */
  FMP_WS_URL: optional(url(['ws', 'wss'])),
  /** The socket of crypto, where it is another. */
  FMP_WS_CRYPTO_URL: optional(url(['ws', 'wss'])),
  QUOTES_POLL: duration('15s'),
  /** `always`: quotes from outside of the hours of an exchange count too. */
  QUOTES_HOURS: oneOfTexts(QUOTE_HOURS, 'session'),
};

export type QuoteSettings = Parsed<typeof quoteSettings>;
type FmpPart = Pick<PriceSettings, 'PRICE_SOURCE' | 'FMP_API_KEY' | 'FMP_BASE_URL' | 'FMP_REQUESTS_PER_MINUTE' | 'FMP_TIMEOUT' | 'PRICE_COST_PER_THOUSAND'>;

/** What is wrong between settings that are each right. */
export function quoteSettingProblems(settings: QuoteSettings & Pick<FmpPart, 'FMP_API_KEY'>): string[] {
  if (settings.QUOTES === 'stream' && settings.FMP_WS_URL === undefined) return ['FMP_WS_URL is required with QUOTES=stream: set it to the address of the quote socket, such as wss://websockets.financialmodelingprep.com'];
  const needsKey = settings.QUOTES === 'stream' || settings.QUOTES === 'poll' || (settings.QUOTES === 'auto' && settings.FMP_WS_URL !== undefined);
  return needsKey && settings.FMP_API_KEY === undefined ? ['FMP_API_KEY is required for quotes: set it to the key, or FMP_API_KEY_FILE to a file that holds it, or QUOTES to off'] : [];
}

/** Null where there are none. */
export function quotesOf(settings: QuoteSettings & FmpPart, deps: FmpDeps): OpenQuotes | null {
  const { QUOTES: how, FMP_WS_URL: socket, FMP_API_KEY: apiKey, FMP_BASE_URL: baseUrl, FMP_REQUESTS_PER_MINUTE: requestsPerMinute, FMP_TIMEOUT: timeoutMs } = settings;
  if (how === 'off' || apiKey === undefined) return null;
  if (how !== 'poll' && socket !== undefined) return streamFmp({ url: socket, cryptoUrl: settings.FMP_WS_CRYPTO_URL ?? socket, apiKey, log: deps.log, random: deps.random });
  if (how === 'auto' && settings.PRICE_SOURCE !== 'fmp') return null;
  // A poll comes again soon: what failed is not repeated before.
  const client = new FmpClient({ baseUrl: baseUrl.replace(/\/$/, ''), apiKey, requestsPerMinute, timeoutMs, retries: 0, costACall: divide(settings.PRICE_COST_PER_THOUSAND, '1000') }, deps);
  return pollFmp({ client, everyMs: settings.QUOTES_POLL, log: deps.log });
}
