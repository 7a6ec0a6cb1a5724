/**
 * Takes due syncs and runs them, so many at once and so many per provider, and keeps their locks while they run. Polls, so that
 * nothing depends on a message arriving; a wake from this process makes it look at once.
 */
import { isTransient } from '@tidemark/postgres';
import type { SyncDeps } from '../deps.js';
import { runSync } from '../run/run-sync.js';
import type { Job } from './job.js';
import { LockLost } from './job.js';
import { claimJobs, providersWithWork, renewLocks } from './job-queue.js';

const GRACE_MS = 10_000;

export class SyncWorker {
  private readonly running = new Map<string, { readonly job: Job; readonly done: Promise<void> }>();
  private timer: NodeJS.Timeout | null = null;
  private heart: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();
  private wanted = false;
  private closed = false;

  constructor(
    private readonly deps: SyncDeps,
    /** Unique per process and start. */
    private readonly name: string,
  ) {}

  start(): void {
    const { pollMs, lockMs } = this.deps.settings;
    this.timer = setInterval(() => this.wake(), pollMs);
    this.heart = setInterval(() => void this.beat(), Math.max(10, lockMs / 3));
    this.wake();
  }

  /** Looks for work now; while it looks already, once more after that. */
  wake(): void {
    if (this.closed || this.wanted) return;
    this.wanted = true;
    this.looking = this.looking.then(() => this.look());
  }

  /** Takes nothing new and lets what runs end, for a while: what has not ended then is taken up by another worker or the next start. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.timer) clearInterval(this.timer);
    await this.looking;
    const { promise: tired, resolve } = Promise.withResolvers<void>();
    const patience = setTimeout(resolve, GRACE_MS);
    await Promise.race([Promise.all([...this.running.values()].map((one) => one.done)), tired]);
    clearTimeout(patience);
    if (this.heart) clearInterval(this.heart);
  }

  private async look(): Promise<void> {
    this.wanted = false;
    if (this.closed) return;
    try {
      const { database, settings } = this.deps;
      for (const provider of await providersWithWork(database)) {
        const busy = [...this.running.values()].filter((one) => one.job.provider === provider).length;
        const room = Math.min(settings.concurrency - this.running.size, settings.providerConcurrency - busy);
        if (room <= 0) continue;
        for (const job of await claimJobs(database, this.name, provider, room, settings.lockMs)) this.run(job);
      }
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'the queue of syncs could not be looked at; trying again');
    }
  }

  private run(job: Job): void {
    const done = runSync(this.deps, job, this.name)
      .catch((error: unknown) => {
        const what = error instanceof LockLost || isTransient(error) ? 'warn' : 'error';
        this.deps.logger[what]({ err: error, syncId: job.syncId, connectionId: job.connectionId }, 'a sync was left as it stands; it is taken up again when its lock lapses');
      })
      .finally(() => {
        this.running.delete(job.syncId);
        this.wake();
      });
    this.running.set(job.syncId, { job, done });
  }

  private async beat(): Promise<void> {
    if (this.running.size === 0) return;
    try {
      await renewLocks(this.deps.database, this.name, [...this.running.keys()], this.deps.settings.lockMs);
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'locks of running syncs could not be renewed; trying again');
    }
  }
}
