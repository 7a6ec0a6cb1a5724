/**
 * When a failed attempt is repeated: exponential with jitter, so that the connections of one institution that failed together do not
 * come back together. A provider that says when (Retry-After) is not asked sooner.
 */
export interface BackoffPolicy {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Attempts in all, the first included. */
  readonly attempts: number;
}

/**
 * @param attempt the one that failed, from 1
 * @param random in [0, 1)
 * @returns milliseconds to wait, or null where it was the last attempt
 */
export function retryDelay(policy: BackoffPolicy, attempt: number, retryAfterMs: number | null, random: number): number | null {
  if (attempt >= policy.attempts) return null;
  const step = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30));
  // Half of the step is certain, half is chance.
  return Math.max(Math.round(step / 2 + (step / 2) * random), retryAfterMs ?? 0);
}
