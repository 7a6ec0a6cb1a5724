/** One account's reconstruction, as the durable queue holds it. */
import type { historyRpc } from '@tidemark/contracts';

export type Cause = historyRpc.Reconstruction['cause'];

export interface Job {
  readonly accountId: string;
  readonly userId: string;
  readonly runId: string;
  readonly cause: Cause;
  /** From request to claim, in milliseconds. */
  readonly waitedMs: number;
  /** From 1; how often a worker has taken it. */
  readonly attempt: number;
  /** Raised each time a worker takes it, never lowered: whoever holds an older one can write nothing. */
  readonly fence: number;
  /** Of the last finished run; 0 before the first. */
  readonly revision: number;
  /** Fingerprint of the snapshots that its last finished run rests on; null before the first. */
  readonly restsOn: string | null;
  /** It has waited for prices long enough. */
  readonly patienceOver: boolean;
}
