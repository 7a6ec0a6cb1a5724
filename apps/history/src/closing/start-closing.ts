/** Starts the end of day: the closer, and compaction behind it. */
import { dayOf } from '@tidemark/market';
import { isTransient } from '@tidemark/postgres';
import type { ClosingDesk } from './close.controller.js';
import { Closer } from './closer.js';
import { compactDue } from './compaction.js';
import type { ClosingDeps } from './deps.js';

const COMPACT_EVERY_MS = 3_600_000;

export interface RunningClosing {
  readonly desk: ClosingDesk;
  close(): Promise<void>;
}

/** @param name unique per process and start */
export function startClosing(deps: ClosingDeps, name: string): RunningClosing {
  const closer = new Closer(deps, name);
  let working: Promise<void> = Promise.resolve();
  const compact = () => {
    working = working.then(() => compactDue(deps)).then(
      (month) => {
        if (month !== null) deps.logger.info({ month: dayOf(month) }, 'a month was compacted');
      },
      (error: unknown) => deps.logger[isTransient(error) ? 'warn' : 'error']({ err: error }, 'compaction was interrupted; it goes on within the hour'),
    );
  };
  closer.start();
  const timer = setInterval(compact, COMPACT_EVERY_MS);
  compact();
  return {
    desk: { closer, deps },
    close: async () => {
      clearInterval(timer);
      await closer.close();
      await working;
    },
  };
}
