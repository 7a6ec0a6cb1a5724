/**
 * Takes due tasks and runs them, so many at once and so many per provider, and keeps their locks while they run. Polls, so that
 * nothing depends on a message arriving; a wake from this process makes it look at once.
 */
import { instant } from '@tidemark/kernel';
import { isTransient } from '@tidemark/postgres';
import type { ReconciliationDeps } from '../deps.js';
import { claimTasks, openDiscrepancies, providersWithWork, queueDepth, renewLocks } from './queue.js';
import { runTask } from './run-task.js';
import type { Task } from './task.js';
import { TaskLost } from './task.js';

const GRACE_MS = 10_000;
const MEASURE_MS = 10_000;

export class TaskWorker {
  private readonly running = new Map<string, { readonly task: Task; readonly done: Promise<void> }>();
  private readonly timers: NodeJS.Timeout[] = [];
  private heart: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();
  private wanted = false;
  private closed = false;

  constructor(
    private readonly deps: ReconciliationDeps,
    /** Unique per process and start. */
    private readonly name: string,
  ) {}

  start(): void {
    const { pollMs, lockMs } = this.deps.settings;
    this.timers.push(setInterval(() => this.wake(), pollMs), setInterval(() => void this.measure(), MEASURE_MS));
    this.heart = setInterval(() => void this.beat(), Math.max(10, lockMs / 3));
    this.wake();
    void this.measure();
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
    if (this.closed) return;
    const { database, settings, clock } = this.deps;
    try {
      for (const provider of await providersWithWork(database)) {
        const busy = [...this.running.values()].filter((one) => one.task.provider === provider).length;
        const limit = Math.min(settings.concurrency - this.running.size, settings.providerConcurrency - busy);
        if (limit <= 0) continue;
        for (const task of await claimTasks(database, this.name, provider, { limit, lockMs: settings.lockMs, now: instant(clock.now()) })) this.run(task);
      }
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'the queue of reconciliations could not be looked at; trying again');
    }
  }

  private run(task: Task): void {
    const done = runTask(this.deps, this.name, task)
      .catch((error: unknown) => {
        const level = error instanceof TaskLost || isTransient(error) ? 'warn' : 'error';
        this.deps.logger[level]({ err: error, runId: task.runId, connectionId: task.connectionId }, 'part of a reconciliation was left as it stands; it is taken up again when its lock lapses');
      })
      .finally(() => {
        this.running.delete(task.taskId);
        this.wake();
      });
    this.running.set(task.taskId, { task, done });
  }

  private async beat(): Promise<void> {
    if (this.running.size === 0) return;
    try {
      await renewLocks(this.deps.database, this.name, [...this.running.keys()], this.deps.settings.lockMs);
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'locks of running reconciliations could not be renewed; trying again');
    }
  }

  private async measure(): Promise<void> {
    try {
      this.deps.metrics.queue(await queueDepth(this.deps.database));
      this.deps.metrics.discrepancies(await openDiscrepancies(this.deps.database));
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'the queue of reconciliations could not be counted');
    }
  }
}
