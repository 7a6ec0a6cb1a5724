/** Acts on what happens to connections: a link starts its first sync, a removal ends what waits, a reconnect starts anew. */
import type { ConnectionLinked, ConnectionRemoved, ConnectionRestored, EventEnvelope } from '@tidemark/contracts';
import type { Reactor } from '@tidemark/projections';
import { waitForPositions } from '@tidemark/projections';
import type { SyncDeps } from '../deps.js';
import { enqueue } from '../job/enqueue.js';
import { CONNECTION_VIEW } from './project.js';
import { findConnection } from './query.js';

export const CONNECTION_REACTOR = 'sync-on-connection';

export function connectionReactor(deps: SyncDeps): Reactor {
  return {
    name: CONNECTION_REACTOR,
    logs: ['connections'],
    types: ['ConnectionLinked', 'ConnectionRestored', 'ConnectionRemoved', 'UserErased'],
    async react(event) {
      if (event.type === 'ConnectionLinked') await linked(deps, event, event.data as ConnectionLinked);
      else if (event.type === 'ConnectionRestored') await restored(deps, event, event.data as ConnectionRestored);
      else if (event.type === 'ConnectionRemoved') await removed(deps, event, event.data as ConnectionRemoved);
      else await erased(deps, event.userid);
    },
  };
}

async function linked(deps: SyncDeps, event: EventEnvelope, data: ConnectionLinked): Promise<void> {
  await start(deps, event, data.connectionId, data.firstSyncId, event.time);
}

/** With a sync's id the person has linked anew; without one somebody found that it works again, and only the schedule resumes. */
async function restored(deps: SyncDeps, event: EventEnvelope, data: ConnectionRestored): Promise<void> {
  await unblock(deps, data.connectionId);
  if (data.syncId !== undefined) await start(deps, event, data.connectionId, data.syncId, event.time);
}

/** A sync reads the link from the view, so the view comes first. */
async function viewed({ database }: SyncDeps, { source: log, epoch, partition, position }: EventEnvelope): Promise<void> {
  if (!(await waitForPositions(database, [CONNECTION_VIEW], [{ log, epoch, partition, position }], 5_000))) throw new Error('the view of connections has not come as far yet');
}

async function start(deps: SyncDeps, event: EventEnvelope, connectionId: string, syncId: string, requestedAt: string): Promise<void> {
  await viewed(deps, event);
  const connection = await findConnection(deps.database, connectionId);
  if (!connection || connection.status === 'disconnected') return;
  await unblock(deps, connectionId);
  const reason = connection.goodFinishedAt === null ? 'initial' : 'reconnect';
  await deps.database.transaction((tx) => enqueue(tx, { syncId, connectionId, userId: event.userid, provider: connection.provider, reason, requestedAt }));
  deps.wake();
}

async function unblock({ database }: SyncDeps, connectionId: string): Promise<void> {
  await database.query('UPDATE connection_sync SET blocked = NULL WHERE connection_id = $1 AND blocked IS NOT NULL', [connectionId]);
}

/** What waits runs once more and finds the connection gone, which also gives back a reserved refresh; what runs finds out when it commits. */
async function removed(deps: SyncDeps, event: EventEnvelope, data: ConnectionRemoved): Promise<void> {
  await viewed(deps, event);
  await deps.database.query(`UPDATE sync_job SET next_attempt_at = now(), again = NULL WHERE connection_id = $1 AND status = 'queued'`, [data.connectionId]);
  if (data.erased) await deps.database.query('DELETE FROM known_transaction WHERE account_id = ANY($1::uuid[])', [data.accountIds]);
  await deps.database.query('DELETE FROM connection_sync WHERE connection_id = $1', [data.connectionId]);
  deps.wake();
}

async function erased({ database }: SyncDeps, userId: string): Promise<void> {
  await database.transaction(async (tx) => {
    for (const table of ['known_transaction', 'sync_job', 'connection_sync', 'webhook_inbox']) await tx.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
  });
}
