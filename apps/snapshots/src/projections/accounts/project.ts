/** Keeps the accounts that this service knows: reads those that a batch touches, folds them in memory, writes back what changed. */
import type { Account, ConnectionRemoved, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { Projection } from '@tidemark/projections';
import { foldAccounts } from '@tidemark/contracts';
import { ACCOUNT_COLUMNS, accountOf } from './row.js';
import type { AccountRow } from './row.js';

const TYPES = new Set(['AccountDiscovered', 'AccountUpdated', 'AccountClosed', 'DuplicateFlagged', 'ConnectionRemoved', 'UserErased']);

export const accounts: Projection = {
  name: 'accounts',
  logs: ['connections'],
  async apply(tx, events) {
    const known = events.filter((event) => TYPES.has(event.type));
    if (known.length === 0) return;
    const folded = foldAccounts(await touched(tx, known), known);
    await write(tx, [...folded.changed].map((accountId) => folded.accounts.get(accountId)).filter((account) => account !== undefined));
    if (folded.erased.size > 0) await tx.query('DELETE FROM account WHERE account_id = ANY($1::uuid[])', [[...folded.erased]]);
  },
};

async function touched(tx: SqlClient, events: readonly EventEnvelope[]): Promise<Account[]> {
  const accountIds = events.map((event) => (event.data as { accountId?: string }).accountId).filter((id) => id !== undefined);
  const removed = events.filter((event) => event.type === 'ConnectionRemoved').map((event) => event.data as ConnectionRemoved);
  const erasedUsers = events.filter((event) => event.type === 'UserErased').map((event) => event.userid);
  const { rows } = await tx.query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.account_id = ANY($1::uuid[]) OR a.connection_id = ANY($2::uuid[]) OR a.user_id = ANY($3::text[])`,
    [[...accountIds, ...removed.flatMap((data) => data.accountIds)], removed.map((data) => data.connectionId), erasedUsers],
  );
  return rows.map(accountOf);
}

const WRITE = `
  INSERT INTO account (account_id, user_id, connection_id, institution_id, institution_name, provider, name, display_name, type, subtype, mask, currency, trading, changes)
  SELECT w.account_id, w.user_id, w.connection_id, w.institution_id, w.institution_name, w.provider, w.name, w.display_name, w.type, w.subtype, w.mask, w.currency, w.trading, w.changes::json
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::text[])
    AS w(account_id, user_id, connection_id, institution_id, institution_name, provider, name, display_name, type, subtype, mask, currency, trading, changes)
  ON CONFLICT (account_id) DO UPDATE SET
    connection_id = excluded.connection_id, institution_id = excluded.institution_id, institution_name = excluded.institution_name, provider = excluded.provider,
    name = excluded.name, display_name = excluded.display_name, type = excluded.type, subtype = excluded.subtype, mask = excluded.mask, currency = excluded.currency,
    trading = excluded.trading, changes = excluded.changes
  WHERE account.user_id = excluded.user_id`;

async function write(tx: SqlClient, changed: readonly Account[]): Promise<void> {
  if (changed.length === 0) return;
  const of = <T>(pick: (account: Account) => T) => changed.map(pick);
  await tx.query(WRITE, [
    of((account) => account.accountId), of((account) => account.userId), of((account) => account.connectionId), of((account) => account.institutionId),
    of((account) => account.institutionName), of((account) => account.provider), of((account) => account.name), of((account) => account.displayName),
    of((account) => account.type), of((account) => account.subtype), of((account) => account.mask), of((account) => account.currency),
    of((account) => account.trading), of((account) => JSON.stringify(account.changes)),
  ]);
}
