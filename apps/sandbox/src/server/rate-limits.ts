/** Counts calls in windows (of a minute, or what the provider counts in) that open with their first call, on the sandbox's clock. */
import type { SandboxClock } from './sandbox-clock.js';

const WINDOW_MS = 60_000;
const MOST_WINDOWS = 50_000;

export interface Standing {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Seconds until the window closes. */
  resetSeconds: number;
  resetMs: number;
}

export class RateLimits {
  readonly #windows = new Map<string, { opened: number; count: number }>();

  constructor(private readonly clock: SandboxClock) {}

  /** One call against `key`: counted where it is allowed. */
  take(key: string, limit: number, windowMs: number = WINDOW_MS): Standing {
    const now = this.clock.now().getTime();
    let window = this.#windows.get(key);
    if (window === undefined || now < window.opened || now - window.opened >= windowMs) {
      if (this.#windows.size >= MOST_WINDOWS) this.#windows.clear();
      window = { opened: now, count: 0 };
      this.#windows.set(key, window);
    }
    const allowed = window.count < limit;
    if (allowed) window.count += 1;
    const resetMs = window.opened + windowMs - now;
    return { allowed, limit, remaining: Math.max(0, limit - window.count), resetSeconds: Math.ceil(resetMs / 1000), resetMs };
  }

  clear(): void {
    this.#windows.clear();
  }
}
