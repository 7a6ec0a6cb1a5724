/** The wait that a receiver asks for (RFC 9110, section 10.2.3): seconds, or a date. Pure. */

/** @param at now, in milliseconds since the epoch. @returns milliseconds from now, or null where it says none that is understood */
export function retryAfterMs(header: string | string[] | undefined, at: number): number | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - at);
}
