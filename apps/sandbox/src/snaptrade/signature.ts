/**
 * SnapTrade's two signatures, both base64 HMAC-SHA256 over compact JSON with keys sorted at every level.
 * A request signs `{content, path, query}`: content null where the body is empty or `{}`, path without the base,
 * query the raw string as sent; its key is `encodeURI(consumerKey)` and non-ASCII letters stay as they are.
 * A webhook signs its body; its key is the consumer key and non-ASCII letters are escaped (as Python's json does).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export function requestSignature(consumerKey: string, path: string, query: string, body: unknown): string {
  return hmac(encodeURI(consumerKey), sortedJson({ content: isEmpty(body) ? null : body, path, query }));
}

export function webhookSignature(consumerKey: string, body: unknown): string {
  return hmac(consumerKey, webhookText(body));
}

/** A webhook's body as it is signed and sent. */
export function webhookText(body: unknown): string {
  return sortedJson(body).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function sameSignature(given: string, right: string): boolean {
  const [left, expected] = [Buffer.from(given), Buffer.from(right)];
  return left.length === expected.length && timingSafeEqual(left, expected);
}

function hmac(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64');
}

function isEmpty(body: unknown): boolean {
  return body === null || body === undefined || (typeof body === 'object' && !Array.isArray(body) && Object.keys(body).length === 0);
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
