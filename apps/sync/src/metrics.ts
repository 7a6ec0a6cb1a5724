/** What operators watch: syncs by result and duration, provider calls by result and latency, what was spent. */
import type { CallRecord } from '@tidemark/providers';
import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from 'prom-client';

export interface SyncMetrics {
  synced(provider: string, reason: string, result: string, durationMs: number): void;
  called(record: CallRecord): void;
  webhook(provider: string, result: string): void;
  queue(depth: Readonly<Record<string, number>>): void;
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export function syncMetrics(registry: Registry): SyncMetrics {
  const registers = [registry];
  const syncs = new Histogram({ name: 'tidemark_sync_duration_seconds', help: 'Duration of sync attempts by provider, reason and result', labelNames: ['provider', 'reason', 'result'], buckets: SECONDS, registers });
  const calls = new Histogram({ name: 'tidemark_provider_call_seconds', help: 'Latency of provider calls, retries included', labelNames: ['provider', 'operation', 'result'], buckets: SECONDS, registers });
  const spent = new Counter({ name: 'tidemark_provider_cost_total', help: 'What provider calls cost, in whole currency units (for watching; the exact sums are events)', labelNames: ['provider', 'currency'], registers });
  const webhooks = new Counter({ name: 'tidemark_webhooks_total', help: 'Webhooks by provider and what became of them', labelNames: ['provider', 'result'], registers });
  const depth = new Gauge({ name: 'tidemark_sync_jobs', help: 'Syncs queued and running', labelNames: ['status'], registers });
  return {
    synced: (provider, reason, result, durationMs) => syncs.observe({ provider, reason, result }, durationMs / 1_000),
    called: ({ provider, operation, result, latencyMs, cost }) => {
      calls.observe({ provider, operation, result }, latencyMs / 1_000);
      // prom-client counts in binary floating point; no amount is ever computed from this.
      if (cost.amount !== '0') spent.inc({ provider, currency: cost.currency }, Number(cost.amount));
    },
    webhook: (provider, result) => webhooks.inc({ provider, result }),
    queue: (counts) => {
      for (const status of ['queued', 'running']) depth.set({ status }, counts[status] ?? 0);
    },
  };
}
