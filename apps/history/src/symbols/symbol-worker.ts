/** Looks for the symbols of assets that were met for the first time, a few at once; any number of replicas may, each asset is one worker's at a time. */
import { isTransient } from '@tidemark/postgres';
import { LeaseLost, waitAfter } from '../prices/deps.js';
import type { PriceDeps } from '../prices/deps.js';
import type { PriceSource } from '../price-source/price-source.js';
import { NOTHING_KNOWN, planFor } from './plan.decide.js';
import { resolveAsset } from './resolve-asset.js';
import { claimAssets, putBackAsset, renewAssets, runsWithSymbols, saveResolved } from './symbol-store.js';
import type { WantedAsset } from './symbol-store.js';

export class SymbolWorker {
  private readonly held = new Map<string, Promise<void>>();
  private readonly timers: NodeJS.Timeout[] = [];
  private looking: Promise<void> = Promise.resolve();
  private wanted = false;
  private closed = false;

  constructor(
    private readonly deps: PriceDeps & { source: PriceSource },
    /** Unique per process and start. */
    private readonly name: string,
  ) {}

  start(): void {
    const { pollMs, lockMs } = this.deps.settings;
    this.timers.push(setInterval(() => this.wake(), pollMs), setInterval(() => void this.beat(), Math.max(10, lockMs / 3)));
    this.wake();
  }

  wake(): void {
    if (this.closed || this.wanted) return;
    this.wanted = true;
    this.looking = this.looking.then(() => this.look());
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.looking;
    await Promise.all(this.held.values());
  }

  private async look(): Promise<void> {
    this.wanted = false;
    const { database, settings } = this.deps;
    const room = settings.concurrency - this.held.size;
    if (this.closed || room <= 0) return;
    try {
      for (const asset of await claimAssets(database, this.name, room, settings.lockMs)) this.run(asset);
    } catch (error) {
      this.left(error, {});
    }
  }

  private run(wanted: WantedAsset): void {
    const done = this.resolve(wanted)
      .catch((error: unknown) => this.left(error, { asset: wanted.asset }))
      .finally(() => {
        this.held.delete(wanted.asset);
        if (this.held.size * 2 <= this.deps.settings.concurrency) this.wake();
      });
    this.held.set(wanted.asset, done);
  }

  private async resolve(wanted: WantedAsset): Promise<void> {
    const { deps, name } = this;
    const known = { ...NOTHING_KNOWN, ...wanted.known };
    const plan = planFor(wanted.asset, known);
    const resolved = plan ? await resolveAsset(deps.source, plan, known) : null;
    if (resolved?.ok === false) {
      deps.logger.warn({ asset: wanted.asset, source: deps.source.id, detail: resolved.error.detail, attempt: wanted.attempts }, 'a symbol could not be looked for; it is tried again later');
      await putBackAsset(deps.database, name, wanted, waitAfter(deps, wanted.attempts, resolved.error.retryAfterMs));
      return;
    }
    const found = resolved?.value ?? { status: 'unmapped' as const, reason: 'nothing that a price source could be asked', tried: [], candidates: [] };
    const runIds = await saveResolved(deps, name, wanted, found);
    deps.metrics.symbol(found.status, found.status === 'mapped' ? found.method : 'none');
    const ready = runIds.length > 0 ? await runsWithSymbols(deps.database, runIds) : [];
    if (ready.length > 0) await deps.settled(ready);
  }

  private async beat(): Promise<void> {
    if (this.held.size === 0) return;
    try {
      await renewAssets(this.deps.database, this.name, [...this.held.keys()], this.deps.settings.lockMs);
    } catch (error) {
      this.left(error, {});
    }
  }

  private left(error: unknown, fields: object): void {
    const what = error instanceof LeaseLost || isTransient(error) ? 'warn' : 'error';
    this.deps.logger[what]({ err: error, ...fields }, 'looking for a symbol was left as it stands; it is taken up again when its lock lapses');
  }
}
