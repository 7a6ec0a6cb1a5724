/**
 * Taking jobs and keeping them. A worker that takes a job locks it for a while and renews the lock as long as it works; one that dies
 * stops renewing, and after the lock has lapsed another takes the job. Times of locks and waits are the database's, since replicas'
 * clocks differ. What a run writes is fenced by (worker, fence), so that a worker that was only asleep cannot write after all.
 */
import type { SqlClient } from '@tidemark/postgres';
import type { Job, Step } from './job.js';
import { LockLost } from './job.js';

const JOB = `sync_id AS "syncId", connection_id AS "connectionId", user_id AS "userId", provider, reason, attempt, fence, refresh_state AS "refreshState", refresh_cost AS "refreshCost"`;

/** Requests of people come before the schedule. */
export async function claimJobs(client: SqlClient, worker: string, provider: string, limit: number, lockMs: number): Promise<Job[]> {
  const { rows } = await client.query<Job>(
    `UPDATE sync_job SET status = 'running', locked_by = $1, locked_until = now() + $4::interval, attempt = attempt + 1, fence = fence + 1
     WHERE sync_id IN (
       SELECT sync_id FROM sync_job
       WHERE provider = $2 AND ((status = 'queued' AND next_attempt_at <= now()) OR (status = 'running' AND locked_until <= now()))
       ORDER BY (reason = 'scheduled'), next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING ${JOB}`,
    [worker, provider, limit, `${lockMs} milliseconds`],
  );
  return rows;
}

/** Providers that have something to do now, whether or not this process knows them. */
export async function providersWithWork(client: SqlClient): Promise<string[]> {
  const { rows } = await client.query<{ provider: string }>(
    `SELECT DISTINCT provider FROM sync_job WHERE (status = 'queued' AND next_attempt_at <= now()) OR (status = 'running' AND locked_until <= now())`,
  );
  return rows.map((row) => row.provider);
}

/** @returns those of `syncIds` that this worker still holds */
export async function renewLocks(client: SqlClient, worker: string, syncIds: readonly string[], lockMs: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE sync_job SET locked_until = now() + $3::interval WHERE locked_by = $1 AND sync_id = ANY($2::uuid[]) AND status = 'running' RETURNING sync_id AS id`,
    [worker, syncIds, `${lockMs} milliseconds`],
  );
  return rows.map((row) => row.id);
}

/** One fenced change of a running job. @throws LockLost where another worker has it */
export async function changeJob(client: SqlClient, job: Job, worker: string, set: string, values: readonly unknown[] = []): Promise<{ again: string | null }> {
  const { rows } = await client.query<{ again: string | null }>(
    `UPDATE sync_job SET ${set} WHERE sync_id = $1 AND locked_by = $2 AND fence = $3 AND status = 'running' RETURNING again`,
    [job.syncId, worker, job.fence, ...values],
  );
  const row = rows[0];
  if (!row) throw new LockLost(job.syncId);
  return row;
}

export async function saveSteps(client: SqlClient, job: Job, worker: string, steps: readonly Step[], startedAt: string): Promise<void> {
  await changeJob(client, job, worker, 'steps = $4, started_at = coalesce(started_at, $5)', [JSON.stringify(steps), startedAt]);
}

/** Puts a job back without counting the attempt: nothing was wrong with it. */
export async function putBack(client: SqlClient, job: Job, worker: string, waitMs: number): Promise<void> {
  await changeJob(client, job, worker, `status = 'queued', attempt = attempt - 1, locked_by = NULL, locked_until = NULL, next_attempt_at = now() + $4::interval`, [`${waitMs} milliseconds`]);
}
