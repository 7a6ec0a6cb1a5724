/**
 * Asks for the reconstruction of accounts, many at once. The row of an account is its queue of one: asked twice is joined; asked while
 * it runs, by something that the run may have missed, is noted and runs once more after it. What was erased is never asked for. Of two
 * causes the first stands, but for `snapshot`: a run of that cause alone may find that nothing of its closed days depends on it.
 */
import type { LogPosition } from '@tidemark/contracts';
import { uuidV5, NAMESPACE } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import type { Cause } from './job.js';

export interface RunRequest {
  readonly accountId: string;
  readonly userId: string;
  readonly connectionId: string | null;
  /** Of the run, if this request makes one. */
  readonly runId: string;
  readonly cause: Cause;
  /** What the read models must have seen first. */
  readonly after?: LogPosition;
  /** Held until this sync says that it is through, for at most `gatherMs`. */
  readonly gather?: { readonly syncId: string; readonly gatherMs: number };
}

/** The run that an event causes, the same however often it is heard. */
export function runIdOf(accountId: string, eventId: string): string {
  return uuidV5(NAMESPACE.reaction, `reconstruct/${accountId}/${eventId}`);
}

const REQUEST = `
  INSERT INTO reconstruction AS r (account_id, user_id, run_id, status, cause, due_at, sync_id, wanted_sync, wanted_connections)
  SELECT w.account_id, w.user_id, w.run_id, 'queued',
    CASE WHEN w.cause = 'requested' OR EXISTS (SELECT 1 FROM reconstruction x WHERE x.account_id = w.account_id AND x.revision > 0) THEN w.cause ELSE 'first_sync' END, now() + w.gather * interval '1 millisecond', w.sync_id, w.wanted_sync::jsonb, w.wanted_connections::jsonb
  FROM (SELECT DISTINCT ON (account_id) * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::float8[], $7::uuid[], $8::text[], $9::text[])
    AS u(account_id, user_id, connection_id, run_id, cause, gather, sync_id, wanted_sync, wanted_connections) ORDER BY account_id) w
  WHERE NOT EXISTS (SELECT 1 FROM erasure e WHERE e.user_id = w.user_id AND (e.kind, e.id) IN (('account', w.account_id::text), ('connection', w.connection_id::text), ('user', w.user_id)))
  ON CONFLICT (account_id) DO UPDATE SET
    status = CASE WHEN r.status IN ('completed', 'failed') THEN 'queued' ELSE r.status END,
    run_id = CASE WHEN r.status IN ('completed', 'failed') THEN excluded.run_id ELSE r.run_id END,
    cause = CASE WHEN r.status IN ('completed', 'failed') OR (r.status <> 'running' AND r.cause = 'snapshot') THEN excluded.cause ELSE r.cause END,
    requested_at = CASE WHEN r.status IN ('completed', 'failed') THEN now() ELSE r.requested_at END,
    attempt = CASE WHEN r.status IN ('completed', 'failed') THEN 0 ELSE r.attempt END,
    stage = CASE WHEN r.status IN ('completed', 'failed') THEN 'queued' ELSE r.stage END,
    prices_since = CASE WHEN r.status IN ('completed', 'failed') THEN NULL ELSE r.prices_since END,
    error = CASE WHEN r.status IN ('completed', 'failed') THEN NULL ELSE r.error END,
    due_at = CASE WHEN r.status IN ('completed', 'failed') THEN excluded.due_at WHEN r.status = 'queued' THEN least(r.due_at, excluded.due_at) ELSE r.due_at END,
    sync_id = CASE WHEN r.status IN ('completed', 'failed') THEN excluded.sync_id WHEN r.status = 'queued' THEN coalesce(excluded.sync_id, r.sync_id) ELSE r.sync_id END,
    wanted_sync = greatest(r.wanted_sync, excluded.wanted_sync),
    wanted_connections = greatest(r.wanted_connections, excluded.wanted_connections),
    again = CASE WHEN r.status = 'running' AND excluded.cause <> 'requested' AND (r.again IS NULL OR r.again ->> 'cause' = 'snapshot')
      THEN jsonb_build_object('runId', excluded.run_id, 'cause', excluded.cause) ELSE r.again END
  WHERE r.user_id = excluded.user_id
  RETURNING r.account_id AS "accountId", r.run_id AS "runId"`;

export interface Requested {
  readonly accountId: string;
  /** The run that answers the request; another than asked for where it joined one. */
  readonly runId: string;
}

/** @returns a row for each account that may be computed; none for what was erased */
export async function requestRuns(client: SqlClient, requests: readonly RunRequest[]): Promise<Requested[]> {
  if (requests.length === 0) return [];
  const wanted = (log: string) => requests.map(({ after }) => (after?.log === log ? JSON.stringify([after.epoch, after.partition, after.position]) : null));
  const { rows } = await client.query<Requested>(REQUEST, [
    requests.map((one) => one.accountId), requests.map((one) => one.userId), requests.map((one) => one.connectionId), requests.map((one) => one.runId), requests.map((one) => one.cause),
    requests.map((one) => one.gather?.gatherMs ?? 0), requests.map((one) => one.gather?.syncId ?? null), wanted('sync'), wanted('connections'),
  ]);
  return rows;
}

/** A sync is through: what was held for it is due now, once everything up to its end has been seen. @returns how many */
export async function releaseGathered(client: SqlClient, syncId: string, { epoch, partition, position }: LogPosition): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE reconstruction SET due_at = least(due_at, now()), sync_id = NULL, wanted_sync = greatest(wanted_sync, $2::jsonb) WHERE sync_id = $1 AND status = 'queued'`,
    [syncId, JSON.stringify([epoch, partition, position])],
  );
  return rowCount;
}

/**
 * Asks for every account that a fact of the market concerns, in one statement. `used`: symbols that their computed days rest on.
 * `missing`: assets or symbols that they could not price. @returns how many accounts
 */
export async function requestConcerned(client: SqlClient, concern: { readonly used?: readonly string[]; readonly missing?: readonly string[]; readonly cause: Cause; readonly eventId: string }): Promise<number> {
  const { used = [], missing = [], cause, eventId } = concern;
  const { rows } = await client.query<{ accountId: string; userId: string; connectionId: string | null }>(
    `SELECT r.account_id AS "accountId", r.user_id AS "userId", a.connection_id AS "connectionId" FROM reconstruction r LEFT JOIN account a USING (account_id) WHERE r.symbols && $1::text[] OR r.missing && $2::text[]`,
    [used, missing],
  );
  for (let from = 0; from < rows.length; from += 5_000) {
    await requestRuns(client, rows.slice(from, from + 5_000).map((row) => ({ ...row, runId: runIdOf(row.accountId, eventId), cause })));
  }
  return rows.length;
}
