/** What operators watch: provider calls by result and latency. */
import type { CallRecord } from '@tidemark/providers';
import type { Registry } from 'prom-client';
import { Histogram } from 'prom-client';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export function countCalls(registry: Registry): (record: CallRecord) => void {
  const calls = new Histogram({ name: 'tidemark_provider_call_seconds', help: 'Latency of provider calls, retries included', labelNames: ['provider', 'operation', 'result'], buckets: SECONDS, registers: [registry] });
  return ({ provider, operation, result, latencyMs }) => calls.observe({ provider, operation, result }, latencyMs / 1_000);
}
