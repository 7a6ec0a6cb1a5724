/** What is erased takes its rules, their secrets, its alerts and their deliveries with it. */
import type { EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { erasuresOf } from '@tidemark/projections';
import type { Erasure } from '@tidemark/projections';
import { eraseDeliveriesOfAlerts, eraseDeliveriesOfUsers } from '../deliveries/list-deliveries.js';

/** @returns the events of users who are still there */
export async function forget(tx: SqlClient, events: readonly EventEnvelope[]): Promise<readonly EventEnvelope[]> {
  const erasures = events.flatMap(erasuresOf);
  if (erasures.length === 0) return events;
  const users = erasures.filter(({ kind }) => kind === 'user').map(({ id }) => id);
  if (users.length > 0) await forgetUsers(tx, users);
  await forgetThings(tx, erasures.filter(({ kind }) => kind !== 'user'));
  return events.filter(({ userid }) => !users.includes(userid));
}

async function forgetUsers(tx: SqlClient, users: readonly string[]): Promise<void> {
  await tx.query('DELETE FROM alert_rule WHERE user_id = ANY($1::text[])', [users]);
  await tx.query('DELETE FROM due_user WHERE user_id = ANY($1::text[])', [users]);
  await eraseDeliveriesOfUsers(tx, users);
  await tx.query('DELETE FROM alert WHERE user_id = ANY($1::text[])', [users]);
}

/** Of accounts and connections: alerts about them. A rule that names one stays its user's, and says that there is nothing to judge. */
async function forgetThings(tx: SqlClient, things: readonly Erasure[]): Promise<void> {
  if (things.length === 0) return;
  const columns = [things.map(({ userId }) => userId), things.map(({ id }) => id)];
  const { rows } = await tx.query<{ alert_id: string }>(
    `DELETE FROM alert a USING unnest($1::text[], $2::uuid[]) AS e(user_id, id) WHERE a.user_id = e.user_id AND (a.account_id = e.id OR a.connection_id = e.id) RETURNING a.alert_id`,
    columns,
  );
  if (rows.length > 0) await eraseDeliveriesOfAlerts(tx, rows.map(({ alert_id }) => alert_id));
  await tx.query(`DELETE FROM rule_level l USING alert_rule r, unnest($1::text[], $2::text[]) AS e(user_id, id) WHERE r.rule_id = l.rule_id AND r.user_id = e.user_id AND l.subject = e.id`, columns);
  await tx.query(
    `UPDATE alert_rule r SET problem = 'What it watches was removed, with everything about it.' FROM unnest($1::text[], $2::text[]) AS e(user_id, id)
     WHERE r.user_id = e.user_id AND e.id IN (r.condition ->> 'accountId', r.condition ->> 'connectionId')`,
    columns,
  );
}
