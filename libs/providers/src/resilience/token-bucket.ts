/**
 * Keeps us under a provider's limit before it has to say no. A bucket of a fifth of the limit allows a burst; the rest flows
 * in over the minute, so that no 60 seconds ever hold more than the limit. Callers take their turn in the order in which they
 * came: each is told how long to wait, and its token is taken at once.
 */
import type { Clock } from '@tidemark/kernel';

const MINUTE_MS = 60_000;

export class TokenBucket {
  private readonly capacity: number;
  private readonly perMs: number;
  private tokens: number;
  private filledAt: number;

  constructor(
    requestsPerMinute: number,
    private readonly clock: Clock,
  ) {
    this.capacity = Math.max(1, Math.floor(requestsPerMinute / 5));
    // At one a minute the burst is the whole limit: the next one flows in over the minute after it.
    this.perMs = Math.max(requestsPerMinute - this.capacity, 1) / MINUTE_MS;
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
