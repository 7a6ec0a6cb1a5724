/** Prices, symbols and quotes as the settings have them, and as runs ask for them. */
import type { EventLog } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import type { Database } from '@tidemark/postgres';
import { newId } from '@tidemark/service';
import type { Logger } from '@tidemark/service';
import type { Registry } from 'prom-client';
import type { HistoryConfig } from './config.js';
import { quotesOf } from './intraday/quotes/quote-settings.js';
import type { OpenQuotes } from './intraday/quotes/quote.js';
import type { PriceSupply } from './jobs/deps.js';
import { costACall, createPriceSource } from './price-source/price-settings.js';
import type { PriceCall, PriceSource } from './price-source/price-source.js';
import { priceMetrics } from './prices/price-metrics.js';
import { startPrices } from './prices/start-prices.js';
import type { Prices } from './prices/start-prices.js';
import type { AssetSeen } from './symbols/symbol-store.js';

export interface PriceParts {
  readonly database: Database;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** In place of the one that the settings name. */
  readonly source?: PriceSource | null;
  readonly settled: (runIds: readonly string[]) => Promise<void>;
}

export interface ComposedPrices {
  readonly prices: Prices;
  readonly supply: PriceSupply;
  /** Null: values move with closes and snapshots only. */
  readonly quotes: OpenQuotes | null;
}

export function composePrices(config: HistoryConfig, parts: PriceParts): ComposedPrices {
  const { database, log, clock, logger, registry, settled } = parts;
  const metrics = priceMetrics(registry, costACall(config));
  const calls = { clock, random: Math.random, log: logger, onCall: (call: PriceCall) => metrics.called(call) };
  const source = parts.source === undefined ? createPriceSource(config, calls) : parts.source;
  const prices = startPrices({ database, log, clock, random: Math.random, newId, logger, metrics, source, settings: config.prices, settled });
  return { prices, supply: { ...prices.supply, symbolsOf: (runs) => prices.supply.symbolsOf(seenBy(runs)) }, quotes: quotesOf(config, calls) };
}

/** Each asset once, with every run that waits for it; a line says more of an asset than a transaction that only names it. */
function seenBy(runs: Parameters<PriceSupply['symbolsOf']>[0]): AssetSeen[] {
  const seen = new Map<string, AssetSeen & { readonly runIds: string[] }>();
  for (const { runId, assets } of runs) {
    for (const { asset, line } of assets) {
      const known = seen.get(asset);
      if (known) known.runIds.push(runId);
      if (!known || (known.line === null && line !== null)) seen.set(asset, { asset, line, runIds: known?.runIds ?? [runId] });
    }
  }
  return [...seen.values()];
}
