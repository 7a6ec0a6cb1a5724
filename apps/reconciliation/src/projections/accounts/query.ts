/** Reads of accounts. Whoever asks on behalf of a user names that user: another's account is as unknown as one that never was. */
import { holdingAt } from '@tidemark/contracts';
import type { Account } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

export interface KnownAccount {
  readonly account: Account;
  readonly providerAccountId: string | null;
  /** Null: New York, as `marketOf` of libs/market has it. */
  readonly timeZone: string | null;
  /** False: its provider tells no transactions. */
  readonly transactions: boolean;
}

export interface AccountRow {
  readonly account: Account;
  readonly provider_account_id: string | null;
  readonly time_zone: string | null;
  readonly transactions: boolean;
}

export const ACCOUNT_COLUMNS = 'a.account, a.provider_account_id, a.time_zone, a.transactions';

export function accountOf(row: AccountRow): KnownAccount {
  return { account: row.account, providerAccountId: row.provider_account_id, timeZone: row.time_zone, transactions: row.transactions };
}

export async function accountsOfUser(client: SqlClient, userId: string): Promise<KnownAccount[]> {
  const { rows } = await client.query<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.user_id = $1 ORDER BY a.account_id`, [userId]);
  return rows.map(accountOf);
}

/** Those of these that are the user's, by id; locked until the transaction ends, in one order, so that runs over the same account take turns. */
export async function lockAccounts(tx: SqlClient, userId: string, accountIds: readonly string[]): Promise<Map<string, KnownAccount>> {
  const { rows } = await tx.query<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.user_id = $1 AND a.account_id = ANY($2::uuid[]) ORDER BY a.account_id FOR UPDATE`, [userId, accountIds]);
  return new Map(rows.map((row) => [row.account.accountId, accountOf(row)]));
}

/** Why there is nothing to compare any more; null where there is. */
export function goneAt({ account }: Pick<KnownAccount, 'account'>, at: string): 'closed' | 'disconnected' | null {
  if (holdingAt(account, 'disconnected', at) === true) return 'disconnected';
  return holdingAt(account, 'closed', at) === true ? 'closed' : null;
}
