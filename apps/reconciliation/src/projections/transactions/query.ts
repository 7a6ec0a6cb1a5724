import type { RecordedTransaction } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

export interface StoredTransaction {
  readonly accountId: string;
  readonly provider: string;
  /** When it was first recorded here. */
  readonly recordedAt: string;
  /** When the provider took it back; null where it stands. */
  readonly withdrawnAt: string | null;
  readonly recorded: RecordedTransaction;
}

/** Those of an account that are dated on `day` or later, or that were recorded or taken back at `since` or later whatever their date; oldest first. */
export async function transactionsSince(client: SqlClient, accountId: string, day: string, since: string): Promise<StoredTransaction[]> {
  const { rows } = await client.query<StoredTransaction>(
    `SELECT account_id AS "accountId", provider, recorded_at AS "recordedAt", withdrawn_at AS "withdrawnAt", recorded FROM account_transaction
     WHERE account_id = $1 AND (day >= $2::date OR recorded_at >= $3 OR withdrawn_at >= $3) ORDER BY day, transaction_id`,
    [accountId, day, since],
  );
  return rows;
}

/** What stands of several accounts, from a day on. */
export async function transactionsOfAccounts(client: SqlClient, accountIds: readonly string[], from: string): Promise<StoredTransaction[]> {
  const { rows } = await client.query<StoredTransaction>(
    `SELECT account_id AS "accountId", provider, recorded_at AS "recordedAt", withdrawn_at AS "withdrawnAt", recorded FROM account_transaction
     WHERE account_id = ANY($1::uuid[]) AND withdrawn_at IS NULL AND day >= $2::date ORDER BY day, transaction_id`,
    [accountIds, from],
  );
  return rows;
}
