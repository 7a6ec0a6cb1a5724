/**
 * Works off the users who are due, in a few lanes, so that one whose answers are slow holds up those that it was taken with and no more.
 * A wake from this process makes it look at once; it polls behind that, for what other replicas left and for what is due later.
 */
import { isTransient } from '@tidemark/postgres';
import type { AlertDeps } from '../deps.js';
import { claimUsers, finishUsers, waitingUsers } from './due-users.js';
import type { DueUser } from './due-users.js';
import { judgeUsers } from './judge-users.js';
import { tellMetrics } from './tell-metrics.js';

const MEASURE_EVERY_MS = 5_000;
const PUT_BACK_MS = 1_000;

export class DueWorker {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly lanes = new Set<Promise<void>>();
  /** Somebody may be due who was not when a lane last looked. */
  private wanted = false;
  private closed = false;

  constructor(private readonly deps: AlertDeps) {}

  start(): void {
    this.timers.push(setInterval(() => this.wake(), this.deps.settings.pollMs), setInterval(() => void this.measure(), MEASURE_EVERY_MS));
    this.wake();
  }

  wake(): void {
    this.wanted = true;
    if (this.closed || this.lanes.size >= this.deps.settings.concurrency) return;
    const lane = this.work().finally(() => {
      this.lanes.delete(lane);
      if (this.wanted) this.wake();
    });
    this.lanes.add(lane);
  }

  /** Takes nobody new and lets what runs end. */
  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.lanes);
  }

  private async work(): Promise<void> {
    const { database, settings, clock, logger } = this.deps;
    try {
      while (!this.closed) {
        this.wanted = false;
        const users = await claimUsers(database, settings.batch, settings.lockMs, clock.now());
        if (users.length === 0) return;
        // A full batch: there may be more for another lane.
        if (users.length === settings.batch) this.wake();
        await this.judge(users);
      }
    } catch (error) {
      logger.warn({ err: error }, 'the users who are due could not be looked at; trying again');
    }
  }

  private async judge(users: readonly DueUser[]): Promise<void> {
    const { database, clock, logger, metrics } = this.deps;
    try {
      tellMetrics(metrics, await judgeUsers(this.deps, users), clock.now());
    } catch (error) {
      logger[isTransient(error) ? 'warn' : 'error']({ err: error, users: users.length }, 'rules could not be judged; they are taken up again');
      await finishUsers(database, users.map(({ userId, version }) => ({ userId, version, again: clock.now() + PUT_BACK_MS, failed: true })));
    }
  }

  private async measure(): Promise<void> {
    const { database, metrics, clock, logger } = this.deps;
    try {
      const { users, oldestMs } = await waitingUsers(database, clock.now());
      metrics.waiting(users, oldestMs);
    } catch (error) {
      logger.warn({ err: error }, 'the users who are due could not be counted');
    }
  }
}
