/**
 * Takes due reconstructions in batches and keeps their locks while they run. Polls, so that nothing depends on a message arriving; a
 * wake from this process makes it look at once. An account whose worker died more than once is taken alone, so that one that kills
 * its worker takes no other with it, and is given up after a few times.
 */
import { isTransient } from '@tidemark/postgres';
import type { RunDeps } from './deps.js';
import type { Job } from './job.js';
import { claimJobs, failRuns, putBack, queueDepth, renewLocks } from './queue.js';
import { runBatch } from './run-batch.js';

const GRACE_MS = 10_000;
const ATTEMPTS = 5;
const RETRY_MS = 1_000;
const DEPTH_EVERY_MS = 5_000;

export class ReconstructionWorker {
  private readonly running = new Map<number, { readonly jobs: readonly Job[]; readonly done: Promise<void> }>();
  private readonly timers: NodeJS.Timeout[] = [];
  private heart: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();
  private wanted = false;
  private closed = false;
  private next = 0;

  constructor(
    private readonly deps: RunDeps,
    /** Unique per process and start. */
    private readonly name: string,
  ) {}

  start(): void {
    const { pollMs, lockMs } = this.deps.settings;
    this.timers.push(setInterval(() => this.wake(), pollMs), setInterval(() => void this.measure(), DEPTH_EVERY_MS));
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
    for (const timer of this.timers) clearInterval(timer);
    await this.looking;
    const { promise: tired, resolve } = Promise.withResolvers<void>();
    const patience = setTimeout(resolve, GRACE_MS);
    await Promise.race([Promise.all([...this.running.values()].map((one) => one.done)), tired]);
    clearTimeout(patience);
    if (this.heart) clearInterval(this.heart);
  }

  private async look(): Promise<void> {
    this.wanted = false;
    try {
      const { database, settings } = this.deps;
      while (!this.closed && this.running.size < settings.concurrency) {
        const jobs = await claimJobs(database, this.name, { limit: settings.batch, lockMs: settings.lockMs, patienceMs: settings.patienceMs });
        if (jobs.length === 0) return;
        const died = jobs.filter((job) => job.attempt > 1);
        if (jobs.length > died.length) this.run([jobs.filter((job) => job.attempt === 1)]);
        if (died.length > 0) this.run(died.map((job) => [job]));
      }
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'the queue of reconstructions could not be looked at; trying again');
    }
  }

  /** One after the other. */
  private run(batches: readonly (readonly Job[])[]): void {
    const id = (this.next += 1);
    const work = async (): Promise<void> => {
      for (const jobs of batches) await this.runOne(jobs);
    };
    const done = work().finally(() => {
      this.running.delete(id);
      this.wake();
    });
    this.running.set(id, { jobs: batches.flat(), done });
  }

  private async runOne(jobs: readonly Job[]): Promise<void> {
    const { database, logger, metrics } = this.deps;
    const spent = jobs.filter((job) => job.attempt > ATTEMPTS);
    try {
      if (spent.length > 0) {
        await failRuns(database, this.name, spent, `given up after ${ATTEMPTS} attempts`);
        metrics.outcome('failed', spent.length);
      }
      const rest = jobs.filter((job) => job.attempt <= ATTEMPTS);
      if (rest.length > 0) await runBatch(this.deps, this.name, rest);
    } catch (error) {
      logger[isTransient(error) ? 'warn' : 'error']({ err: error, accounts: jobs.length }, 'reconstructions were left as they stand; they are taken up again');
      await putBack(database, this.name, jobs, RETRY_MS).catch((failed: unknown) => logger.warn({ err: failed }, 'reconstructions could not be given back; their lock lapses'));
    }
  }

  private async beat(): Promise<void> {
    const accounts = [...this.running.values()].flatMap((one) => one.jobs.map((job) => job.accountId));
    if (accounts.length === 0) return;
    try {
      await renewLocks(this.deps.database, this.name, accounts, this.deps.settings.lockMs);
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'locks of running reconstructions could not be renewed; trying again');
    }
  }

  private async measure(): Promise<void> {
    try {
      this.deps.metrics.queue(await queueDepth(this.deps.database));
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'the queue of reconstructions could not be counted');
    }
  }
}
