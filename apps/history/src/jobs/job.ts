/** One account's reconstruction, as the durable queue holds it. */
import type { historyRpc } from '@tidemark/contracts';

export type Cause = historyRpc.Reconstruction['cause'];

export interface Job {
  readonly accountId: string;
  readonly userId: string;
  readonly runId: string;
  readonly cause: Cause;
  readonly requestedAt: string;
  /** From 1; how often a worker has taken it. */
  readonly attempt: number;
  /** Raised each time a worker takes it, never lowered: whoever holds an older one can write nothing. */
  readonly fence: number;
  /** Of the last finished run; 0 before the first. */
  readonly revision: number;
  /** It has waited for prices long enough. */
  readonly patienceOver: boolean;
}
