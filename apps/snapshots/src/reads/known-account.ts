import { problem } from '@tidemark/contracts';
import type { Problem } from '@tidemark/contracts';
import type { Database } from '@tidemark/postgres';
import { AccountEntity } from '../projections/accounts/account.entity.js';

/** Whether there is such an account of this user. Another user's account is as unknown as one that never was. */
export async function isKnownAccount(database: Database, userId: string, accountId: string): Promise<boolean> {
  return database.dataSource.getRepository(AccountEntity).existsBy({ accountId, userId });
}

export function unknownAccount(accountId: string): Problem {
  return problem('not_found', `There is no account ${accountId}.`);
}
