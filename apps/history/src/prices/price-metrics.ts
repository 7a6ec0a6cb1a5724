/** What operators watch of prices: how many lookups the store answered, what was asked of the source and what that cost, what was not believed. */
import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { PriceCall } from '../price-source/price-source.js';
import type { Suspicion } from './gate.decide.js';

export interface PriceMetrics {
  /** Lookups of one symbol over one range by one run. */
  looked(hits: number, misses: number): void;
  called(call: PriceCall): void;
  quarantined(reason: Suspicion, count: number): void;
  symbol(status: 'mapped' | 'unmapped', method: string): void;
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** @param costACall dollars, for watching alone: prom-client counts in binary floating point */
export function priceMetrics(registry: Registry, costACall: string): PriceMetrics {
  const registers = [registry];
  const lookups = new Counter({ name: 'tidemark_price_lookups_total', help: 'Lookups of a symbol over a range, by whether the store had all of it', labelNames: ['result'], registers });
  const calls = new Histogram({ name: 'tidemark_price_call_seconds', help: 'Latency of calls to the price source, retries included', labelNames: ['source', 'operation', 'result'], buckets: SECONDS, registers });
  const requests = new Counter({ name: 'tidemark_price_requests_total', help: 'Requests sent to the price source, each of which counts', labelNames: ['source', 'operation'], registers });
  const cost = new Counter({ name: 'tidemark_price_cost_dollars_total', help: 'Estimated cost of those requests', labelNames: ['source'], registers });
  const suspicious = new Counter({ name: 'tidemark_price_quarantined_total', help: 'Closes that were not stored, by reason', labelNames: ['reason'], registers });
  const symbols = new Counter({ name: 'tidemark_symbols_total', help: 'Assets for which a symbol was looked for, by what was found', labelNames: ['status', 'method'], registers });
  return {
    looked: (hits, misses) => {
      if (hits > 0) lookups.inc({ result: 'hit' }, hits);
      if (misses > 0) lookups.inc({ result: 'miss' }, misses);
    },
    called: ({ source, operation, result, requests: sent, latencyMs }) => {
      calls.observe({ source, operation, result }, latencyMs / 1_000);
      requests.inc({ source, operation }, sent);
      cost.inc({ source }, sent * Number(costACall));
    },
    quarantined: (reason, count) => suspicious.inc({ reason }, count),
    symbol: (status, method) => symbols.inc({ status, method }),
  };
}
