import type { SqlClient } from '@tidemark/postgres';

export interface KnownConnection {
  readonly connectionId: string;
  readonly name: string;
}

/** Another user's connection is as unknown as one that never was. */
export async function connectionOfUser(client: SqlClient, userId: string, connectionId: string): Promise<KnownConnection | null> {
  const { rows } = await client.query<KnownConnection>('SELECT connection_id AS "connectionId", name FROM connection WHERE connection_id = $1 AND user_id = $2', [connectionId, userId]);
  return rows[0] ?? null;
}

/** What connections are linked to, by id. */
export async function connectionNames(client: SqlClient, connectionIds: readonly string[]): Promise<Map<string, string>> {
  if (connectionIds.length === 0) return new Map();
  const { rows } = await client.query<KnownConnection>('SELECT connection_id AS "connectionId", name FROM connection WHERE connection_id = ANY($1::uuid[])', [connectionIds]);
  return new Map(rows.map((row) => [row.connectionId, row.name]));
}
