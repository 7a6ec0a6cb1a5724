/** How the syncs of each connection go and what refreshes it had. Folds the log `sync` alone. */
import type { EventEnvelope, RefreshCostReserved, RefreshCostSettled, SyncFailed } from '@tidemark/contracts';
import type { Projection } from '@tidemark/projections';
import { foldRows } from '../fold-rows.js';

export interface ConnectionSyncRow {
  readonly connection_id: string;
  readonly user_id: string;
  readonly last_sync_at: string | null;
  readonly last_error: { readonly code: SyncFailed['code']; readonly detail: string; readonly retryable: boolean } | null;
  /** Refreshes that were billed or may have been, newest last; a few, because the newest may turn out unbilled. */
  readonly refreshes: readonly { readonly syncId: string; readonly at: string }[];
}

const TABLE = { name: 'connection_sync', key: 'connection_id', columns: ['user_id', 'last_sync_at', 'last_error', 'refreshes'] };
const TYPES: ReadonlySet<string> = new Set(['SyncCompleted', 'SyncFailed', 'RefreshCostReserved', 'RefreshCostSettled']);
const REMEMBERED = 16;

export const connectionSync: Projection = {
  name: 'connection-sync',
  logs: ['sync'],
  apply: async (tx, events) => {
    const mine = events.filter((event) => TYPES.has(event.type));
    await foldRows<ConnectionSyncRow>(tx, TABLE, mine.map(connectionOf), (rows) => {
      for (const event of mine) rows.set(connectionOf(event), foldSync(rows.get(connectionOf(event)) ?? null, event));
    });
  },
};

function connectionOf(event: EventEnvelope): string {
  return (event.data as { connectionId: string }).connectionId;
}

export function foldSync(row: ConnectionSyncRow | null, event: EventEnvelope): ConnectionSyncRow {
  const now = row ?? { connection_id: connectionOf(event), user_id: event.userid, last_sync_at: null, last_error: null, refreshes: [] };
  switch (event.type) {
    case 'SyncCompleted':
      return { ...now, last_sync_at: event.time, last_error: null };
    case 'SyncFailed': {
      const { code, detail, retryable } = event.data as SyncFailed;
      return { ...now, last_error: { code, detail, retryable } };
    }
    case 'RefreshCostReserved':
      return { ...now, refreshes: [...now.refreshes, { syncId: (event.data as RefreshCostReserved).syncId, at: event.time }].slice(-REMEMBERED) };
    case 'RefreshCostSettled': {
      const { billed, syncId } = event.data as RefreshCostSettled;
      return billed ? now : { ...now, refreshes: now.refreshes.filter((one) => one.syncId !== syncId) };
    }
    default:
      return now;
  }
}
