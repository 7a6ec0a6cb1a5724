/** The sync that follows one during which something changed that it may have missed; queued in the transaction that ends the first. */
import type { SqlClient } from '@tidemark/postgres';
import { enqueue } from '../job/enqueue.js';
import type { Job } from '../job/job.js';
import type { SyncReason } from '../snapshot/build-snapshot.js';
import { eventId } from './context.js';

/** @param reason of the request that came in between, null where none did */
export async function syncAgain(tx: SqlClient, job: Job, reason: string | null, requestedAt: string): Promise<void> {
  if (reason === null) return;
  const { connectionId, userId, provider } = job;
  const { syncId } = await enqueue(tx, { connectionId, userId, provider, syncId: eventId(job.syncId, 'again'), reason: reason as SyncReason, requestedAt });
  // Whoever was promised a sync with a new permission is shown the one that uses it.
  if (reason === 'initial' || reason === 'reconnect') await tx.query('UPDATE sync_alias SET job_id = $2 WHERE job_id = $1', [job.syncId, syncId]);
}
