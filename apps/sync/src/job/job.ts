/** One sync, as the durable queue holds it. */
import type { SyncReason } from '../snapshot/build-snapshot.js';

export interface Job {
  readonly syncId: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly provider: string;
  readonly reason: SyncReason;
  /** From 1; how often it has been tried. */
  readonly attempt: number;
  /** Raised each time a worker takes it, never lowered: whoever holds an older one can write nothing. */
  readonly fence: number;
  readonly refreshState: 'reserved' | 'asked' | 'settled' | null;
  readonly refreshCost: { readonly amount: string; readonly currency: string } | null;
}

export interface Step {
  readonly name: string;
  readonly status: 'running' | 'done' | 'skipped' | 'failed';
  readonly startedAt: string;
  readonly durationMs: number | null;
  readonly detail: string | null;
}

/** Another worker has the job now: whatever this one did is to be dropped. */
export class LockLost extends Error {
  constructor(syncId: string) {
    super(`another worker has taken over sync ${syncId}`);
    this.name = 'LockLost';
  }
}
