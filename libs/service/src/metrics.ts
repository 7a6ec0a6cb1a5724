/** A registry per service, never prom-client's global one: several services may live in one process. */
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export function createMetrics(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** How long requests over NATS took to serve, by subject and outcome (`ok` or the problem's code). */
export function rpcHistogram(registry: Registry): Histogram<'subject' | 'outcome'> {
  return new Histogram({
    name: 'tidemark_rpc_duration_seconds',
    help: 'Time to serve a request over NATS',
    labelNames: ['subject', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
}
