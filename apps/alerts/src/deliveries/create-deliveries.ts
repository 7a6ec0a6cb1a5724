/** The rows that the sender works off, written in the transaction that raises the alerts: an alert without its deliveries cannot be. */
import type { alertsRpc, DeliveryTarget } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { addressOf, describeDeliveries, laneHost } from './target.js';

export interface RaisedAlert {
  readonly userId: string;
  /** What is told: an e-mail is written from it, a webhook's body is it and the delivery's id. */
  readonly message: alertsRpc.AlertMessage;
  readonly deliveries: readonly DeliveryTarget[];
  /** Remembers, and tells nobody. */
  readonly muted: boolean;
}

interface Row {
  readonly deliveryId: string;
  readonly alertId: string;
  readonly ruleId: string;
  readonly userId: string;
  readonly index: number;
  readonly kind: string;
  readonly target: string | null;
  readonly shown: string;
  readonly host: string;
  readonly status: 'pending' | 'delivered' | 'muted';
  readonly body: string;
  readonly raisedAt: string;
}

const INSERT = `
  INSERT INTO delivery (delivery_id, alert_id, rule_id, user_id, target_index, kind, target, shown, host, lane, status, body, raised_at, since, attempts, tries, next_attempt_at, delivered_at)
  SELECT d.id, d.alert_id, d.rule_id, d.user_id, d.at, d.kind, d.target, d.shown, d.host, d.user_id || ' ' || d.host, d.status, d.body, d.raised_at, $13::timestamptz,
    CASE d.status WHEN 'delivered' THEN 1 ELSE 0 END, 0, CASE d.status WHEN 'pending' THEN $13::timestamptz END, CASE d.status WHEN 'delivered' THEN $13::timestamptz END
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[])
    AS d(id, alert_id, rule_id, user_id, at, kind, target, shown, host, status, body, raised_at)
  ON CONFLICT (delivery_id) DO NOTHING`;

/**
 * In one statement for all of them. What goes over `live` is delivered by the event itself, once it is committed. Call `wake` of the
 * worker after the commit. Their ids, for the event, are `describeDeliveries`'.
 * @param at now, in milliseconds since the epoch
 */
export async function createDeliveries(tx: SqlClient, alerts: readonly RaisedAlert[], at: number): Promise<void> {
  const rows = alerts.flatMap(rowsOf);
  if (rows.length === 0) return;
  const column = <K extends keyof Row>(name: K): Row[K][] => rows.map((row) => row[name]);
  await tx.query(INSERT, [
    column('deliveryId'), column('alertId'), column('ruleId'), column('userId'), column('index'), column('kind'), column('target'), column('shown'), column('host'), column('status'), column('body'), column('raisedAt'),
    instant(at),
  ]);
}

function rowsOf({ userId, message, deliveries, muted }: RaisedAlert): Row[] {
  const { alertId, ruleId, raisedAt } = message;
  return describeDeliveries(alertId, deliveries).map(({ deliveryId, kind, target: shown }, index) => {
    const target = deliveries[index] as DeliveryTarget;
    const status = muted ? 'muted' : kind === 'live' ? 'delivered' : 'pending';
    return { deliveryId, alertId, ruleId, userId, index, kind, target: addressOf(target), shown, host: laneHost(target), status, body: JSON.stringify({ deliveryId, ...message }), raisedAt };
  });
}
