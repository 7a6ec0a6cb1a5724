/** The history service's own tables on real Postgres, filled with SQL: accounts with holdings, prices, and account-days by the million. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../../apps/history/dist/app.js';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import { startPostgres } from '@tidemark/testing';

export async function layGround() {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  const stops = [async () => rmSync(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const postgres = await startPostgres({});
    stops.push(() => postgres.stop());
    const urls = await provisionDatabase({ adminUrl: postgres.adminUrl, database: 'history', ownerPassword: 'o', servicePassword: 's' });
    await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: migrations() });
    const database = await openDatabase({ url: urls.serviceUrl, application: 'bench', poolSize: 8 });
    stops.push(() => database.close());
    const owner = await openDatabase({ url: urls.ownerUrl, application: 'bench', poolSize: 2 });
    stops.push(() => owner.close());
    return { database, owner, serviceUrl: urls.serviceUrl, postgresPid: postgres.pid, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Ids that say which account they are: the same in SQL and here. */
export const accountId = (number) => `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
export const ACCOUNT_ID = `('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
export const userOf = (number) => `bench-user-${Math.floor(number / ACCOUNTS_PER_USER)}`;
export const ACCOUNTS_PER_USER = 3;

/** Accounts `from` to `to` − 1, three a user. */
export async function addAccounts(database, from, to) {
  await database.query(
    `INSERT INTO account (account_id, user_id, provider, name, type, currency, trading, changes)
     SELECT ${ACCOUNT_ID}, 'bench-user-' || n / ${ACCOUNTS_PER_USER}, 'plaid', 'Account ' || n, 'investment', 'USD', false, '[]'::json FROM generate_series($1::int, $2::int) n`,
    [from, to - 1],
  );
}
