/**
 * When the newest snapshot of each account was recorded. It only ever goes forward, so that folding the log anew never makes an account
 * look older than it is. It folds two logs, whose order does not matter: what is erased leaves a mark, and whoever adds looks for it.
 */
import type { BalanceSnapshotCaptured, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { erasuresOf, markErased } from '@tidemark/projections';
import type { Erasure, Projection } from '@tidemark/projections';

export const lastSnapshots: Projection = {
  name: 'last-snapshots',
  logs: ['sync', 'connections'],
  async apply(tx, events) {
    const erasures = events.flatMap(erasuresOf);
    if (erasures.length > 0) await erase(tx, erasures);
    await keep(tx, events.filter((event) => event.type === 'BalanceSnapshotCaptured') as EventEnvelope<BalanceSnapshotCaptured>[]);
  },
};

async function erase(tx: SqlClient, erasures: readonly Erasure[]): Promise<void> {
  await tx.query('LOCK TABLE last_snapshot IN SHARE ROW EXCLUSIVE MODE');
  await markErased(tx, erasures);
  await tx.query(
    `DELETE FROM last_snapshot t USING unnest($1::text[], $2::text[], $3::text[]) AS e(user_id, kind, id)
     WHERE t.user_id = e.user_id AND CASE e.kind WHEN 'account' THEN t.account_id::text = e.id WHEN 'connection' THEN t.connection_id::text = e.id ELSE e.kind = 'user' END`,
    [erasures.map((one) => one.userId), erasures.map((one) => one.kind), erasures.map((one) => one.id)],
  );
}

async function keep(tx: SqlClient, events: readonly EventEnvelope<BalanceSnapshotCaptured>[]): Promise<void> {
  if (events.length === 0) return;
  const newest = new Map(events.map((event) => [event.data.accountId, event]));
  const rows = [...newest.values()];
  // Before looking for marks, so that an erasure under way is waited for and then seen.
  await tx.query('LOCK TABLE last_snapshot IN ROW EXCLUSIVE MODE');
  await tx.query(
    `INSERT INTO last_snapshot AS s (account_id, user_id, connection_id, recorded_at)
     SELECT w.* FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[]) AS w(account_id, user_id, connection_id, recorded_at)
     WHERE NOT EXISTS (SELECT 1 FROM erasure e WHERE e.user_id = w.user_id AND (e.kind, e.id) IN (('account', w.account_id::text), ('connection', w.connection_id::text), ('user', w.user_id)))
     ON CONFLICT (account_id) DO UPDATE SET recorded_at = greatest(s.recorded_at, excluded.recorded_at), connection_id = excluded.connection_id WHERE s.user_id = excluded.user_id`,
    [rows.map(({ data }) => data.accountId), rows.map(({ userid }) => userid), rows.map(({ data }) => data.connectionId), rows.map(({ recordedtime }) => recordedtime)],
  );
}
