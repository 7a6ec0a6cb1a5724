/** What operators watch of alerts: how many events are judged, how many alerts come of them, how late, and what waits. */
import type { AlertKind } from '@tidemark/contracts';
import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from 'prom-client';

export interface AlertMetrics {
  /** Events that were looked at, and rules that were judged because of them. */
  judged(events: number, rules: number): void;
  /** @param lagMs from the cause to the alert */
  raised(kind: AlertKind, lagMs: number): void;
  /** Of a value rule: `judged`, or why it could not be (`unknown`, `later`). */
  evaluated(result: 'judged' | 'unknown' | 'later', rules: number): void;
  waiting(users: number, oldestMs: number): void;
}

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function alertMetrics(registry: Registry): AlertMetrics {
  const registers = [registry];
  const events = new Counter({ name: 'tidemark_alert_events_total', help: 'Events that were looked at for rules', registers });
  const rules = new Counter({ name: 'tidemark_alert_rules_judged_total', help: 'Rules that were judged because of an event', registers });
  const alerts = new Counter({ name: 'tidemark_alerts_raised_total', help: 'Alerts raised, by kind of rule', labelNames: ['kind'], registers });
  const lag = new Histogram({ name: 'tidemark_alert_lag_seconds', help: 'From the cause of an alert to the alert', buckets: SECONDS, registers });
  const evaluations = new Counter({ name: 'tidemark_alert_evaluations_total', help: 'Rules over figures of other services, by what became of the question', labelNames: ['result'], registers });
  const due = new Gauge({ name: 'tidemark_alert_users_due', help: 'Users whose figures are to be asked for', registers });
  const oldest = new Gauge({ name: 'tidemark_alert_users_due_oldest_seconds', help: 'How long the oldest of them has waited', registers });
  return {
    judged: (seen, judged) => {
      events.inc(seen);
      rules.inc(judged);
    },
    raised: (kind, lagMs) => {
      alerts.inc({ kind });
      lag.observe(Math.max(0, lagMs) / 1_000);
    },
    evaluated: (result, count) => {
      if (count > 0) evaluations.inc({ result }, count);
    },
    waiting: (users, oldestMs) => {
      due.set(users);
      oldest.set(oldestMs / 1_000);
    },
  };
}
