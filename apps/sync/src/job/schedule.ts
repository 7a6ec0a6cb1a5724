/**
 * Every connection has a slot in the interval, given by its id, so that a thousand connections linked in one minute do not sync in one
 * minute for ever after. A connection that missed slots while the service was down is due at once, and once.
 */

const PHASES = 1_000_003;

/** Where in the interval the connection's slot lies, in milliseconds: FNV-1a of its id. */
export function slotOffset(connectionId: string, intervalMs: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < connectionId.length; at += 1) hash = Math.imul(hash ^ connectionId.charCodeAt(at), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d) >>> 0;
  return Math.floor(((hash % PHASES) / PHASES) * intervalMs);
}

/**
 * The first slot after `now`, but not before half an interval has gone by: what was fetched a minute ago is not fetched again merely
 * because its slot has come.
 * @returns milliseconds since the epoch, at most one and a half intervals away
 */
export function nextSlot(connectionId: string, intervalMs: number, now: number): number {
  const earliest = now + intervalMs / 2;
  const offset = slotOffset(connectionId, intervalMs);
  return Math.ceil((earliest - offset) / intervalMs) * intervalMs + offset;
}

/** Whether the connection's slot for reading the whole range has come since it was last read; each has its own, so that they are spread over the interval. */
export function isWholeDue(connectionId: string, readAt: string | null, intervalMs: number, now: number): boolean {
  return readAt === null || nextSlot(connectionId, intervalMs, Date.parse(readAt)) <= now;
}
