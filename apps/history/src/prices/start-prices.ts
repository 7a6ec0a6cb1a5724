/**
 * Prices and symbols as one thing: what runs are supplied with, what reads are given, and the workers behind both. Made at the start of the
 * service; `deps.settled` is told which runs need wait no more.
 */
import { randomUUID } from 'node:crypto';
import type { AssetId } from '@tidemark/money';
import type { RateTable } from '../reads/read-context.js';
import type { DayNumber, PreparedCloses } from '../reconstruction/model.js';
import { symbolsFor, symbolsOf } from '../symbols/symbol-store.js';
import type { AssetSeen } from '../symbols/symbol-store.js';
import { SymbolWorker } from '../symbols/symbol-worker.js';
import type { PriceDeps } from './deps.js';
import { rateFetcher } from './fetch-rates.js';
import { priceBook } from './price-book.js';
import { PriceWorker } from './price-worker.js';
import { ratesFor } from './rates.js';
import { NO_RUN, wantPrices } from './want.js';
import type { RunWants, Want } from './want.js';

export interface Prices {
  readonly deps: PriceDeps;
  /** For runs: asks the source for what is not known. */
  readonly supply: {
    symbolsOf(assets: readonly AssetSeen[]): Promise<ReadonlyMap<AssetId, string | null>>;
    want(runs: readonly RunWants[]): Promise<ReadonlySet<string>>;
    closes(symbols: readonly string[], from: DayNumber, to: DayNumber): Promise<ReadonlyMap<string, PreparedCloses>>;
  };
  /** For reads: what is stored; only rates of a currency that nobody has asked for are. */
  readonly reads: {
    closes(symbols: readonly string[], from: DayNumber, to: DayNumber): Promise<ReadonlyMap<string, PreparedCloses>>;
    symbolsFor(assets: readonly AssetId[]): Promise<ReadonlyMap<AssetId, string | null>>;
    ratesFor(currencies: readonly string[], from: DayNumber, to: DayNumber): Promise<RateTable>;
  };
  /** Asks for prices that nobody waits for: the closes of a day, a benchmark. */
  want(wants: readonly Want[]): Promise<void>;
  /** Looks for work now. */
  wake(): void;
  close(): Promise<void>;
}

/** @param options.work false for a replica that only reads and wants */
export function startPrices(deps: PriceDeps, options: { work?: boolean } = {}): Prices {
  const book = priceBook(deps.database);
  const name = randomUUID();
  const { source } = deps;
  const workers = source === null || options.work === false ? [] : [new PriceWorker({ ...deps, source }, name), new SymbolWorker({ ...deps, source }, name)];
  for (const worker of workers) worker.start();
  const wake = (): void => {
    for (const worker of workers) worker.wake();
  };
  const want = async (runs: readonly RunWants[]): Promise<ReadonlySet<string>> => {
    const pending = await wantPrices(deps, deps.database, runs);
    if (pending.size > 0) wake();
    return pending;
  };
  const fetchRates = rateFetcher(deps, async (runs) => {
    await want(runs);
    wake();
  });
  const closes: Prices['reads']['closes'] = (symbols, from, to) => book.closes(symbols, from, to);
  return {
    deps,
    supply: {
      closes,
      want,
      symbolsOf: async (assets) => {
        const decided = await symbolsOf(deps, assets);
        if (decided.size < assets.length) wake();
        return decided;
      },
    },
    reads: { closes, symbolsFor: (assets) => symbolsFor(deps.database, assets), ratesFor: (currencies, from, to) => ratesFor(book, currencies, from, to, fetchRates) },
    want: async (wants) => {
      await want([{ runId: NO_RUN, wants }]);
      wake();
    },
    wake,
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
