/** One attempt at one task, from the claim to its end. Never throws but for a lost lock and faults of our own database. */
import { ProvidersNotReady } from '../fetch/provider-directory.js';
import { fetchConnection } from '../fetch/fetch-connection.js';
import type { Fetched } from '../fetch/fetch-connection.js';
import { basesOf } from '../accounts/basis.js';
import type { ReconciliationDeps } from '../deps.js';
import { dayNumber, dayOf } from '@tidemark/market';
import { commitTask } from './commit-task.js';
import { putBack } from './queue.js';
import type { Task } from './task.js';

const NOT_READY_MS = 1_000;

export async function runTask(deps: ReconciliationDeps, worker: string, task: Task): Promise<void> {
  const began = performance.now();
  const { provider } = task;
  const fetched = await attempt(deps, worker, task);
  if (!fetched) return;
  const took = performance.now() - began;
  if (fetched.kind === 'fetched') deps.metrics.fetched(provider, 'ok', took);
  if (fetched.kind === 'failed') {
    deps.metrics.fetched(provider, fetched.failure.code, took);
    const waitMs = waitBefore(deps, task, fetched.failure.retryAfterMs);
    if (fetched.failure.retryable && waitMs !== null) {
      deps.logger.warn({ runId: task.runId, connectionId: task.connectionId, provider, attempt: task.attempt, waitMs, code: fetched.failure.code, detail: fetched.failure.detail }, 'a connection could not be asked; it is asked again');
      await putBack(deps.database, worker, task, waitMs, true);
      return;
    }
  }
  await commitTask(deps, worker, task, fetched);
}

/** Null where it was put back. */
async function attempt(deps: ReconciliationDeps, worker: string, task: Task): Promise<Fetched | null> {
  // Each attempt beyond the last ended without a word: it takes its worker down with it.
  if (task.attempt > deps.settings.attempts) return { kind: 'failed', failure: { code: 'provider_error', retryable: false, detail: `the comparison was interrupted ${task.attempt - 1} times; it is given up until the next run`, retryAfterMs: null } };
  try {
    const { userId, provider, connectionId } = task;
    if (connectionId === null) return { kind: 'unasked', why: 'it is kept by hand' };
    return await fetchConnection(deps, { userId, provider, connectionId, from: await firstDay(deps, task) });
  } catch (error) {
    if (!(error instanceof ProvidersNotReady)) throw error;
    await putBack(deps.database, worker, task, NOT_READY_MS, false);
    return null;
  }
}

/**
 * Exponential with jitter, or as long as the provider asks for where that is longer. Null where there is no attempt left, or the wait would be
 * longer than the longest that a run waits.
 */
function waitBefore({ settings, random }: ReconciliationDeps, { attempt: made }: Task, retryAfterMs: number | null): number | null {
  if (made >= settings.attempts) return null;
  const full = Math.min(settings.backoffMaxMs, settings.backoffMs * 2 ** (made - 1));
  const own = full / 2 + (random() * full) / 2;
  if (retryAfterMs !== null && retryAfterMs > settings.backoffMaxMs) return null;
  return Math.max(own, retryAfterMs ?? 0);
}

/** An overlap before the oldest basis of its accounts; null where none of them tells transactions. */
async function firstDay({ database, settings }: ReconciliationDeps, { accountIds }: Task): Promise<string | null> {
  const { rows } = await database.query<{ id: string }>('SELECT account_id AS id FROM account WHERE account_id = ANY($1::uuid[]) AND transactions', [accountIds]);
  const bases = [...(await basesOf(database, rows.map((row) => row.id))).values()];
  const first = bases.map(({ at }) => at.slice(0, 10)).sort()[0];
  return first === undefined ? null : dayOf(dayNumber(first) - settings.overlapDays);
}
