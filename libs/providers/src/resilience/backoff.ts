/** How long to wait before the next attempt: exponential with jitter (cockatiel's), or what the provider asks for. */
import { ExponentialBackoff } from 'cockatiel';

const FIRST_MS = 500;
const LONGEST_MS = 10_000;
/** Spreads those who were all told the same Retry-After. */
const SPREAD_MS = 250;

export interface Backoff {
  /** Milliseconds before the next attempt. */
  next(askedMs: number | null): number;
}

/** @param random in [0, 1) */
export function backoff(random: () => number): Backoff {
  let current = new ExponentialBackoff<number>({
    initialDelay: FIRST_MS,
    maxDelay: LONGEST_MS,
    exponent: 2,
    generator: (state, options) => {
      const step = state ?? 0;
      const full = Math.min(options.maxDelay, options.initialDelay * options.exponent ** step);
      return [Math.round(full / 2 + (random() * full) / 2), step + 1];
    },
  }).next();
  let first = true;
  return {
    next(askedMs) {
      if (!first) current = current.next(undefined);
      first = false;
      return askedMs === null ? current.duration : askedMs + Math.round(random() * SPREAD_MS);
    },
  };
}
