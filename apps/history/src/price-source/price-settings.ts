/** What an operator sets of prices, and the source that is made of it. The schema is part of the service's own, see ../config.ts. */
import { parseDecimal, divide, isNegative } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { duration, integer, oneOfTexts, optional, secret, text, url } from '@tidemark/service';
import type { Parsed, Setting } from '@tidemark/service';
import { fileSource } from './file/file-source.js';
import type { FmpDeps } from './fmp/fmp-client.js';
import { fmpSource } from './fmp/fmp-source.js';
import type { PriceSource } from './price-source.js';

export const priceSettings = {
  /** Where prices come from; `none`: an account has the prices that its own snapshots carry, and no others. */
  PRICE_SOURCE: oneOfTexts(['fmp', 'file', 'none'], 'none'),
  FMP_BASE_URL: url(['http', 'https'], 'https://financialmodelingprep.com'),
  FMP_API_KEY: optional(secret({ minLength: 4 })),
  /** Of this process: replicas share what the plan allows. */
  FMP_REQUESTS_PER_MINUTE: integer({ min: 1, max: 100_000, default: 300 }),
  FMP_TIMEOUT: duration('10s'),
  FMP_RETRIES: integer({ min: 0, max: 10, default: 2 }),
  /** CSV, or JSON where the name ends so. */
  PRICE_FILE: optional(text()),
  /** Dollars, for the estimate of what calls cost. */
  PRICE_COST_PER_THOUSAND: decimalSetting('2.50'),
  /** Symbols asked for at the same time. */
  PRICE_CONCURRENCY: integer({ min: 1, max: 100, default: 4 }),
  /** A run that waits for prices is told after this long to go on without. */
  PRICE_PATIENCE: duration('60s'),
  /** A symbol whose worker is silent for this long is taken over by another. */
  PRICE_LOCK: duration('60s'),
  PRICE_POLL: duration('1s'),
  /** How long an asset for which no symbol was found is left alone before it is looked for again. */
  SYMBOL_RETRY: duration('30d'),
  /** How long a symbol that the source does not have is not asked for, whoever wants it. */
  PRICE_ABSENT_RETRY: duration('30d'),
  /** Symbols that a user may compare with (`benchmark=`) in 24 hours of which nobody has prices yet: each costs calls. */
  BENCHMARK_NEW_PER_DAY: integer({ min: 0, max: 1_000, default: 5 }),
};

export type PriceSettings = Parsed<typeof priceSettings>;

/** What is wrong between settings that are each right. */
export function priceSettingProblems(settings: Pick<PriceSettings, 'PRICE_SOURCE' | 'FMP_API_KEY' | 'PRICE_FILE'>): string[] {
  if (settings.PRICE_SOURCE === 'fmp' && settings.FMP_API_KEY === undefined) return ['FMP_API_KEY is required with PRICE_SOURCE=fmp: set it to the key, or FMP_API_KEY_FILE to a file that holds it'];
  if (settings.PRICE_SOURCE === 'file' && settings.PRICE_FILE === undefined) return ['PRICE_FILE is required with PRICE_SOURCE=file: set it to a CSV or JSON file with symbol, date, close and currency'];
  return [];
}

/** Dollars of one request; nothing where the source is a file of our own. */
export function costACall(settings: Pick<PriceSettings, 'PRICE_SOURCE' | 'PRICE_COST_PER_THOUSAND'>): Decimal {
  return settings.PRICE_SOURCE === 'fmp' ? divide(settings.PRICE_COST_PER_THOUSAND, '1000') : '0';
}

/** Null where there is none. */
export function createPriceSource(settings: PriceSettings, deps: FmpDeps): PriceSource | null {
  const { PRICE_SOURCE: kind, FMP_API_KEY: apiKey, PRICE_FILE: file } = settings;
  if (kind === 'fmp' && apiKey !== undefined) {
    const { FMP_BASE_URL: baseUrl, FMP_REQUESTS_PER_MINUTE: requestsPerMinute, FMP_TIMEOUT: timeoutMs, FMP_RETRIES: retries } = settings;
    return fmpSource({ baseUrl: baseUrl.replace(/\/$/, ''), apiKey, requestsPerMinute, timeoutMs, retries, costACall: costACall(settings) }, deps);
  }
  return kind === 'file' && file !== undefined ? fileSource(file) : null;
}

function decimalSetting(fallback: Decimal): Setting<Decimal> {
  const parse = (value: string): Decimal | undefined => {
    const decimal = parseDecimal(value);
    return decimal === null || isNegative(decimal) ? undefined : decimal;
  };
  return { accepts: 'an amount such as 2.50', parse, fallback: { value: fallback } };
}
