/** Snapshots with what a comparison needs of their lines: each is stored once and never changed. */
import type { BalanceSnapshotCaptured, EventEnvelope } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { eraseFrom, erasuresOf, lockForAdding, notErased } from '@tidemark/projections';
import type { Projection } from '@tidemark/projections';
import { heldLine } from './held-line.js';

export const snapshots: Projection = {
  name: 'snapshots',
  logs: ['sync', 'connections'],
  async apply(tx, events) {
    await eraseFrom(tx, 'captured_snapshot', events.flatMap(erasuresOf));
    await store(tx, events.filter((event) => event.type === 'BalanceSnapshotCaptured') as EventEnvelope<BalanceSnapshotCaptured>[]);
  },
};

async function store(tx: SqlClient, events: readonly EventEnvelope<BalanceSnapshotCaptured>[]): Promise<void> {
  if (events.length === 0) return;
  await lockForAdding(tx, 'captured_snapshot');
  const of = <T>(pick: (data: BalanceSnapshotCaptured) => T) => events.map((event) => pick(event.data));
  await tx.query(
    `INSERT INTO captured_snapshot (snapshot_id, account_id, user_id, connection_id, currency, captured_at, provider_as_of, lines, epoch, position)
     SELECT s.* FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::uuid[]), unnest($5::text[]), unnest($6::timestamptz[]), unnest($7::timestamptz[]), json_array_elements($8::json), unnest($9::int[]), unnest($10::bigint[]))
       AS s(snapshot_id, account_id, user_id, connection_id, currency, captured_at, provider_as_of, lines, epoch, position)
     WHERE ${notErased('s')} ON CONFLICT (snapshot_id) DO NOTHING`,
    [
      of((data) => data.snapshotId), of((data) => data.accountId), events.map((event) => event.userid), of((data) => data.connectionId), of((data) => data.currency), of((data) => instant(Date.parse(data.capturedAt))), of((data) => (data.providerAsOf === null ? null : instant(Date.parse(data.providerAsOf)))),
      JSON.stringify(of((data) => data.balances.map(heldLine))), events.map((event) => event.epoch), events.map((event) => event.position),
    ],
  );
}
