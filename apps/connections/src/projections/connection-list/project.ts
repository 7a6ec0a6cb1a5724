/** The connections of each user and what state they are in. Folds the log `connections` alone. */
import type { ConnectionRequested, EventEnvelope } from '@tidemark/contracts';
import type { Projection } from '@tidemark/projections';
import { foldRows } from '../fold-rows.js';

export interface ConnectionRow {
  readonly connection_id: string;
  readonly user_id: string;
  readonly institution_id: string;
  readonly institution_name: string;
  readonly provider: string;
  readonly status: 'pending' | 'active' | 'degraded' | 'reauth_required' | 'disconnected';
  readonly routing: { readonly reason: string; readonly alternatives: string[] };
  readonly created_at: string;
}

const TABLE = { name: 'connection_list', key: 'connection_id', columns: ['user_id', 'institution_id', 'institution_name', 'provider', 'status', 'routing', 'created_at'] };

const STATUS: Readonly<Record<string, ConnectionRow['status']>> = {
  ConnectionLinked: 'active', ConnectionDegraded: 'degraded', ReauthenticationRequired: 'reauth_required', ConnectionRestored: 'active', ConnectionRemoved: 'disconnected',
};

export const connectionList: Projection = {
  name: 'connection-list',
  logs: ['connections'],
  apply: async (tx, events) => {
    const mine = events.filter((event) => event.type === 'ConnectionRequested' || event.type in STATUS);
    await foldRows<ConnectionRow>(tx, TABLE, mine.map(connectionOf), (rows) => {
      for (const event of mine) rows.set(connectionOf(event), foldConnection(rows.get(connectionOf(event)) ?? null, event));
    });
  },
};

function connectionOf(event: EventEnvelope): string {
  return (event.data as { connectionId: string }).connectionId;
}

/** Null removes the row: the connection was erased. */
export function foldConnection(row: ConnectionRow | null, event: EventEnvelope): ConnectionRow | null {
  if (event.type === 'ConnectionRequested') {
    const { connectionId, userId, institutionId, institutionName, provider, routing } = event.data as ConnectionRequested;
    return { connection_id: connectionId, user_id: userId, institution_id: institutionId, institution_name: institutionName, provider, status: 'pending', routing, created_at: event.time };
  }
  if (event.type === 'ConnectionRemoved' && (event.data as { erased: boolean }).erased) return null;
  const status = STATUS[event.type];
  return row && status ? { ...row, status } : row;
}
