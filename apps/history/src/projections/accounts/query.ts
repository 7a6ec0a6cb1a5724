/** Reads of accounts. Whoever asks on behalf of a user names that user: another's account is as unknown as one that never was. */
import { problem } from '@tidemark/contracts';
import type { Problem } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { ACCOUNT_COLUMNS, accountOf } from './row.js';
import type { AccountRow, HistoryAccount } from './row.js';

/** Every account of a user, whether it counts or not (`notCounted` of @tidemark/contracts says which does). */
export async function accountsOfUser(client: SqlClient, userId: string): Promise<HistoryAccount[]> {
  const { rows } = await client.query<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.user_id = $1 ORDER BY a.account_id`, [userId]);
  return rows.map(accountOf);
}

export async function accountOfUser(client: SqlClient, userId: string, accountId: string): Promise<HistoryAccount | null> {
  const { rows } = await client.query<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.account_id = $1 AND a.user_id = $2`, [accountId, userId]);
  return rows[0] ? accountOf(rows[0]) : null;
}

/** For work of the service's own, on accounts of many users. */
export async function accountsById(client: SqlClient, accountIds: readonly string[]): Promise<Map<string, HistoryAccount>> {
  const { rows } = await client.query<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.account_id = ANY($1::uuid[])`, [accountIds]);
  return new Map(rows.map((row) => [row.account_id, accountOf(row)]));
}

export function unknownAccount(accountId: string): Problem {
  return problem('not_found', `There is no account ${accountId}.`);
}
