/** The accounts that rules may name and messages speak of, as every service folds them, and when each was first seen. */
import { foldAccounts, holdingAt } from '@tidemark/contracts';
import type { Account, ConnectionRemoved, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { Projection } from '@tidemark/projections';

const TYPES = new Set(['AccountDiscovered', 'AccountUpdated', 'AccountClosed', 'DuplicateFlagged', 'ConnectionRemoved', 'UserErased']);

export const accounts: Projection = {
  name: 'accounts',
  logs: ['connections'],
  async apply(tx, events) {
    const known = events.filter((event) => TYPES.has(event.type));
    if (known.length === 0) return;
    const folded = foldAccounts(await touched(tx, known), known);
    const changed = [...folded.changed].map((accountId) => folded.accounts.get(accountId)).filter((account) => account !== undefined);
    const discovered = new Map(known.filter(({ type }) => type === 'AccountDiscovered').map((event) => [(event.data as { accountId: string }).accountId, event.recordedtime]));
    await write(tx, changed, discovered);
    if (folded.erased.size > 0) await tx.query('DELETE FROM account WHERE account_id = ANY($1::uuid[])', [[...folded.erased]]);
  },
};

/** By the last change that is known, whenever it takes effect. */
function isGone(account: Account): boolean {
  return (['closed', 'disconnected'] as const).some((kind) => holdingAt(account, kind, '9999-12-31T00:00:00.000Z') === true);
}

async function touched(tx: SqlClient, events: readonly EventEnvelope[]): Promise<Account[]> {
  const accountIds = events.map((event) => (event.data as { accountId?: string }).accountId).filter((id) => id !== undefined);
  const removed = events.filter((event) => event.type === 'ConnectionRemoved').map((event) => event.data as ConnectionRemoved);
  const erasedUsers = events.filter((event) => event.type === 'UserErased').map((event) => event.userid);
  const { rows } = await tx.query<{ account: Account }>(
    'SELECT account FROM account WHERE account_id = ANY($1::uuid[]) OR connection_id = ANY($2::uuid[]) OR user_id = ANY($3::text[])',
    [[...accountIds, ...removed.flatMap((data) => data.accountIds)], removed.map((data) => data.connectionId), erasedUsers],
  );
  return rows.map((row) => row.account);
}

async function write(tx: SqlClient, changed: readonly Account[], discovered: ReadonlyMap<string, string>): Promise<void> {
  if (changed.length === 0) return;
  await tx.query(
    `INSERT INTO account (account_id, user_id, connection_id, account, gone, discovered_at)
     SELECT w.account_id, w.user_id, w.connection_id, w.account::json, w.gone, w.discovered_at
     FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::boolean[], $6::timestamptz[]) AS w(account_id, user_id, connection_id, account, gone, discovered_at)
     ON CONFLICT (account_id) DO UPDATE SET connection_id = excluded.connection_id, account = excluded.account, gone = excluded.gone WHERE account.user_id = excluded.user_id`,
    [
      changed.map(({ accountId }) => accountId), changed.map(({ userId }) => userId), changed.map(({ connectionId }) => connectionId), changed.map((account) => JSON.stringify(account)),
      changed.map((account) => isGone(account)),
      // Known before: the column is kept.
      changed.map(({ accountId }) => discovered.get(accountId) ?? new Date(0).toISOString()),
    ],
  );
}
