/** How long to wait, how often to look, and what to call the thing in the error. */
export interface WaitOptions {
  timeoutMs?: number;
  everyMs?: number;
  /** What is waited for, as it should read in the error: "the snapshot to be projected". A function is called when time is up. */
  describe?: string | (() => string);
}

/**
 * Polls `condition` until it answers something truthy and returns that.
 * A condition that throws counts as "not yet"; its last error is the cause of the time-out, so that nothing is swallowed.
 */
export async function waitUntil<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20, describe = 'the condition' }: WaitOptions = {},
): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= end) {
      const what = typeof describe === 'function' ? describe() : describe;
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, last === undefined ? {} : { cause: last });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
