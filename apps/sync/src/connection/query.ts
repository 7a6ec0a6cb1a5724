/** Looks up connections and accounts in sync's own view. Whoever asks on behalf of a user names that user. */
import type { SqlClient } from '@tidemark/postgres';

export interface ConnectionRow {
  readonly connectionId: string;
  readonly userId: string;
  readonly provider: string;
  readonly institutionName: string;
  readonly status: 'pending' | 'active' | 'degraded' | 'reauth_required' | 'disconnected';
  readonly providerConnectionId: string | null;
  readonly credentialRef: string | null;
  /** relink or final after a failure that only a restored connection can mend. */
  readonly blocked: string | null;
  readonly goodStartedAt: string | null;
  readonly goodFinishedAt: string | null;
  readonly knownThrough: string | null;
  /** Accounts whose transactions have been read before. */
  readonly knownAccounts: readonly string[];
  /** The whole range of transactions is to be read anew: somebody asked for it. */
  readonly wholeWanted: boolean;
  /** When the whole range was last read; null before that. */
  readonly wholeReadAt: string | null;
  readonly cursor: string | null;
}

const CONNECTION = `
  SELECT c.connection_id AS "connectionId", c.user_id AS "userId", c.provider, coalesce(c.institution_name, c.institution_id, '') AS "institutionName", c.status,
    c.provider_connection_id AS "providerConnectionId", c.credential_ref AS "credentialRef", s.blocked, s.good_started_at AS "goodStartedAt", s.good_finished_at AS "goodFinishedAt",
    to_char(s.known_through, 'YYYY-MM-DD') AS "knownThrough", coalesce(s.known_accounts, '{}') AS "knownAccounts", coalesce(s.whole_wanted, false) AS "wholeWanted", s.whole_read_at AS "wholeReadAt", CASE WHEN s.cursor_of = c.provider_connection_id THEN s.cursor END AS cursor
  FROM linked_connection c LEFT JOIN connection_sync s USING (connection_id)`;

export async function findConnection(client: SqlClient, connectionId: string, userId?: string): Promise<ConnectionRow | null> {
  const { rows } = await client.query<ConnectionRow>(`${CONNECTION} WHERE c.connection_id = $1 AND c.provider IS NOT NULL AND ($2::text IS NULL OR c.user_id = $2)`, [connectionId, userId ?? null]);
  return rows[0] ?? null;
}

/** Of one user, those that a refresh without names means: everything that is linked. */
export async function refreshableConnections(client: SqlClient, userId: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(`SELECT connection_id AS id FROM linked_connection WHERE user_id = $1 AND status IN ('active', 'degraded', 'reauth_required') ORDER BY connection_id LIMIT 500`, [userId]);
  return rows.map((row) => row.id);
}

/** Whom a webhook is about: by the provider's own id of the link, else of the account. The newest link counts. */
export async function connectionOfWebhook(client: SqlClient, provider: string, providerConnectionId: string | null, providerAccountId: string | null): Promise<ConnectionRow | null> {
  const byLink = providerConnectionId === null ? null : await client.query<ConnectionRow>(`${CONNECTION} WHERE c.provider = $1 AND c.provider_connection_id = $2 ORDER BY (c.status = 'disconnected'), c.linked_at DESC LIMIT 1`, [provider, providerConnectionId]);
  if (byLink?.rows[0] || providerAccountId === null) return byLink?.rows[0] ?? null;
  const byAccount = await client.query<ConnectionRow>(
    `${CONNECTION} JOIN known_account a USING (connection_id) WHERE a.provider = $1 AND a.provider_account_id = $2 AND c.provider = $1 ORDER BY (c.status = 'disconnected'), c.linked_at DESC LIMIT 1`,
    [provider, providerAccountId],
  );
  return byAccount.rows[0] ?? null;
}

export async function countAccounts(client: SqlClient, connectionIds: readonly string[]): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`SELECT count(*) AS count FROM known_account WHERE connection_id = ANY($1::uuid[]) AND status = 'active'`, [connectionIds]);
  return rows[0]?.count ?? 0;
}

export interface AccountRow {
  readonly accountId: string;
  readonly provider: string;
  readonly currency: string | null;
  readonly status: string;
}

export async function findAccount(client: SqlClient, accountId: string, userId: string): Promise<AccountRow | null> {
  const { rows } = await client.query<AccountRow>(`SELECT account_id AS "accountId", provider, currency, status FROM known_account WHERE account_id = $1 AND user_id = $2`, [accountId, userId]);
  return rows[0] ?? null;
}
