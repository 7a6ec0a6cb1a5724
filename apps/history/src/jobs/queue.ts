/**
 * Taking jobs and keeping them. A worker that takes a job locks it for a while and renews the lock as long as it works; one that dies
 * stops renewing, and after the lock has lapsed another takes the job. Times are the database's, since replicas' clocks differ. What
 * a run writes is fenced by (worker, fence), so that a worker that was only asleep cannot write after all.
 */
import type { SqlClient } from '@tidemark/postgres';
import type { Stage } from '../metrics.js';
import { READ_MODELS } from '../reads/read-context.js';
import type { Job } from './job.js';

const seen = (log: string) => `NOT EXISTS (SELECT 1 FROM projection.checkpoint c WHERE c.projection = ANY($5::text[]) AND c.log = '${log}'
    AND c.partition = (r.wanted_${log} ->> 1)::int AND jsonb_build_array(c.epoch, c.partition, c.position) < r.wanted_${log})`;

const CLAIM = `
  UPDATE reconstruction SET status = 'running', locked_by = $1, locked_until = now() + $3::interval, attempt = attempt + 1, fence = fence + 1, started_at = now(), finished_at = NULL,
    stage = 'loading', done = 0, total = 0, error = NULL
  WHERE account_id IN (
    SELECT r.account_id FROM reconstruction r
    WHERE ((r.status IN ('queued', 'waiting_for_prices') AND r.due_at <= now()) OR (r.status = 'running' AND r.locked_until <= now()))
      AND ${seen('sync')} AND ${seen('connections')}
    ORDER BY r.due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING account_id AS "accountId", user_id AS "userId", run_id AS "runId", cause, (extract(epoch FROM now() - requested_at) * 1000)::float8 AS "waitedMs", attempt, fence, revision, rests_on AS "restsOn",
    coalesce(prices_since <= now() - $4::interval, false) AS "patienceOver"`;

export async function claimJobs(client: SqlClient, worker: string, options: { limit: number; lockMs: number; patienceMs: number }): Promise<Job[]> {
  const { rows } = await client.query<Job>(CLAIM, [worker, options.limit, `${options.lockMs} milliseconds`, `${options.patienceMs} milliseconds`, READ_MODELS]);
  return rows;
}

export async function renewLocks(client: SqlClient, worker: string, accountIds: readonly string[], lockMs: number): Promise<void> {
  await client.query(`UPDATE reconstruction SET locked_until = now() + $3::interval WHERE locked_by = $1 AND account_id = ANY($2::uuid[]) AND status = 'running'`, [worker, accountIds, `${lockMs} milliseconds`]);
}

const held = (jobs: readonly Job[]) => [jobs.map((job) => job.accountId), jobs.map((job) => job.fence)];
/** SQL: the rows `r` of `jobs` that `worker` still holds; $1 worker, $2 accounts, $3 fences. */
const HELD = `FROM unnest($2::uuid[], $3::int[]) AS h(account_id, fence) WHERE r.account_id = h.account_id AND r.fence = h.fence AND r.locked_by = $1 AND r.status = 'running'`;

/** What can be seen of a run while it runs. */
export async function showProgress(client: SqlClient, worker: string, jobs: readonly Job[], stage: Stage, done: number, total: number): Promise<void> {
  await client.query(`UPDATE reconstruction r SET stage = $4, done = $5, total = $6 ${HELD}`, [worker, ...held(jobs), stage, done, total]);
}

/** Locks, until the transaction ends, those that the worker still holds, in one order. @returns their accounts */
export async function lockHeld(tx: SqlClient, worker: string, jobs: readonly Job[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ account_id: string }>(
    `SELECT r.account_id FROM reconstruction r JOIN unnest($2::uuid[], $3::int[]) AS h(account_id, fence) ON r.account_id = h.account_id AND r.fence = h.fence
     WHERE r.locked_by = $1 AND r.status = 'running' ORDER BY r.account_id FOR UPDATE OF r`,
    [worker, ...held(jobs)],
  );
  return new Set(rows.map((row) => row.account_id));
}

/** Gives them back until their prices are there (`releaseWaiting`), or patience is over. Does not count as an attempt. */
export async function waitForPrices(client: SqlClient, worker: string, jobs: readonly Job[], patienceMs: number): Promise<void> {
  await client.query(
    `UPDATE reconstruction r SET status = 'waiting_for_prices', stage = 'prices', attempt = 0, locked_by = NULL, locked_until = NULL,
       prices_since = coalesce(r.prices_since, now()), due_at = coalesce(r.prices_since, now()) + $4::interval ${HELD}`,
    [worker, ...held(jobs), `${patienceMs} milliseconds`],
  );
}

/** The prices that these runs waited for are there, or will not come. */
export async function releaseWaiting(client: SqlClient, runIds: readonly string[]): Promise<void> {
  await client.query(`UPDATE reconstruction SET due_at = now() WHERE run_id = ANY($1::uuid[]) AND status = 'waiting_for_prices'`, [runIds]);
}

/** SQL: what an end does to a row, whether all is done or a request came meanwhile (`again`). */
export const ENDED = `status = CASE WHEN r.again IS NULL THEN 'completed' ELSE 'queued' END, stage = CASE WHEN r.again IS NULL THEN 'completed' ELSE 'queued' END,
    run_id = coalesce((r.again ->> 'runId')::uuid, r.run_id), cause = coalesce(r.again ->> 'cause', r.cause), requested_at = CASE WHEN r.again IS NULL THEN r.requested_at ELSE now() END,
    again = NULL, attempt = 0, due_at = now(), sync_id = NULL, locked_by = NULL, locked_until = NULL, prices_since = NULL, error = NULL, finished_at = now()`;

/** These had nothing to compute: what they found before stands. */
export async function endUnneeded(client: SqlClient, worker: string, jobs: readonly Job[]): Promise<void> {
  await client.query(`UPDATE reconstruction r SET ${ENDED} ${HELD}`, [worker, ...held(jobs)]);
}

export async function failRuns(client: SqlClient, worker: string, jobs: readonly Job[], error: string): Promise<void> {
  await client.query(
    `UPDATE reconstruction r SET status = CASE WHEN again IS NULL THEN 'failed' ELSE 'queued' END, stage = CASE WHEN again IS NULL THEN 'failed' ELSE 'queued' END, error = $4, finished_at = now(), locked_by = NULL, locked_until = NULL,
       run_id = coalesce((again ->> 'runId')::uuid, run_id), cause = coalesce(again ->> 'cause', cause), attempt = 0, due_at = now(), again = NULL ${HELD}`,
    [worker, ...held(jobs), error.slice(0, 2_000)],
  );
}

/** Tries again later, with what an attempt costs counted. */
export async function putBack(client: SqlClient, worker: string, jobs: readonly Job[], waitMs: number): Promise<void> {
  await client.query(`UPDATE reconstruction r SET status = 'queued', stage = 'queued', locked_by = NULL, locked_until = NULL, due_at = now() + $4::interval ${HELD}`, [worker, ...held(jobs), `${waitMs} milliseconds`]);
}

export async function queueDepth(client: SqlClient): Promise<Record<string, number>> {
  const { rows } = await client.query<{ status: string; count: number }>(`SELECT status, count(*) AS count FROM reconstruction WHERE status IN ('queued', 'waiting_for_prices', 'running') GROUP BY status`);
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}
