/**
 * Stores snapshots. It folds two logs, in whatever order they come: `sync` has the snapshots, `connections` says what is erased.
 * An erasure leaves a mark, and a snapshot that comes after it finds the mark and is not stored, so both orders end the same.
 */
import type { BalanceSnapshotCaptured, ConnectionRemoved, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { Projection } from '@tidemark/projections';

export const balances: Projection = {
  name: 'balances',
  logs: ['sync', 'connections'],
  async apply(tx, events) {
    await erase(tx, events.flatMap(erasuresOf));
    await store(tx, events.filter((event) => event.type === 'BalanceSnapshotCaptured') as EventEnvelope<BalanceSnapshotCaptured>[]);
  },
};

interface Erasure {
  readonly userId: string;
  readonly kind: 'account' | 'connection' | 'user';
  readonly id: string;
}

function erasuresOf(event: EventEnvelope): Erasure[] {
  const userId = event.userid;
  if (event.type === 'UserErased') return [{ userId, kind: 'user', id: userId }];
  if (event.type !== 'ConnectionRemoved') return [];
  const { erased, connectionId, accountIds } = event.data as ConnectionRemoved;
  return erased ? [{ userId, kind: 'connection', id: connectionId }, ...accountIds.map((id) => ({ userId, kind: 'account' as const, id }))] : [];
}

async function erase(tx: SqlClient, erasures: readonly Erasure[]): Promise<void> {
  if (erasures.length === 0) return;
  await tx.query('SELECT erase_snapshots($1, $2, $3)', [erasures.map((one) => one.userId), erasures.map((one) => one.kind), erasures.map((one) => one.id)]);
}

/** Instants are kept to the millisecond, as they are answered: asking as of an answered time finds its snapshot. */
const STORE = `
  INSERT INTO balance_snapshot (snapshot_id, account_id, user_id, connection_id, provider, source, currency, captured_at, recorded_at, provider_as_of,
    total_balance, total_available, total_holdings, total_cash, balances, provider_metadata, epoch, position)
  SELECT s.snapshot_id, s.account_id, s.user_id, s.connection_id, s.provider, s.source, s.currency,
    date_trunc('milliseconds', s.captured_at), date_trunc('milliseconds', s.recorded_at), date_trunc('milliseconds', s.provider_as_of),
    s.total_balance, s.total_available, s.total_holdings, s.total_cash, s.balances, s.provider_metadata, s.epoch, s.position
  FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::uuid[]), unnest($5::text[]), unnest($6::text[]), unnest($7::text[]),
    unnest($8::timestamptz[]), unnest($9::timestamptz[]), unnest($10::timestamptz[]), unnest($11::numeric[]), unnest($12::numeric[]), unnest($13::numeric[]), unnest($14::numeric[]),
    json_array_elements($15::json), json_array_elements($16::json), unnest($17::int[]), unnest($18::bigint[]))
    AS s(snapshot_id, account_id, user_id, connection_id, provider, source, currency, captured_at, recorded_at, provider_as_of,
      total_balance, total_available, total_holdings, total_cash, balances, provider_metadata, epoch, position)
  WHERE NOT EXISTS (SELECT 1 FROM erasure e WHERE e.user_id = s.user_id
    AND (e.kind, e.id) IN (('account', s.account_id::text), ('connection', s.connection_id::text), ('user', s.user_id)))
  ON CONFLICT (snapshot_id) DO NOTHING`;

async function store(tx: SqlClient, events: readonly EventEnvelope<BalanceSnapshotCaptured>[]): Promise<void> {
  if (events.length === 0) return;
  // Taken before the statement looks at the marks of erasure, so that an erasure under way is waited for and then seen.
  await tx.query('LOCK TABLE balance_snapshot IN ROW EXCLUSIVE MODE');
  const of = <T>(pick: (data: BalanceSnapshotCaptured) => T) => events.map((event) => pick(event.data));
  await tx.query(STORE, [
    of((data) => data.snapshotId), of((data) => data.accountId), events.map((event) => event.userid), of((data) => data.connectionId),
    of((data) => data.provider), of((data) => data.source), of((data) => data.currency),
    of((data) => data.capturedAt), events.map((event) => event.recordedtime), of((data) => data.providerAsOf),
    of((data) => data.totals.balance), of((data) => data.totals.available ?? null), of((data) => data.totals.holdingsValue ?? null), of((data) => data.totals.cashValue ?? null),
    // One JSON array each: as text arrays, every quote would be escaped by the driver and read twice by Postgres.
    JSON.stringify(of((data) => data.balances)), JSON.stringify(of((data) => data.providerMetadata)),
    events.map((event) => event.epoch), events.map((event) => event.position),
  ]);
}
