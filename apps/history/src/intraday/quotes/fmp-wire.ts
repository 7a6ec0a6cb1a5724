/**
 * The words of Financial Modeling Prep's quote streams and of its batch quotes, read without binary floating point
 * (site.financialmodelingprep.com/developer/docs: "Company Web Socket API", "Crypto …", "Batch Quote").
 *
 * Of the stream's messages `T` is a trade, and its `lp` the price that was paid. `Q` is the top of the book, at which nothing was traded, and
 * `B` takes a trade back, so neither is a price. Tickers are sent and answered in lower case.
 */
import { isDecimal } from '@tidemark/money';
import { parseLossless } from '@tidemark/providers';
import type { Quote } from './quote.js';

export type StreamMessage =
  | { readonly kind: 'quote'; readonly quote: Quote }
  | { readonly kind: 'answer'; readonly event: string; readonly status: number | null; readonly message: string }
  | { readonly kind: 'other' }
  | { readonly kind: 'malformed' };

export function loginMessage(apiKey: string): string {
  return JSON.stringify({ event: 'login', data: { apiKey } });
}

export function tickerMessage(event: 'subscribe' | 'unsubscribe', symbols: readonly string[]): string {
  return JSON.stringify({ event, data: { ticker: symbols.map((symbol) => symbol.toLowerCase()) } });
}

export function readStreamMessage(text: string): StreamMessage {
  const parsed = parseLossless(text);
  if (!parsed.ok || parsed.value === null || typeof parsed.value !== 'object') return { kind: 'malformed' };
  const fields = parsed.value as Record<string, unknown>;
  if (typeof fields['event'] === 'string') return { kind: 'answer', event: fields['event'], status: statusOf(fields['status']), message: typeof fields['message'] === 'string' ? fields['message'].slice(0, 200) : '' };
  if (fields['type'] !== 'T') return fields['type'] === 'Q' || fields['type'] === 'B' ? { kind: 'other' } : { kind: 'malformed' };
  const quote = quoteOf(fields['s'], fields['lp'], fields['t']);
  return quote ? { kind: 'quote', quote } : { kind: 'malformed' };
}

/** Rows of `/stable/batch-quote`; those that cannot be read are null. */
export function readBatchQuotes(body: unknown): (Quote | null)[] {
  if (!Array.isArray(body)) return [null];
  return body.map((row: unknown) => {
    const { symbol, price, timestamp } = (row ?? {}) as Record<string, unknown>;
    return quoteOf(symbol, price, timestamp);
  });
}

function quoteOf(symbol: unknown, price: unknown, time: unknown): Quote | null {
  const at = milliseconds(time);
  return typeof symbol === 'string' && symbol !== '' && isDecimal(price) && at !== null ? { symbol: symbol.toUpperCase(), price, at } : null;
}

/** The stream counts in milliseconds, rows in seconds, and feeds of exchanges that it passes on in micro- or nanoseconds: told apart by their size. */
function milliseconds(time: unknown): number | null {
  const whole = typeof time === 'string' ? /^(\d{9,19})(\.\d+)?$/.exec(time)?.[1] : undefined;
  if (whole === undefined) return null;
  if (whole.length <= 11) return Number(whole) * 1_000;
  return whole.length <= 14 ? Number(whole) : Number(whole.slice(0, whole.length <= 17 ? -3 : -6));
}

function statusOf(status: unknown): number | null {
  return typeof status === 'string' && /^\d{3}$/.test(status) ? Number(status) : null;
}
