/** Time is an argument: production passes the system's clock, tests one that they turn by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** An RFC 3339 UTC instant with milliseconds, such as `2026-11-21T09:36:00.000Z`. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
