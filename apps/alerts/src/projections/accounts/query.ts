import type { Account } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

/** Another user's account is as unknown as one that never was. */
export async function accountOfUser(client: SqlClient, userId: string, accountId: string): Promise<Account | null> {
  const { rows } = await client.query<{ account: Account }>('SELECT account FROM account WHERE account_id = $1 AND user_id = $2', [accountId, userId]);
  return rows[0]?.account ?? null;
}

/** For messages, of many users at once. */
export async function accountsById(client: SqlClient, accountIds: readonly string[]): Promise<Map<string, Account>> {
  if (accountIds.length === 0) return new Map();
  const { rows } = await client.query<{ account: Account }>('SELECT account FROM account WHERE account_id = ANY($1::uuid[])', [accountIds]);
  return new Map(rows.map(({ account }) => [account.accountId, account]));
}
