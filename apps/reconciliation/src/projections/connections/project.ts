/**
 * Connections as a fetch needs them: through which provider, under which name there, with which credential. A batch becomes one patch a
 * connection. What is erased is deleted first: what comes after it in the batch is all that is left.
 */
import type { ConnectionLinked, ConnectionRemoved, ConnectionRequested, EventEnvelope } from '@tidemark/contracts';
import type { Projection } from '@tidemark/projections';

const STATUS: Readonly<Record<string, string>> = {
  ConnectionRequested: 'pending', ConnectionLinked: 'active', ConnectionDegraded: 'degraded', ReauthenticationRequired: 'reauth_required', ConnectionRestored: 'active', ConnectionRemoved: 'disconnected',
};

/** Null leaves a column alone. */
interface Patch {
  readonly userId: string;
  readonly status: string;
  /** It may make the row: what is only said of a connection that was erased does not bring it back. */
  readonly begins: boolean;
  readonly provider: string | null;
  readonly institutionName: string | null;
  readonly providerConnectionId: string | null;
  readonly credentialRef: string | null;
}

interface Folded {
  readonly patches: Map<string, Patch>;
  readonly erasedUsers: Set<string>;
  readonly erasedConnections: Set<string>;
}

export const connections: Projection = {
  name: 'connections',
  logs: ['connections'],
  async apply(tx, events) {
    const { patches, erasedUsers, erasedConnections } = folded(events);
    if (erasedUsers.size + erasedConnections.size > 0) await tx.query('DELETE FROM linked_connection WHERE user_id = ANY($1::text[]) OR connection_id = ANY($2::uuid[])', [[...erasedUsers], [...erasedConnections]]);
    if (patches.size === 0) return;
    const rows = [...patches.values()];
    await tx.query(
      `INSERT INTO linked_connection AS c (connection_id, user_id, provider, institution_name, status, provider_connection_id, credential_ref)
       SELECT u.connection_id, u.user_id, u.provider, u.institution_name, u.status, u.provider_connection_id, u.credential_ref
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[]) AS u(connection_id, user_id, provider, institution_name, status, provider_connection_id, credential_ref, begins)
       WHERE u.begins OR EXISTS (SELECT 1 FROM linked_connection k WHERE k.connection_id = u.connection_id)
       ON CONFLICT (connection_id) DO UPDATE SET status = excluded.status, provider = coalesce(excluded.provider, c.provider), institution_name = coalesce(excluded.institution_name, c.institution_name),
         provider_connection_id = coalesce(excluded.provider_connection_id, c.provider_connection_id), credential_ref = coalesce(excluded.credential_ref, c.credential_ref)
       WHERE c.user_id = excluded.user_id`,
      [
        [...patches.keys()], rows.map((row) => row.userId), rows.map((row) => row.provider), rows.map((row) => row.institutionName), rows.map((row) => row.status), rows.map((row) => row.providerConnectionId), rows.map((row) => row.credentialRef),
        rows.map((row) => row.begins),
      ],
    );
  },
};

function folded(events: readonly EventEnvelope[]): Folded {
  const fold: Folded = { patches: new Map(), erasedUsers: new Set(), erasedConnections: new Set() };
  for (const event of events) {
    const status = STATUS[event.type];
    if (event.type === 'UserErased') {
      fold.erasedUsers.add(event.userid);
      for (const [id, { userId }] of fold.patches) if (userId === event.userid) fold.patches.delete(id);
    } else if (status !== undefined) patch(fold, event, status);
  }
  return fold;
}

function patch({ patches, erasedConnections }: Folded, event: EventEnvelope, status: string): void {
  const { connectionId, provider, institutionName, providerConnectionId, credentialRef } = event.data as { connectionId: string } & Partial<ConnectionRequested & ConnectionLinked>;
  const before = patches.get(connectionId);
  if (before && before.userId !== event.userid) return;
  if (event.type === 'ConnectionRemoved' && (event.data as ConnectionRemoved).erased) {
    patches.delete(connectionId);
    erasedConnections.add(connectionId);
    return;
  }
  patches.set(connectionId, {
    userId: event.userid,
    status,
    begins: before?.begins === true || event.type === 'ConnectionRequested' || event.type === 'ConnectionLinked',
    provider: provider ?? before?.provider ?? null,
    institutionName: institutionName ?? before?.institutionName ?? null,
    providerConnectionId: providerConnectionId ?? before?.providerConnectionId ?? null,
    credentialRef: credentialRef ?? before?.credentialRef ?? null,
  });
}
