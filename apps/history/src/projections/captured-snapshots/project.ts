/** Snapshots with all their lines, for reconstruction: each is stored once and never changed. */
import type { BalanceSnapshotCaptured, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { eraseFrom, erasuresOf, lockForAdding, notErased } from '@tidemark/projections';
import type { Projection } from '@tidemark/projections';

export const capturedSnapshots: Projection = {
  name: 'captured-snapshots',
  logs: ['sync', 'connections'],
  async apply(tx, events) {
    await eraseFrom(tx, 'captured_snapshot', events.flatMap(erasuresOf));
    await store(tx, events.filter((event) => event.type === 'BalanceSnapshotCaptured') as EventEnvelope<BalanceSnapshotCaptured>[]);
  },
};

const STORE = `
  INSERT INTO captured_snapshot (snapshot_id, account_id, user_id, connection_id, sync_id, provider, currency, captured_at, total_balance, lines, epoch, position)
  SELECT s.snapshot_id, s.account_id, s.user_id, s.connection_id, s.sync_id, s.provider, s.currency, date_trunc('milliseconds', s.captured_at), s.total_balance, s.lines, s.epoch, s.position
  FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::uuid[]), unnest($5::uuid[]), unnest($6::text[]), unnest($7::text[]),
    unnest($8::timestamptz[]), unnest($9::numeric[]), json_array_elements($10::json), unnest($11::int[]), unnest($12::bigint[]))
    AS s(snapshot_id, account_id, user_id, connection_id, sync_id, provider, currency, captured_at, total_balance, lines, epoch, position)
  WHERE ${notErased('s')}
  ON CONFLICT (snapshot_id) DO NOTHING`;

async function store(tx: SqlClient, events: readonly EventEnvelope<BalanceSnapshotCaptured>[]): Promise<void> {
  if (events.length === 0) return;
  await lockForAdding(tx, 'captured_snapshot');
  const of = <T>(pick: (data: BalanceSnapshotCaptured) => T) => events.map((event) => pick(event.data));
  await tx.query(STORE, [
    of((data) => data.snapshotId), of((data) => data.accountId), events.map((event) => event.userid), of((data) => data.connectionId), of((data) => data.syncId),
    of((data) => data.provider), of((data) => data.currency), of((data) => data.capturedAt), of((data) => data.totals.balance),
    JSON.stringify(of((data) => data.balances)), events.map((event) => event.epoch), events.map((event) => event.position),
  ]);
}
