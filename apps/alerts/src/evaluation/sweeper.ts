/** Sweeps every now and then. Replicas may sweep at once: rules are locked while they are judged, and an alert has one id. */
import type { AlertDeps } from '../deps.js';
import { sweepPending, sweepStale } from './sweep.js';
import { tellMetrics } from './tell-metrics.js';

export class Sweeper {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly deps: AlertDeps) {}

  start(): void {
    this.timer = setInterval(() => { this.running = this.running.then(() => this.once()); }, this.deps.settings.sweepMs);
  }

  async close(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.running;
  }

  /** One that fails does not keep the other from its work: a log that is away says nothing of quiet that is over. */
  private async once(): Promise<void> {
    const { clock, metrics, logger } = this.deps;
    for (const sweep of [sweepPending, sweepStale]) {
      try {
        tellMetrics(metrics, await sweep(this.deps), clock.now());
      } catch (error) {
        logger.warn({ err: error }, 'the passing of time could not be looked at; trying again');
      }
    }
  }
}
