/**
 * The accounts that this service knows, each folded whole as every service folds them, beside what a comparison needs of it: what its
 * provider calls it, the market's time zone, and whether its provider tells transactions.
 */
import { foldAccounts } from '@tidemark/contracts';
import type { AccountDiscovered, AccountUpdated, ConnectionRemoved, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { Projection } from '@tidemark/projections';
import { ACCOUNT_COLUMNS, accountOf } from './query.js';
import type { AccountRow, KnownAccount } from './query.js';

const TYPES = new Set(['AccountDiscovered', 'AccountUpdated', 'AccountClosed', 'DuplicateFlagged', 'ConnectionRemoved', 'UserErased']);

type Extras = Pick<KnownAccount, 'providerAccountId' | 'timeZone' | 'transactions'>;

const NEW: Extras = { providerAccountId: null, timeZone: null, transactions: true };

export const accounts: Projection = {
  name: 'accounts',
  logs: ['connections'],
  async apply(tx, events) {
    const known = events.filter((event) => TYPES.has(event.type));
    if (known.length === 0) return;
    const before = await touched(tx, known);
    const folded = foldAccounts(before.map((one) => one.account), known);
    const extras = foldExtras(before, known);
    const changed = [...folded.accounts.values()].filter(({ accountId }) => folded.changed.has(accountId) || extras.changed.has(accountId));
    await write(tx, changed.map((account) => ({ account, ...(extras.of.get(account.accountId) ?? NEW) })));
    if (folded.erased.size > 0) await tx.query('DELETE FROM account WHERE account_id = ANY($1::uuid[])', [[...folded.erased]]);
  },
};

function foldExtras(before: readonly KnownAccount[], events: readonly EventEnvelope[]): { of: Map<string, Extras>; changed: Set<string> } {
  const of = new Map(before.map(({ account, providerAccountId, timeZone, transactions }): [string, Extras] => [account.accountId, { providerAccountId, timeZone, transactions }]));
  const owners = new Map(before.map(({ account }) => [account.accountId, account.userId]));
  const changed = new Set<string>();
  for (const event of events) {
    if (event.type !== 'AccountDiscovered' && event.type !== 'AccountUpdated') continue;
    const data = event.data as Pick<AccountDiscovered, 'accountId'> & Partial<AccountDiscovered & AccountUpdated>;
    const owner = owners.get(data.accountId) ?? event.userid;
    if (owner !== event.userid) continue;
    owners.set(data.accountId, owner);
    const held = of.get(data.accountId) ?? NEW;
    of.set(data.accountId, {
      providerAccountId: data.details?.providerAccountId ?? held.providerAccountId,
      timeZone: data.timeZone === undefined ? held.timeZone : data.timeZone,
      transactions: data.capabilities?.transactions ?? held.transactions,
    });
    changed.add(data.accountId);
  }
  return { of, changed };
}

async function touched(tx: SqlClient, events: readonly EventEnvelope[]): Promise<KnownAccount[]> {
  const removed = events.filter((event) => event.type === 'ConnectionRemoved').map((event) => event.data as ConnectionRemoved);
  const named = events.flatMap((event) => (event.data as { accountId?: string }).accountId ?? []);
  const erased = events.filter((event) => event.type === 'UserErased').map((event) => event.userid);
  const { rows } = await tx.query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.account_id = ANY($1::uuid[]) OR a.connection_id = ANY($2::uuid[]) OR a.user_id = ANY($3::text[])`,
    [[...named, ...removed.flatMap((data) => data.accountIds)], removed.map((data) => data.connectionId), erased],
  );
  return rows.map(accountOf);
}

async function write(tx: SqlClient, changed: readonly KnownAccount[]): Promise<void> {
  if (changed.length === 0) return;
  await tx.query(
    `INSERT INTO account (account_id, user_id, connection_id, provider, provider_account_id, time_zone, transactions, account)
     SELECT * FROM ROWS FROM (unnest($1::uuid[]), unnest($2::text[]), unnest($3::uuid[]), unnest($4::text[]), unnest($5::text[]), unnest($6::text[]), unnest($7::boolean[]), json_array_elements($8::json)) AS u
     ON CONFLICT (account_id) DO UPDATE SET connection_id = excluded.connection_id, provider = excluded.provider, provider_account_id = excluded.provider_account_id,
       time_zone = excluded.time_zone, transactions = excluded.transactions, account = excluded.account
     WHERE account.user_id = excluded.user_id`,
    [
      changed.map(({ account }) => account.accountId), changed.map(({ account }) => account.userId), changed.map(({ account }) => account.connectionId), changed.map(({ account }) => account.provider),
      changed.map((one) => one.providerAccountId), changed.map((one) => one.timeZone), changed.map((one) => one.transactions), JSON.stringify(changed.map((one) => one.account)),
    ],
  );
}
