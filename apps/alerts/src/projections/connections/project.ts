/** The connections that rules may name, with the name of what they are linked to. An account kept by hand is a connection of its own. */
import type { AccountDiscovered, ConnectionRemoved, ConnectionRequested, EventEnvelope } from '@tidemark/contracts';
import type { Projection } from '@tidemark/projections';

interface Row {
  readonly connectionId: string;
  readonly userId: string;
  readonly name: string | null;
  readonly removed: boolean;
}

export const connections: Projection = {
  name: 'connections',
  logs: ['connections'],
  async apply(tx, events) {
    const last = new Map<string, Row>();
    const erased: { connections: string[]; users: string[] } = { connections: [], users: [] };
    for (const event of events) {
      const row = rowOf(event);
      if (row) last.set(row.connectionId, { ...row, name: row.name ?? last.get(row.connectionId)?.name ?? null });
      if (event.type === 'ConnectionRemoved' && (event.data as ConnectionRemoved).erased) {
        erased.connections.push((event.data as ConnectionRemoved).connectionId);
        last.delete((event.data as ConnectionRemoved).connectionId);
      }
      if (event.type === 'UserErased') {
        erased.users.push(event.userid);
        for (const [connectionId, { userId }] of last) if (userId === event.userid) last.delete(connectionId);
      }
    }
    if (erased.connections.length + erased.users.length > 0) await tx.query('DELETE FROM connection WHERE connection_id = ANY($1::uuid[]) OR user_id = ANY($2::text[])', [erased.connections, erased.users]);
    const rows = [...last.values()];
    if (rows.length === 0) return;
    await tx.query(
      `INSERT INTO connection AS c (connection_id, user_id, name, removed) SELECT w.connection_id, w.user_id, coalesce(w.name, ''), w.removed FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[]) AS w(connection_id, user_id, name, removed)
       ON CONFLICT (connection_id) DO UPDATE SET name = coalesce(nullif(excluded.name, ''), c.name), removed = excluded.removed WHERE c.user_id = excluded.user_id`,
      [rows.map((row) => row.connectionId), rows.map((row) => row.userId), rows.map((row) => row.name), rows.map((row) => row.removed)],
    );
  },
};

function rowOf({ type, data, userid: userId }: EventEnvelope): Row | null {
  switch (type) {
    case 'ConnectionRequested':
    case 'AccountDiscovered': {
      const { connectionId, institutionName: name } = data as ConnectionRequested | AccountDiscovered;
      return { connectionId, userId, name, removed: false };
    }
    case 'ConnectionLinked':
    case 'ConnectionRemoved':
      return { connectionId: (data as ConnectionRemoved).connectionId, userId, name: null, removed: type === 'ConnectionRemoved' };
    default:
      return null;
  }
}
