/** What every read needs of the world outside it, and the answer to "has this read model seen what the caller wrote". */
import type { LogPosition } from '@tidemark/contracts';
import type { Clock } from '@tidemark/kernel';
import type { Database } from '@tidemark/postgres';
import { waitForPositions } from '@tidemark/projections';

/** The read models of this service, by the names of their projections. */
export const READ_MODELS = ['balances', 'accounts', 'settings', 'market'] as const;

/** Injection token of `Reads`. */
export const READS = Symbol('reads');

export interface Reads {
  readonly database: Database;
  readonly clock: Clock;
}

/** Waits up to 2 s for what the caller wrote. @returns whether the answer is older than that */
export async function isStale(database: Database, after: readonly LogPosition[] | undefined): Promise<boolean> {
  return after !== undefined && !(await waitForPositions(database, READ_MODELS, after));
}
