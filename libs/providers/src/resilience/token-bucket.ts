/**
 * Keeps us under a provider's limit before it has to say no. A bucket of a fifth of the limit allows a burst; the rest flows
 * in over the window, so that no window (a minute, or what the provider counts in) ever holds more than its limit. Callers take their turn in the order in which they
 * came: each is told how long to wait, and its token is taken at once.
 */
import type { Clock } from '@tidemark/kernel';

const MINUTE_MS = 60_000;

export class TokenBucket {
  private readonly capacity: number;
  private readonly perMs: number;
  private tokens: number;
  private filledAt: number;

  /** @param windowMs what the provider counts its limit in; longer where the limit is less than one request in it */
  constructor(
    requestsPerMinute: number,
    private readonly clock: Clock,
    windowMs: number = MINUTE_MS,
  ) {
    const window = Math.max(windowMs, MINUTE_MS / requestsPerMinute);
    const limit = Math.floor((requestsPerMinute * window) / MINUTE_MS);
    this.capacity = Math.max(1, Math.floor(limit / 5));
    // At one a window the burst is the whole limit: the next one flows in over the window after it.
    this.perMs = Math.max(limit - this.capacity, 1) / window;
    this.tokens = this.capacity;
    this.filledAt = clock.now();
  }

  /** Takes a token. @returns milliseconds to wait before using it; null where the wait would be longer than `atMost` and none was taken */
  take(atMost: number): number | null {
    const now = this.clock.now();
    this.tokens = Math.min(this.capacity, this.tokens + Math.max(0, now - this.filledAt) * this.perMs);
    this.filledAt = now;
    const wait = this.tokens >= 1 ? 0 : Math.ceil((1 - this.tokens) / this.perMs);
    if (wait > atMost) return null;
    this.tokens -= 1;
    return wait;
  }

  /** Milliseconds until a caller would have its turn. */
  waitMs(): number {
    return this.tokens >= 1 ? 0 : Math.ceil((1 - this.tokens) / this.perMs);
  }
}
