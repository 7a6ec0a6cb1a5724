/** Connections as a fetch needs them: through which provider, under which name there, with which credential. A batch becomes one patch a connection. */
import type { ConnectionLinked, ConnectionRemoved, ConnectionRequested, EventEnvelope } from '@tidemark/contracts';
import type { Projection } from '@tidemark/projections';

const STATUS: Readonly<Record<string, string>> = {
  ConnectionRequested: 'pending', ConnectionLinked: 'active', ConnectionDegraded: 'degraded', ReauthenticationRequired: 'reauth_required', ConnectionRestored: 'active', ConnectionRemoved: 'disconnected',
};

/** Null leaves a column alone. */
interface Patch {
  readonly userId: string;
  readonly status: string;
  readonly provider: string | null;
  readonly institutionName: string | null;
  readonly providerConnectionId: string | null;
  readonly credentialRef: string | null;
}

export const connections: Projection = {
  name: 'connections',
  logs: ['connections'],
  async apply(tx, events) {
    const patches = patchesOf(events);
    const rows = [...patches.values()];
    if (rows.length > 0) {
      await tx.query(
        `INSERT INTO linked_connection AS c (connection_id, user_id, provider, institution_name, status, provider_connection_id, credential_ref)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         ON CONFLICT (connection_id) DO UPDATE SET status = excluded.status, provider = coalesce(excluded.provider, c.provider), institution_name = coalesce(excluded.institution_name, c.institution_name),
           provider_connection_id = coalesce(excluded.provider_connection_id, c.provider_connection_id), credential_ref = coalesce(excluded.credential_ref, c.credential_ref)
         WHERE c.user_id = excluded.user_id`,
        [[...patches.keys()], rows.map((row) => row.userId), rows.map((row) => row.provider), rows.map((row) => row.institutionName), rows.map((row) => row.status), rows.map((row) => row.providerConnectionId), rows.map((row) => row.credentialRef)],
      );
    }
    const gone = events.flatMap((event) => (event.type === 'ConnectionRemoved' && (event.data as ConnectionRemoved).erased ? (event.data as ConnectionRemoved).connectionId : []));
    if (gone.length > 0) await tx.query('DELETE FROM linked_connection WHERE connection_id = ANY($1::uuid[])', [gone]);
    const erased = events.filter((event) => event.type === 'UserErased').map((event) => event.userid);
    if (erased.length > 0) await tx.query('DELETE FROM linked_connection WHERE user_id = ANY($1::text[])', [erased]);
  },
};

function patchesOf(events: readonly EventEnvelope[]): Map<string, Patch> {
  const patches = new Map<string, Patch>();
  for (const event of events) {
    const status = STATUS[event.type];
    if (status === undefined) continue;
    const { connectionId, provider, institutionName, providerConnectionId, credentialRef } = event.data as { connectionId: string } & Partial<ConnectionRequested & ConnectionLinked>;
    const before = patches.get(connectionId);
    if (before && before.userId !== event.userid) continue;
    patches.set(connectionId, {
      userId: event.userid,
      status,
      provider: provider ?? before?.provider ?? null,
      institutionName: institutionName ?? before?.institutionName ?? null,
      providerConnectionId: providerConnectionId ?? before?.providerConnectionId ?? null,
      credentialRef: credentialRef ?? before?.credentialRef ?? null,
    });
  }
  return patches;
}
