/** What operators watch of deliveries: what became of attempts, how long an alert takes to be told, how many wait. */
import type { DeliveryKind } from '@tidemark/contracts';
import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Settled } from './delivery.js';

export interface DeliveryMetrics {
  attempt(kind: DeliveryKind, result: Settled['status'] | 'lost'): void;
  /** From the alert to the receiver's yes. */
  delivered(kind: DeliveryKind, milliseconds: number): void;
  waiting(counts: readonly { readonly status: string; readonly count: number }[]): void;
}

export function deliveryMetrics(registry: Registry): DeliveryMetrics {
  const registers = [registry];
  const attempts = new Counter({ name: 'tidemark_alert_deliveries_total', help: 'Attempts to tell an alert, by what became of them; lost: another worker had taken it over', labelNames: ['kind', 'result'], registers });
  const durations = new Histogram({ name: 'tidemark_alert_delivery_seconds', help: 'From an alert to its delivery', labelNames: ['kind'], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3_600, 86_400], registers });
  const depth = new Gauge({ name: 'tidemark_alert_deliveries_waiting', help: 'Deliveries that wait for their first attempt or for another', labelNames: ['status'], registers });
  return {
    attempt: (kind, result) => attempts.inc({ kind, result }),
    delivered: (kind, milliseconds) => durations.observe({ kind }, Math.max(0, milliseconds) / 1_000),
    waiting: (counts) => {
      for (const status of ['pending', 'retrying']) depth.set({ status }, counts.find((one) => one.status === status)?.count ?? 0);
    },
  };
}
