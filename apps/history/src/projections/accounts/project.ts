/**
 * The accounts that this service knows: reads those that a batch touches, folds them in memory, writes back what changed. Beside what
 * every service folds, history keeps the market's time zone, and whether the provider tells transactions of the account at all.
 */
import { foldAccounts } from '@tidemark/contracts';
import type { Account, AccountDiscovered, AccountUpdated, ConnectionRemoved, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { Projection } from '@tidemark/projections';
import { ACCOUNT_COLUMNS, accountOf } from './row.js';
import type { AccountRow, HistoryAccount } from './row.js';

const TYPES = new Set(['AccountDiscovered', 'AccountUpdated', 'AccountClosed', 'DuplicateFlagged', 'ConnectionRemoved', 'UserErased']);

export const accounts: Projection = {
  name: 'accounts',
  logs: ['connections'],
  async apply(tx, events) {
    const known = events.filter((event) => TYPES.has(event.type));
    if (known.length === 0) return;
    const before = await touched(tx, known);
    const folded = foldAccounts(before, known);
    const extras = foldExtras(before, known);
    const changed = [...folded.accounts.values()].filter(({ accountId }) => folded.changed.has(accountId) || extras.changed.has(accountId));
    await write(tx, changed.map((account) => ({ ...account, ...(extras.of.get(account.accountId) ?? NEW) })));
    if (folded.erased.size > 0) await tx.query('DELETE FROM account WHERE account_id = ANY($1::uuid[])', [[...folded.erased]]);
  },
};

type Extras = Pick<HistoryAccount, 'timeZone' | 'transactions'>;

const NEW: Extras = { timeZone: null, transactions: true };

function foldExtras(before: readonly HistoryAccount[], events: readonly EventEnvelope[]): { of: Map<string, Extras>; changed: Set<string> } {
  const of = new Map<string, Extras>(before.map(({ accountId, timeZone, transactions }) => [accountId, { timeZone, transactions }]));
  const owners = new Map(before.map(({ accountId, userId }) => [accountId, userId]));
  const changed = new Set<string>();
  for (const event of events) {
    if (event.type !== 'AccountDiscovered' && event.type !== 'AccountUpdated') continue;
    const { accountId, capabilities, timeZone } = event.data as AccountDiscovered | AccountUpdated as Pick<AccountUpdated, 'accountId' | 'capabilities' | 'timeZone'>;
    if ((owners.get(accountId) ?? event.userid) !== event.userid) continue;
    const held = of.get(accountId) ?? NEW;
    const next = { timeZone: timeZone === undefined ? held.timeZone : timeZone, transactions: capabilities?.transactions ?? held.transactions };
    if (next.timeZone !== held.timeZone || next.transactions !== held.transactions) changed.add(accountId);
    of.set(accountId, next);
  }
  return { of, changed };
}

async function touched(tx: SqlClient, events: readonly EventEnvelope[]): Promise<HistoryAccount[]> {
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
  INSERT INTO account (account_id, user_id, connection_id, institution_id, institution_name, provider, name, display_name, type, subtype, mask, currency, trading, time_zone, transactions, changes)
  SELECT w.account_id, w.user_id, w.connection_id, w.institution_id, w.institution_name, w.provider, w.name, w.display_name, w.type, w.subtype, w.mask, w.currency, w.trading, w.time_zone, w.transactions, w.changes::json
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::text[], $15::boolean[], $16::text[])
    AS w(account_id, user_id, connection_id, institution_id, institution_name, provider, name, display_name, type, subtype, mask, currency, trading, time_zone, transactions, changes)
  ON CONFLICT (account_id) DO UPDATE SET
    connection_id = excluded.connection_id, institution_id = excluded.institution_id, institution_name = excluded.institution_name, provider = excluded.provider,
    name = excluded.name, display_name = excluded.display_name, type = excluded.type, subtype = excluded.subtype, mask = excluded.mask, currency = excluded.currency,
    trading = excluded.trading, time_zone = excluded.time_zone, transactions = excluded.transactions, changes = excluded.changes
  WHERE account.user_id = excluded.user_id`;

async function write(tx: SqlClient, changed: readonly (Account & Extras)[]): Promise<void> {
  if (changed.length === 0) return;
  const of = <T>(pick: (account: Account & Extras) => T) => changed.map(pick);
  await tx.query(WRITE, [
    of((account) => account.accountId), of((account) => account.userId), of((account) => account.connectionId), of((account) => account.institutionId),
    of((account) => account.institutionName), of((account) => account.provider), of((account) => account.name), of((account) => account.displayName),
    of((account) => account.type), of((account) => account.subtype), of((account) => account.mask), of((account) => account.currency),
    of((account) => account.trading), of((account) => account.timeZone), of((account) => account.transactions), of((account) => JSON.stringify(account.changes)),
  ]);
}
