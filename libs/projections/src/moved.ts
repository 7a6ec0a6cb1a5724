/** Tells waiters of the same process that checkpoints in a database have moved, so that a read need not poll for its own write. */
import type { SqlClient } from '@tidemark/postgres';

const waiters = new WeakMap<SqlClient, Set<() => void>>();

export function announceMove(database: SqlClient): void {
  for (const waiter of waiters.get(database) ?? []) waiter();
}

/** Resolves at the next move, or after `timeoutMs` (a replica elsewhere may have moved it). */
export function nextMove(database: SqlClient, timeoutMs: number): Promise<void> {
  const all = waiters.get(database) ?? new Set();
  waiters.set(database, all);
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      all.delete(done);
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    all.add(done);
  });
}
