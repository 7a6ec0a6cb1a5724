/**
 * Fetches what is wanted, for as long as the process runs. Polls, so that nothing depends on a message arriving; a wake makes it look at once.
 * Any number of replicas may run it: each symbol is one worker's at a time. Every minute it also asks again for what is in quarantine and due, for new rates,
 * and lets go of wants that a month could not answer.
 */
import { isTransient } from '@tidemark/postgres';
import type { PriceSource } from '../price-source/price-source.js';
import { claimSeries, renewSeries } from './claim.js';
import type { Series } from './claim.js';
import { LeaseLost } from './deps.js';
import type { PriceDeps } from './deps.js';
import { dayCall, fetchDay } from './fetch-day.js';
import { fetchSeries } from './fetch-series.js';
import { dropOldWants, wantQuarantined, wantRates } from './upkeep.js';
import { settledRuns } from './want.js';

const UPKEEP_MS = 60_000;
const GRACE_MS = 10_000;

export class PriceWorker {
  private readonly held = new Set<string>();
  private readonly running = new Set<Promise<void>>();
  private readonly timers: NodeJS.Timeout[] = [];
  private looking: Promise<void> = Promise.resolve();
  private wanted = false;
  private closed = false;
  /** The source asked for a pause; milliseconds since 1970. */
  private pausedUntil = 0;

  constructor(
    private readonly deps: PriceDeps & { source: PriceSource },
    /** Unique per process and start. */
    private readonly name: string,
  ) {}

  start(): void {
    const { pollMs, lockMs } = this.deps.settings;
    this.timers.push(setInterval(() => this.wake(), pollMs), setInterval(() => void this.beat(), Math.max(10, lockMs / 3)), setInterval(() => void this.upkeep(), UPKEEP_MS));
    this.wake();
  }

  /** Looks for work now; while it looks already, once more after that. */
  wake(): void {
    if (this.closed || this.wanted) return;
    this.wanted = true;
    this.looking = this.looking.then(() => this.look());
  }

  /** Takes nothing new and lets what runs end, for a while; what has not ended then is another's once its lock lapses. */
  async close(): Promise<void> {
    this.closed = true;
    await this.looking;
    const { promise: tired, resolve } = Promise.withResolvers<void>();
    const patience = setTimeout(resolve, GRACE_MS);
    await Promise.race([Promise.all(this.running), tired]);
    clearTimeout(patience);
    for (const timer of this.timers) clearInterval(timer);
  }

  private async look(): Promise<void> {
    this.wanted = false;
    if (this.closed || performance.now() < this.pausedUntil) return;
    try {
      await this.day();
      const { database, settings } = this.deps;
      const room = settings.concurrency - this.running.size;
      if (room <= 0) return;
      const claimed = await claimSeries(database, this.name, { limit: room, lockMs: settings.lockMs, together: dayCall(this.deps) });
      for (const series of claimed) this.run(series);
    } catch (error) {
      this.left(error, {});
    }
  }

  private async day(): Promise<void> {
    let held: readonly string[] = [];
    try {
      const { symbols, runIds } = await fetchDay(this.deps, this.name, (claimed) => {
        held = claimed;
        for (const symbol of claimed) this.held.add(symbol);
      });
      if (symbols > 0) await this.tell(runIds);
    } finally {
      for (const symbol of held) this.held.delete(symbol);
    }
  }

  private run(series: Series): void {
    this.held.add(series.symbol);
    const done = this.fetch(series)
      .catch((error: unknown) => this.left(error, { symbol: series.symbol }))
      .finally(() => {
        this.held.delete(series.symbol);
        this.running.delete(done);
        // A few at once: each claim looks through all wants.
        if (this.running.size * 2 <= this.deps.settings.concurrency) this.wake();
      });
    this.running.add(done);
  }

  private async fetch(series: Series): Promise<void> {
    const { failure, runIds } = await fetchSeries(this.deps, this.name, series);
    if (failure) {
      this.deps.logger.warn({ symbol: series.symbol, source: this.deps.source.id, class: failure.class, detail: failure.detail, attempt: series.attempts }, 'prices could not be fetched; they are asked for again later');
      // What limits us limits every symbol.
      if (failure.retryAfterMs !== null) this.pausedUntil = Math.max(this.pausedUntil, performance.now() + failure.retryAfterMs);
    }
    await this.tell(runIds);
  }

  private async tell(runIds: readonly string[]): Promise<void> {
    const settled = await settledRuns(this.deps.database, runIds);
    if (settled.length > 0) await this.deps.settled(settled);
  }

  private async beat(): Promise<void> {
    if (this.held.size === 0) return;
    try {
      await renewSeries(this.deps.database, this.name, [...this.held], this.deps.settings.lockMs);
    } catch (error) {
      this.left(error, {});
    }
  }

  private async upkeep(): Promise<void> {
    try {
      await wantQuarantined(this.deps);
      await wantRates(this.deps);
      await dropOldWants(this.deps.database);
    } catch (error) {
      this.left(error, {});
    }
  }

  private left(error: unknown, fields: object): void {
    const what = error instanceof LeaseLost || isTransient(error) ? 'warn' : 'error';
    this.deps.logger[what]({ err: error, ...fields }, 'fetching prices was left as it stands; it is taken up again when its lock lapses');
  }
}
