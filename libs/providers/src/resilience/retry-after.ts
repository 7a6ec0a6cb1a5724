/** How long a provider asks us to wait, from its headers. */

/** Above this a number of seconds is taken for a Unix time. */
const EPOCH_SECONDS = 1_000_000_000;

/** @param headers lower-case names; @returns milliseconds, or null where the provider says nothing (RFC 9110, section 10.2.3; SnapTrade's X-RateLimit-Reset is in seconds) */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const asked = headers['retry-after'];
  if (asked !== undefined) return fromText(asked.trim(), now);
  const reset = headers['x-ratelimit-reset'];
  return reset === undefined ? null : fromText(reset.trim(), now);
}

function fromText(text: string, now: number): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const seconds = Number(text);
    return Math.max(0, Math.round(seconds > EPOCH_SECONDS ? seconds * 1000 - now : seconds * 1000));
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
