/** How alerts were told, as their owner sees it; and forgetting it. */
import type { alertsRpc } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

type AlertDelivery = alertsRpc.Alert['deliveries'][number];

/** By alert, in the order of the rule's list. The caller has checked whose alerts they are. */
export async function deliveriesOf(client: SqlClient, alertIds: readonly string[]): Promise<ReadonlyMap<string, AlertDelivery[]>> {
  const { rows } = await client.query<AlertDelivery & { alertId: string }>(
    `SELECT alert_id AS "alertId", delivery_id AS id, kind, shown AS target, status, attempts, last_error AS "lastError", delivered_at AS "deliveredAt",
       CASE WHEN status IN ('pending', 'retrying') THEN next_attempt_at END AS "nextAttemptAt"
     FROM delivery WHERE alert_id = ANY($1::uuid[]) ORDER BY alert_id, target_index`,
    [alertIds],
  );
  const found = new Map<string, AlertDelivery[]>(alertIds.map((id) => [id, []]));
  for (const { alertId, ...delivery } of rows) found.get(alertId)?.push(delivery);
  return found;
}

/** A user is erased: what was on its way is dropped, and one being sent this moment leaves no trace here. */
export async function eraseDeliveriesOfUsers(tx: SqlClient, userIds: readonly string[]): Promise<void> {
  await tx.query('DELETE FROM delivery WHERE user_id = ANY($1::text[])', [userIds]);
}

export async function eraseDeliveriesOfAlerts(tx: SqlClient, alertIds: readonly string[]): Promise<void> {
  await tx.query('DELETE FROM delivery WHERE alert_id = ANY($1::uuid[])', [alertIds]);
}
