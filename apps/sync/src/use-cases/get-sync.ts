/**
 * One sync, by its own id or by one that was promised and joined it. An id made a moment ago may not have reached the queue yet (a
 * link promises its first sync before this service hears of it): then it is waited for a little, instead of denied.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { problem, type syncRpc } from '@tidemark/contracts';
import type { LogPosition, Problem, ResponseOf } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { waitForPositions } from '@tidemark/projections';
import { CONNECTION_VIEW } from '../connection/project.js';
import { CONNECTION_REACTOR } from '../connection/react.js';
import type { SyncDeps } from '../deps.js';
import { syncStream } from '../run/context.js';

type Sync = ResponseOf<typeof syncRpc.getSync>;

export interface FoundSync {
  readonly sync: Sync;
  /** Once it has ended: reads that wait for these see all that it took. */
  readonly positions: readonly LogPosition[];
}

const FRESH_MS = 15_000;
const PATIENCE_MS = 2_000;

export async function getSync({ database, clock, log }: SyncDeps, request: { userId: string; syncId: string; after: readonly LogPosition[] }): Promise<Result<FoundSync, Problem>> {
  const { userId, syncId, after } = request;
  await waitForPositions(database, [CONNECTION_VIEW, CONNECTION_REACTOR], after);
  const end = performance.now() + (Math.abs(clock.now() - madeAt(syncId)) < FRESH_MS ? PATIENCE_MS : 0);
  for (;;) {
    const found = await findSync(database, userId, syncId);
    if (found) return ok({ sync: found, positions: await reachedBy(log, userId, found) });
    if (performance.now() >= end) return refuse(problem('not_found', 'there is no such sync'));
    await sleep(50);
  }
}

/** Snapshots are appended before the event that ends their sync, in one transaction and one partition: its position covers them. */
async function reachedBy(log: SyncDeps['log'], userId: string, { status, connectionId }: Sync): Promise<LogPosition[]> {
  const end = status === 'completed' || status === 'failed' ? await log.streamEnd(userId, syncStream(connectionId)) : null;
  return end ? [end] : [];
}

/** The time in a UUIDv7, in milliseconds since the epoch; 0 in any other id. */
function madeAt(id: string): number {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : 0;
}

async function findSync(client: SqlClient, userId: string, syncId: string): Promise<Sync | null> {
  const { rows } = await client.query<Omit<Sync, 'id' | 'counts'> & Sync['counts']>(
    `SELECT j.connection_id AS "connectionId", j.provider, j.reason, j.status, j.requested_at AS "requestedAt", j.started_at AS "startedAt", j.finished_at AS "finishedAt",
       j.accounts, j.snapshots, j.transactions, j.error, j.steps
     FROM sync_job j
     WHERE j.user_id = $2 AND (j.sync_id = $1 OR j.sync_id = (SELECT job_id FROM sync_alias WHERE sync_id = $1))`,
    [syncId, userId],
  );
  const row = rows[0];
  if (!row) return null;
  const { accounts, snapshots, transactions, ...sync } = row;
  return { ...sync, id: syncId, counts: { accounts, snapshots, transactions } };
}
