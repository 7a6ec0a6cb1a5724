/**
 * Taking deliveries and keeping them, many in a statement. What is taken is locked for a while (by the database's clock, since replicas' differ) and
 * the lock renewed; of a worker that dies it lapses, and another sends again under the same delivery id. An end is written only by who
 * still holds it: (worker, attempts) is the fence.
 */
import { instant } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import type { Delivery, Settled } from './delivery.js';
import type { Busy } from './lanes.js';

const CLAIM = `
  UPDATE delivery SET locked_by = $1, locked_until = now() + $3::interval, attempts = attempts + 1, tries = tries + 1
  WHERE delivery_id IN (
    SELECT delivery_id FROM delivery
    WHERE status IN ('pending', 'retrying') AND next_attempt_at <= $4 AND (locked_until IS NULL OR locked_until <= now())
      AND host <> ALL($5::text[]) AND user_id <> ALL($6::text[]) AND lane <> ALL($7::text[])
    ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING delivery_id AS "deliveryId", alert_id AS "alertId", rule_id AS "ruleId", user_id AS "userId", kind, target, host, lane, body, raised_at AS "raisedAt", since, attempts, tries`;

/** @param options.at now, in milliseconds: what is due by then is taken, the longest due first */
export async function claim(client: SqlClient, worker: string, options: { readonly at: number; readonly limit: number; readonly lockMs: number; readonly busy: Busy }): Promise<Delivery[]> {
  const { at, limit, lockMs, busy } = options;
  const { rows } = await client.query<Delivery>(CLAIM, [worker, limit, `${lockMs} milliseconds`, instant(at), busy.hosts, busy.users, busy.lanes]);
  return rows;
}

/** SQL: the rows `d` of the given deliveries that `worker` still holds; $1 worker, $2 ids, $3 attempts. */
const HELD = `d.delivery_id = h.id AND d.attempts = h.attempts AND d.locked_by = $1 AND d.status IN ('pending', 'retrying')`;
const held = (deliveries: readonly Delivery[]) => [deliveries.map((one) => one.deliveryId), deliveries.map((one) => one.attempts)];

export async function renew(client: SqlClient, worker: string, deliveries: readonly Delivery[], lockMs: number): Promise<void> {
  await client.query(`UPDATE delivery d SET locked_until = now() + $4::interval FROM unnest($2::uuid[], $3::int[]) AS h(id, attempts) WHERE ${HELD}`, [worker, ...held(deliveries), `${lockMs} milliseconds`]);
}

/** Gives back what was taken and not sent; it was no attempt. @param until when it may be taken again, in milliseconds */
export async function giveBack(client: SqlClient, worker: string, deliveries: readonly Delivery[], until: number): Promise<void> {
  await client.query(
    `UPDATE delivery d SET attempts = d.attempts - 1, tries = d.tries - 1, locked_by = NULL, locked_until = NULL, next_attempt_at = $4
     FROM unnest($2::uuid[], $3::int[]) AS h(id, attempts) WHERE ${HELD}`,
    [worker, ...held(deliveries), instant(until)],
  );
}

/** @returns the ids of those that were still held: the others are somebody else's now, or erased */
export async function writeSettled(tx: SqlClient, worker: string, settled: readonly Settled[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ id: string }>(
    `UPDATE delivery d SET status = h.status, last_error = coalesce(h.error, d.last_error), next_attempt_at = h.next, delivered_at = h.delivered, locked_by = NULL, locked_until = NULL
     FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[]) AS h(id, attempts, status, error, next, delivered)
     WHERE ${HELD} RETURNING d.delivery_id AS id`,
    [
      worker, ...held(settled.map((one) => one.delivery)), settled.map((one) => one.status), settled.map((one) => one.error?.slice(0, 1_000) ?? null),
      settled.map((one) => (one.nextAttemptAt === null ? null : instant(one.nextAttemptAt))), settled.map((one) => (one.status === 'delivered' ? instant(one.at) : null)),
    ],
  );
  return new Set(rows.map((row) => row.id));
}

/** Tries what is parked, or waits, once more, and now; and from now on for as long as a new one. One that is being sent is left alone. @returns how many */
export async function retryDeliveries(client: SqlClient, userId: string, alertId: string, at: number): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE delivery SET status = CASE WHEN attempts = 0 THEN 'pending' ELSE 'retrying' END, since = $3, tries = 0, next_attempt_at = $3
     WHERE alert_id = $1 AND user_id = $2 AND status IN ('pending', 'retrying', 'parked') AND (locked_until IS NULL OR locked_until <= now())`,
    [alertId, userId, instant(at)],
  );
  return rowCount;
}

/** What a rule is now: whom it names, and whether it speaks. */
export interface RuleNow {
  readonly ruleId: string;
  /** Whole addresses, of webhooks and mail. */
  readonly addresses: readonly string[];
  readonly speaks: boolean;
}

export interface Unwanted {
  readonly deliveryId: string;
  readonly alertId: string;
  readonly kind: 'webhook' | 'email';
  readonly attempts: number;
}

export const UNWANTED = 'its rule was changed: it does not name this receiver any more, or is off or muted';

/** Parks what waits to be told to whom a rule does not tell any more. One that is being sent is fenced out: it is not sent again. */
export async function parkUnwanted(tx: SqlClient, { ruleId, addresses, speaks }: RuleNow): Promise<Unwanted[]> {
  const { rows } = await tx.query<Unwanted>(
    `UPDATE delivery SET status = 'parked', next_attempt_at = NULL, last_error = $4, locked_by = NULL, locked_until = NULL
     WHERE rule_id = $1 AND status IN ('pending', 'retrying') AND (NOT $3::boolean OR target IS NULL OR target <> ALL($2::text[]))
     RETURNING delivery_id AS "deliveryId", alert_id AS "alertId", kind, attempts`,
    [ruleId, addresses, speaks, UNWANTED],
  );
  return rows;
}

/** How many wait, by status. */
export async function waitingDeliveries(client: SqlClient): Promise<{ readonly status: string; readonly count: number }[]> {
  const { rows } = await client.query<{ status: string; count: number }>(`SELECT status, count(*) AS count FROM delivery WHERE status IN ('pending', 'retrying') GROUP BY status`);
  return rows;
}
