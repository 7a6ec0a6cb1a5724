/**
 * Taking tasks and keeping them. A worker that takes one locks it for a while and renews the lock as long as it works; one that dies
 * stops renewing, and after the lock has lapsed another takes it over. Times of locks and waits are the database's, since replicas'
 * clocks differ. What a task writes is fenced by (worker, fence), so that a worker that was only asleep cannot write after all.
 */
import type { SqlClient } from '@tidemark/postgres';
import type { Task } from './task.js';
import { TaskLost } from './task.js';

const DUE = `((t.status = 'queued' AND t.due_at <= now()) OR (t.status = 'running' AND t.locked_until <= now()))`;
/** Runs whose scopes overlap ask the same connection one after the other. */
const NOT_ASKED_NOW = `NOT EXISTS (SELECT 1 FROM run_task o WHERE o.connection_id = t.connection_id AND o.task_id <> t.task_id AND o.status = 'running' AND o.locked_until > now())`;

/** What people asked for comes before the schedule. @param now of the clock, for the runs that begin with it */
export async function claimTasks(client: SqlClient, worker: string, provider: string, options: { readonly limit: number; readonly lockMs: number; readonly now: string }): Promise<Task[]> {
  const { rows } = await client.query<Task>(
    `WITH taken AS (
       UPDATE run_task SET status = 'running', locked_by = $1, locked_until = now() + $4::interval, attempt = attempt + 1, fence = fence + 1
       WHERE task_id IN (SELECT t.task_id FROM run_task t WHERE t.provider = $2 AND ${DUE} AND ${NOT_ASKED_NOW} ORDER BY t.scheduled, t.due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING task_id, run_id, user_id, provider, connection_id, account_ids, attempt, fence),
     begun AS (UPDATE reconciliation_run r SET status = 'running', started_at = $5 FROM (SELECT DISTINCT run_id FROM taken) t WHERE r.run_id = t.run_id AND r.status = 'queued')
     SELECT task_id AS "taskId", run_id AS "runId", user_id AS "userId", provider, connection_id AS "connectionId", account_ids AS "accountIds", attempt, fence FROM taken`,
    [worker, provider, options.limit, `${options.lockMs} milliseconds`, options.now],
  );
  return rows;
}

/** Providers that have something to do now, whether or not this process knows them. */
export async function providersWithWork(client: SqlClient): Promise<string[]> {
  const { rows } = await client.query<{ provider: string }>(`SELECT DISTINCT t.provider FROM run_task t WHERE t.status <> 'done' AND ${DUE}`);
  return rows.map((row) => row.provider);
}

export async function renewLocks(client: SqlClient, worker: string, taskIds: readonly string[], lockMs: number): Promise<void> {
  await client.query(`UPDATE run_task SET locked_until = now() + $3::interval WHERE locked_by = $1 AND task_id = ANY($2::uuid[]) AND status = 'running'`, [worker, taskIds, `${lockMs} milliseconds`]);
}

/** Locks run and task, in this order, until the transaction ends. @throws TaskLost where the worker does not hold it any more */
export async function lockTask(tx: SqlClient, worker: string, { taskId, runId, fence }: Task): Promise<void> {
  const { rowCount: open } = await tx.query(`SELECT 1 FROM reconciliation_run WHERE run_id = $1 AND status IN ('queued', 'running') FOR UPDATE`, [runId]);
  const { rowCount: held } = await tx.query(`SELECT 1 FROM run_task WHERE task_id = $1 AND locked_by = $2 AND fence = $3 AND status = 'running' FOR UPDATE`, [taskId, worker, fence]);
  if (open === 0 || held === 0) throw new TaskLost(taskId);
}

/** Once its results are written. @param failure why its provider could not be asked, as the report has it */
export async function endTask(tx: SqlClient, { taskId }: Task, failure: object | null): Promise<void> {
  await tx.query(`UPDATE run_task SET status = 'done', locked_by = NULL, locked_until = NULL, failure = $2 WHERE task_id = $1`, [taskId, failure === null ? null : JSON.stringify(failure)]);
}

/** Tries again later. @param counted whether the attempt counts */
export async function putBack(client: SqlClient, worker: string, { taskId, fence }: Task, waitMs: number, counted: boolean): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE run_task SET status = 'queued', attempt = attempt - $5::int, locked_by = NULL, locked_until = NULL, due_at = now() + $4::interval WHERE task_id = $1 AND locked_by = $2 AND fence = $3 AND status = 'running'`,
    [taskId, worker, fence, `${Math.round(waitMs)} milliseconds`, counted ? 0 : 1],
  );
  if (rowCount === 0) throw new TaskLost(taskId);
}

export async function queueDepth(client: SqlClient): Promise<Record<string, number>> {
  const { rows } = await client.query<{ status: string; count: number }>(`SELECT status, count(*) AS count FROM run_task WHERE status <> 'done' GROUP BY status`);
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}

export async function openDiscrepancies(client: SqlClient): Promise<Record<string, number>> {
  const { rows } = await client.query<{ status: string; count: number }>(`SELECT status, count(*) AS count FROM discrepancy WHERE status <> 'resolved' GROUP BY status`);
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}
