/**
 * sync's own view of connections and accounts, folded from the log `connections`: who may ask for what, through which provider it is
 * read, where its credential stands. A batch becomes one patch per connection and per account; null in a patch leaves a column alone.
 */
import type { AccountClosed, AccountDiscovered, AccountUpdated, ConnectionLinked, ConnectionRemoved, ConnectionRequested, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { Projection } from '@tidemark/projections';

export const CONNECTION_VIEW = 'sync-connections';

interface ConnectionPatch {
  userId: string;
  provider: string | null;
  institutionId: string | null;
  institutionName: string | null;
  status: string | null;
  providerConnectionId: string | null;
  credentialRef: string | null;
  linkedAt: string | null;
}

interface AccountPatch {
  connectionId: string;
  userId: string;
  provider: string | null;
  providerAccountId: string | null;
  currency: string | null;
  status: string | null;
}

interface Patches {
  readonly connections: Map<string, ConnectionPatch>;
  readonly accounts: Map<string, AccountPatch>;
  readonly removed: Set<string>;
  readonly erasedUsers: Set<string>;
}

const STATUS: Readonly<Record<string, string>> = {
  ConnectionRequested: 'pending', ConnectionLinked: 'active', ConnectionDegraded: 'degraded', ReauthenticationRequired: 'reauth_required', ConnectionRestored: 'active', ConnectionRemoved: 'disconnected',
};

export const connectionView: Projection = {
  name: CONNECTION_VIEW,
  logs: ['connections'],
  async apply(tx, events) {
    const patches = gather(events);
    await writeConnections(tx, patches.connections);
    await writeAccounts(tx, patches.accounts);
    if (patches.removed.size > 0) await tx.query(`UPDATE known_account SET status = 'disconnected' WHERE connection_id = ANY($1::uuid[])`, [[...patches.removed]]);
    for (const table of patches.erasedUsers.size > 0 ? ['known_account', 'linked_connection'] : []) await tx.query(`DELETE FROM ${table} WHERE user_id = ANY($1)`, [[...patches.erasedUsers]]);
  },
};

function gather(events: readonly EventEnvelope[]): Patches {
  const patches: Patches = { connections: new Map(), accounts: new Map(), removed: new Set(), erasedUsers: new Set() };
  for (const event of events) {
    const status = STATUS[event.type];
    if (status !== undefined) patchConnection(patches, event, status);
    else if (event.type.startsWith('Account')) patchAccount(patches, event);
    else if (event.type === 'UserErased') patches.erasedUsers.add(event.userid);
  }
  return patches;
}

function patchConnection({ connections, removed }: Patches, event: EventEnvelope, status: string): void {
  const { connectionId, provider, institutionId, institutionName, providerConnectionId, credentialRef } = event.data as { connectionId: string } & Partial<ConnectionRequested & ConnectionLinked>;
  const before = connections.get(connectionId);
  connections.set(connectionId, {
    userId: event.userid,
    provider: provider ?? before?.provider ?? null,
    institutionId: institutionId ?? before?.institutionId ?? null,
    institutionName: institutionName ?? before?.institutionName ?? null,
    status,
    providerConnectionId: providerConnectionId ?? before?.providerConnectionId ?? null,
    credentialRef: credentialRef ?? before?.credentialRef ?? null,
    linkedAt: event.type === 'ConnectionLinked' ? event.time : (before?.linkedAt ?? null),
  });
  if (event.type === 'ConnectionRemoved') removed.add((event.data as ConnectionRemoved).connectionId);
}

function patchAccount({ accounts }: Patches, event: EventEnvelope): void {
  const { accountId, connectionId, provider, details } = event.data as Pick<AccountClosed, 'accountId' | 'connectionId'> & Partial<Pick<AccountDiscovered, 'provider'> & Pick<AccountUpdated, 'details'>>;
  const before = accounts.get(accountId);
  const status = { AccountDiscovered: 'active', AccountClosed: 'closed' }[event.type] ?? null;
  accounts.set(accountId, {
    connectionId,
    userId: event.userid,
    provider: provider ?? before?.provider ?? null,
    providerAccountId: details?.providerAccountId ?? before?.providerAccountId ?? null,
    currency: details?.currency ?? before?.currency ?? null,
    status: status ?? before?.status ?? null,
  });
}

async function writeConnections(tx: SqlClient, patches: ReadonlyMap<string, ConnectionPatch>): Promise<void> {
  if (patches.size === 0) return;
  const rows = [...patches.values()];
  await tx.query(
    `INSERT INTO linked_connection AS c (connection_id, user_id, provider, institution_id, institution_name, status, provider_connection_id, credential_ref, linked_at)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
     ON CONFLICT (connection_id) DO UPDATE SET
       provider = coalesce(excluded.provider, c.provider), institution_id = coalesce(excluded.institution_id, c.institution_id),
       institution_name = coalesce(excluded.institution_name, c.institution_name), status = excluded.status,
       provider_connection_id = coalesce(excluded.provider_connection_id, c.provider_connection_id),
       credential_ref = coalesce(excluded.credential_ref, c.credential_ref), linked_at = coalesce(excluded.linked_at, c.linked_at)`,
    [[...patches.keys()], rows.map((row) => row.userId), rows.map((row) => row.provider), rows.map((row) => row.institutionId), rows.map((row) => row.institutionName), rows.map((row) => row.status), rows.map((row) => row.providerConnectionId), rows.map((row) => row.credentialRef), rows.map((row) => row.linkedAt)],
  );
}

async function writeAccounts(tx: SqlClient, patches: ReadonlyMap<string, AccountPatch>): Promise<void> {
  if (patches.size === 0) return;
  const rows = [...patches.values()];
  await tx.query(
    `INSERT INTO known_account AS a (account_id, connection_id, user_id, provider, provider_account_id, currency, status)
     SELECT account_id, connection_id, user_id, provider, provider_account_id, currency, coalesce(status, 'active')
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS u(account_id, connection_id, user_id, provider, provider_account_id, currency, status)
     ON CONFLICT (account_id) DO UPDATE SET
       provider = coalesce(excluded.provider, a.provider), provider_account_id = coalesce(excluded.provider_account_id, a.provider_account_id),
       currency = coalesce(excluded.currency, a.currency), status = CASE WHEN excluded.account_id = ANY($8::uuid[]) THEN excluded.status ELSE a.status END`,
    [[...patches.keys()], rows.map((row) => row.connectionId), rows.map((row) => row.userId), rows.map((row) => row.provider), rows.map((row) => row.providerAccountId), rows.map((row) => row.currency), rows.map((row) => row.status), [...patches].filter(([, row]) => row.status !== null).map(([id]) => id)],
  );
}
