/**
 * Writes alerts, their deliveries and their events in the transaction that changes their rules' state: all or nothing. The id of an alert
 * is made of the rule and its cause, so that whatever comes again finds the alert there, and nobody is told twice.
 */
import type { AlertCause, AlertFigures, alertsRpc } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant, NAMESPACE, uuidV5 } from '@tidemark/kernel';
import { createDeliveries } from '../deliveries/create-deliveries.js';
import { describeDeliveries } from '../deliveries/target.js';
import type { Rule } from '../rule/rule.js';

/** That a rule became true, before it is known whether it is so for the first time. */
export interface Finding {
  readonly rule: Pick<Rule, 'ruleId' | 'userId' | 'name' | 'kind' | 'deliveries' | 'mutedUntil'>;
  readonly cause: AlertCause;
  /** What makes the cause this one: the event's id, or what time has passed since. */
  readonly causeKey: string;
  readonly accountId: string | null;
  readonly connectionId: string | null;
  readonly figures: AlertFigures;
  readonly message: string;
}

export function alertIdOf(ruleId: string, causeKey: string): string {
  return uuidV5(NAMESPACE.reaction, `alert/${ruleId}/${causeKey}`);
}

interface Raised {
  readonly alert: alertsRpc.AlertMessage;
  readonly userId: string;
  readonly rule: Finding['rule'];
  readonly muted: boolean;
}

/** @param at now, in milliseconds since the epoch @returns the alerts that are new */
export async function raise(tx: LogTransaction, findings: readonly Finding[], at: number): Promise<alertsRpc.AlertMessage[]> {
  if (findings.length === 0) return [];
  const found = new Map(findings.map((finding) => raisedOf(finding, at)).map((one) => [one.alert.alertId, one]));
  const fresh = await insert(tx, [...found.values()]);
  const raised = [...found.values()].filter(({ alert }) => fresh.has(alert.alertId));
  if (raised.length === 0) return [];
  // A checkpoint's transaction need not be flushed; an alert that is told must never be lost after it.
  await tx.query('SET LOCAL synchronous_commit TO DEFAULT');
  await createDeliveries(tx, raised.map(({ alert: message, userId, rule, muted }) => ({ userId, message, deliveries: rule.deliveries, muted })), at);
  for (const one of raised) append(tx, one, instant(at));
  return raised.map(({ alert }) => alert);
}

function raisedOf({ rule, cause, causeKey, accountId, connectionId, figures, message }: Finding, at: number): Raised {
  const { ruleId, userId, name, kind, mutedUntil } = rule;
  const alert: alertsRpc.AlertMessage = { alertId: alertIdOf(ruleId, causeKey), ruleId, name, kind, accountId, connectionId, raisedAt: instant(at), cause, message: message.slice(0, 1_000), figures };
  return { alert, userId, rule, muted: mutedUntil !== null && Date.parse(mutedUntil) > at };
}

async function insert(tx: LogTransaction, raised: readonly Raised[]): Promise<Set<string>> {
  const of = <T>(pick: (one: Raised) => T): T[] => raised.map(pick);
  const { rows } = await tx.query<{ alert_id: string }>(
    `INSERT INTO alert (alert_id, rule_id, user_id, name, kind, account_id, connection_id, raised_at, cause, message, figures, muted)
     SELECT w.alert_id, w.rule_id, w.user_id, w.name, w.kind, w.account_id, w.connection_id, w.raised_at, w.cause::json, w.message, w.figures::json, w.muted
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::boolean[])
       AS w(alert_id, rule_id, user_id, name, kind, account_id, connection_id, raised_at, cause, message, figures, muted)
     ON CONFLICT (alert_id) DO NOTHING RETURNING alert_id`,
    [
      of(({ alert }) => alert.alertId), of(({ alert }) => alert.ruleId), of(({ userId }) => userId), of(({ alert }) => alert.name), of(({ alert }) => alert.kind), of(({ alert }) => alert.accountId), of(({ alert }) => alert.connectionId),
      of(({ alert }) => alert.raisedAt), of(({ alert }) => JSON.stringify(alert.cause)), of(({ alert }) => alert.message), of(({ alert }) => JSON.stringify(alert.figures)), of(({ muted }) => muted),
    ],
  );
  return new Set(rows.map((row) => row.alert_id));
}

function append(tx: LogTransaction, { alert, userId, rule, muted }: Raised, time: string): void {
  const { alertId, ruleId, name, kind, accountId, connectionId, cause, message, figures } = alert;
  const data = { userId, alertId, ruleId, name, kind, accountId, connectionId, cause, message, figures, muted, deliveries: describeDeliveries(alertId, rule.deliveries) };
  tx.append({ userId, stream: `alert-${alertId}`, expectedVersion: 'any', events: [{ id: alertId, type: 'AlertRaised', time, data, ...(cause.eventId === null ? {} : { causationId: cause.eventId }) }] });
}
