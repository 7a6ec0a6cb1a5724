/** Runs work again and again, one run at a time. A run that fails is logged and the next one comes all the same. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@tidemark/service';

const CLOSE_PATIENCE_MS = 3_000;

export interface Repeating {
  /** Waits for the run under way, but not for long: work here may be cut off at any point. */
  close(): Promise<void>;
}

export function every(intervalMs: number, what: string, logger: Logger, work: () => Promise<unknown>): Repeating {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    running = work()
      .then(() => undefined, (error: unknown) => {
        // Closing takes the database away under a run that is still waiting for a provider.
        if (!closed) logger.error({ err: error }, `${what} failed; it will be tried again`);
      })
      .then(() => {
        if (!closed) timer = setTimeout(run, intervalMs).unref();
      });
  };
  run();
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await Promise.race([running, sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
    },
  };
}
