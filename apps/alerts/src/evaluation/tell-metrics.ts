import type { alertsRpc } from '@tidemark/contracts';
import type { AlertMetrics } from '../metrics.js';

/** After the commit. @param now milliseconds since the epoch */
export function tellMetrics(metrics: AlertMetrics, alerts: readonly alertsRpc.AlertMessage[], now: number): void {
  for (const { kind, cause } of alerts) metrics.raised(kind, now - Date.parse(cause.at));
}
