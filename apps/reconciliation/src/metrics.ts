/** What operators watch: runs by status and duration, provider calls, what differs and how long it has. */
import type { CallRecord } from '@tidemark/providers';
import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from 'prom-client';

export interface ReconciliationMetrics {
  /** A run ended. */
  ended(reason: string, status: string, durationMs: number): void;
  /** One fetch of one connection: `ok`, the provider's error code, or `lost`. */
  fetched(provider: string, result: string, durationMs: number): void;
  called(record: CallRecord): void;
  compared(result: string, accounts: number): void;
  queue(depth: Readonly<Record<string, number>>): void;
  discrepancies(open: Readonly<Record<string, number>>): void;
}

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600];

export function reconciliationMetrics(registry: Registry): ReconciliationMetrics {
  const registers = [registry];
  const runs = new Histogram({ name: 'tidemark_reconciliation_duration_seconds', help: 'From request to end of a reconciliation, by reason and status', labelNames: ['reason', 'status'], buckets: SECONDS, registers });
  const fetches = new Histogram({ name: 'tidemark_reconciliation_fetch_seconds', help: 'One fetch of one connection, by provider and result', labelNames: ['provider', 'result'], buckets: SECONDS, registers });
  const calls = new Histogram({ name: 'tidemark_provider_call_seconds', help: 'Latency of provider calls, retries included', labelNames: ['provider', 'operation', 'result'], buckets: SECONDS, registers });
  const accounts = new Counter({ name: 'tidemark_reconciled_accounts_total', help: 'Accounts by what their comparison found', labelNames: ['result'], registers });
  const depth = new Gauge({ name: 'tidemark_reconciliation_tasks', help: 'Fetches that wait or run', labelNames: ['status'], registers });
  const open = new Gauge({ name: 'tidemark_discrepancies_open', help: 'Discrepancies that are not resolved, by status', labelNames: ['status'], registers });
  return {
    ended: (reason, status, durationMs) => runs.observe({ reason, status }, durationMs / 1_000),
    fetched: (provider, result, durationMs) => fetches.observe({ provider, result }, durationMs / 1_000),
    called: ({ provider, operation, result, latencyMs }) => calls.observe({ provider, operation, result }, latencyMs / 1_000),
    compared: (result, count) => accounts.inc({ result }, count),
    queue: (counts) => {
      for (const status of ['queued', 'running']) depth.set({ status }, counts[status] ?? 0);
    },
    discrepancies: (counts) => {
      for (const status of ['open', 'explained', 'persisting']) open.set({ status }, counts[status] ?? 0);
    },
  };
}
