/**
 * What each account holds: the lines of its newest snapshot, a row each, for the close of the day and for live values. A snapshot
 * that is older than the one held changes nothing, whenever it comes; of the same instant the greater position is the newer.
 */
import type { BalanceSnapshotCaptured, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { eraseFrom, erasuresOf, lockForAdding, notErased } from '@tidemark/projections';
import type { Projection } from '@tidemark/projections';

type Captured = EventEnvelope<BalanceSnapshotCaptured>;

export const holdings: Projection = {
  name: 'holdings',
  logs: ['sync', 'connections'],
  async apply(tx, events) {
    const erased = await eraseFrom(tx, 'held_snapshot', events.flatMap(erasuresOf));
    if (erased.length > 0) await tx.query('DELETE FROM holding WHERE account_id = ANY($1::uuid[])', [erased]);
    const newest = new Map<string, Captured>();
    for (const event of events) if (event.type === 'BalanceSnapshotCaptured') keepNewer(newest, event as Captured);
    if (newest.size > 0) await hold(tx, [...newest.values()]);
  },
};

function keepNewer(newest: Map<string, Captured>, event: Captured): void {
  const held = newest.get(event.data.accountId);
  if (!held || isNewer(event, held)) newest.set(event.data.accountId, event);
}

function isNewer(a: Captured, b: Captured): boolean {
  return (Date.parse(a.data.capturedAt) - Date.parse(b.data.capturedAt) || a.epoch - b.epoch || a.position - b.position) > 0;
}

const HEADS = `
  INSERT INTO held_snapshot AS held (account_id, user_id, connection_id, snapshot_id, currency, captured_at, epoch, position)
  SELECT s.account_id, s.user_id, s.connection_id, s.snapshot_id, s.currency, date_trunc('milliseconds', s.captured_at), s.epoch, s.position
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::int[], $8::bigint[])
    AS s(account_id, user_id, connection_id, snapshot_id, currency, captured_at, epoch, position)
  WHERE ${notErased('s')}
  ON CONFLICT (account_id) DO UPDATE SET user_id = excluded.user_id, connection_id = excluded.connection_id, snapshot_id = excluded.snapshot_id,
    currency = excluded.currency, captured_at = excluded.captured_at, epoch = excluded.epoch, position = excluded.position
  WHERE (excluded.captured_at, excluded.epoch, excluded.position) > (held.captured_at, held.epoch, held.position) AND held.user_id = excluded.user_id
  RETURNING account_id`;

const LINES = `
  INSERT INTO holding (account_id, line, asset, quantity, multiplier, currency, price, price_at, cost_basis, counted_as_cash)
  SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::numeric[], $5::numeric[], $6::text[], $7::numeric[], $8::timestamptz[], $9::numeric[], $10::boolean[])`;

async function hold(tx: SqlClient, events: readonly Captured[]): Promise<void> {
  await lockForAdding(tx, 'held_snapshot');
  const of = <T>(pick: (data: BalanceSnapshotCaptured) => T) => events.map((event) => pick(event.data));
  const { rows } = await tx.query<{ account_id: string }>(HEADS, [
    of((data) => data.accountId), events.map((event) => event.userid), of((data) => data.connectionId), of((data) => data.snapshotId), of((data) => data.currency),
    of((data) => data.capturedAt), events.map((event) => event.epoch), events.map((event) => event.position),
  ]);
  const replaced = new Set(rows.map((row) => row.account_id));
  if (replaced.size === 0) return;
  await tx.query('DELETE FROM holding WHERE account_id = ANY($1::uuid[])', [[...replaced]]);
  const lines = events.filter(({ data }) => replaced.has(data.accountId)).flatMap(({ data }) => data.balances.map((line, index) => ({ data, line, index })));
  if (lines.length === 0) return;
  await tx.query(LINES, [
    lines.map(({ data }) => data.accountId), lines.map(({ index }) => index), lines.map(({ line }) => line.asset), lines.map(({ line }) => line.quantity), lines.map(({ line }) => line.multiplier ?? '1'),
    lines.map(({ data, line }) => line.currency ?? data.currency), lines.map(({ line }) => line.price ?? null), lines.map(({ data, line }) => (line.price == null ? null : (line.priceAsOf ?? data.capturedAt))),
    // Nobody knows what a cost is of that is in no known currency.
    lines.map(({ line }) => (line.currency === null ? null : (line.costBasis ?? null))), lines.map(({ line }) => line.countedAsCash ?? false),
  ]);
}
