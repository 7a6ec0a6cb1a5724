import type { SqlClient } from '@tidemark/postgres';

export interface LinkedConnection {
  readonly connectionId: string;
  readonly userId: string;
  readonly provider: string;
  readonly institutionName: string | null;
  readonly status: 'pending' | 'active' | 'degraded' | 'reauth_required' | 'disconnected';
  readonly providerConnectionId: string | null;
  readonly credentialRef: string | null;
}

/** Null where it is not the user's, or was never linked. */
export async function findConnection(client: SqlClient, userId: string, connectionId: string): Promise<LinkedConnection | null> {
  const { rows } = await client.query<LinkedConnection>(
    `SELECT connection_id AS "connectionId", user_id AS "userId", provider, institution_name AS "institutionName", status, provider_connection_id AS "providerConnectionId", credential_ref AS "credentialRef"
     FROM linked_connection WHERE connection_id = $1 AND user_id = $2 AND provider IS NOT NULL`,
    [connectionId, userId],
  );
  return rows[0] ?? null;
}
