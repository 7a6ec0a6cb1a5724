/** How an attempt that did not succeed ends: tried again later, given up, dropped, or simply put back. */
import { instant } from '@tidemark/kernel';
import type { LogTransaction } from '@tidemark/event-log';
import { retryDelay } from '../job/backoff.js';
import { changeJob, putBack } from '../job/job-queue.js';
import { nextSlot } from '../job/schedule.js';
import { settlement } from '../refresh/ledger.js';
import { eventId, syncStream } from './context.js';
import type { Attempt } from './context.js';
import type { Stop, SyncFailure } from './failure.js';
import { syncAgain } from './sync-again.js';

/** @returns what became of it, for the log and the metrics */
export async function stopSync(attempt: Attempt, stop: Stop): Promise<string> {
  if (stop.kind === 'not_yet') {
    await putBack(attempt.deps.database, attempt.job, attempt.worker, stop.waitMs);
    return 'put_back';
  }
  if (stop.kind === 'dropped') {
    await end(attempt, { code: 'provider_auth', detail: stop.detail, retryable: false }, async () => undefined);
    return 'dropped';
  }
  return failed(attempt, stop);
}

async function failed(attempt: Attempt, stop: SyncFailure): Promise<string> {
  const { deps, job, worker, steps } = attempt;
  const now = deps.clock.now();
  const wait = stop.class === 'retry' ? retryDelay(deps.settings.backoff, job.attempt, stop.retryAfterMs, deps.random()) : null;
  const error = { code: stop.code, detail: stop.detail, retryable: stop.class === 'retry' };
  if (wait === null) {
    await end(attempt, error, async (tx) => {
      await block(attempt, stop, now, tx);
      appendFailure(attempt, stop, now, null, tx);
    });
    return stop.class;
  }
  await deps.log.transaction(async (tx) => {
    await changeJob(tx, job, worker, `status = 'queued', locked_by = NULL, locked_until = NULL, next_attempt_at = now() + $4::interval, steps = $5, error = $6`, [`${wait} milliseconds`, JSON.stringify(steps.all), JSON.stringify(error)]);
    appendFailure(attempt, stop, now, now + wait, tx);
  });
  return 'retry';
}

/** What needs the person, or cannot be mended, is not tried again by the schedule; anything else gets its next turn. */
async function block({ deps, job }: Attempt, stop: SyncFailure, now: number, tx: LogTransaction): Promise<void> {
  await tx.query(
    `INSERT INTO connection_sync (connection_id, user_id, next_scheduled_at, blocked) VALUES ($1, $2, $3, $4)
     ON CONFLICT (connection_id) DO UPDATE SET next_scheduled_at = excluded.next_scheduled_at, blocked = excluded.blocked`,
    [job.connectionId, job.userId, instant(nextSlot(job.connectionId, deps.settings.intervalMs, now)), stop.class === 'retry' ? null : stop.class],
  );
}

function appendFailure({ deps, job }: Attempt, stop: SyncFailure, now: number, retryAt: number | null, tx: LogTransaction): void {
  const data = { userId: job.userId, connectionId: job.connectionId, syncId: job.syncId, provider: job.provider, code: stop.code, class: stop.class, detail: stop.detail, retryable: stop.class === 'retry', retryAt: retryAt === null ? null : instant(retryAt), attempt: job.attempt };
  tx.append({ userId: job.userId, stream: syncStream(job.connectionId), expectedVersion: 'any', events: [{ id: deps.newId(), type: 'SyncFailed', time: instant(now), data, correlationId: job.syncId, causationId: eventId(job.syncId, 'started') }] });
}

/** For good. A refresh that was reserved and never asked for is given back; one that may have been asked for is not. */
async function end(attempt: Attempt, error: { code: string; detail: string; retryable: boolean }, more: (tx: LogTransaction) => Promise<void>): Promise<void> {
  const { deps, job, worker, steps } = attempt;
  for (let tried = 0; tried < 5; tried += 1) {
    const now = deps.clock.now();
    const settled = await openSettlement(attempt, now);
    const done = await deps.log.transaction(async (tx) => {
      const { again } = await changeJob(tx, job, worker, `status = 'failed', finished_at = $4, locked_by = NULL, locked_until = NULL, steps = $5, error = $6, refresh_state = CASE WHEN refresh_state IS NULL THEN NULL ELSE 'settled' END`, [instant(now), JSON.stringify(steps.all), JSON.stringify(error)]);
      if (settled) tx.append(settled);
      await more(tx);
      await syncAgain(tx, job, again, instant(now));
    });
    if (done.ok) return;
  }
  throw new Error(`sync ${job.syncId} could not be ended: its refresh stream keeps changing`);
}

async function openSettlement({ deps, job }: Attempt, now: number) {
  if (job.refreshCost === null) return null;
  const { rows } = await deps.database.query<{ state: string }>('SELECT refresh_state AS state FROM sync_job WHERE sync_id = $1', [job.syncId]);
  const state = rows[0]?.state;
  if (state !== 'reserved' && state !== 'asked') return null;
  const subject = { userId: job.userId, connectionId: job.connectionId, provider: job.provider };
  return settlement(deps.log, subject, { syncId: job.syncId, billed: state === 'asked', made: state === 'asked', cost: job.refreshCost, now });
}
