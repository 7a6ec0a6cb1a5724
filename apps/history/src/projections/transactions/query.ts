/**
 * Reads of transactions. The normalised documents of an account come as one text, parsed once: a row of twenty columns each would
 * cost several times as much, and a reconstruction reads them all.
 */
import type { RecordedTransaction } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { NormalisedTransaction } from '@tidemark/transactions';

export interface DayRange {
  /** `YYYY-MM-DD`, inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * What stands (not withdrawn) in each account, oldest first, normalised one by one: `resolveTransactions` of libs/transactions says what
 * their neighbours make of them. An account without any is absent. The caller has checked whose accounts they are.
 */
export async function transactionsOf(client: SqlClient, accountIds: readonly string[], { from, to }: DayRange = {}): Promise<Map<string, NormalisedTransaction[]>> {
  const { rows } = await client.query<{ account_id: string; documents: string }>(
    `SELECT account_id, '[' || string_agg(normalised::text, ',' ORDER BY day, at NULLS LAST, transaction_id) || ']' AS documents FROM account_transaction
     WHERE account_id = ANY($1::uuid[]) AND NOT withdrawn AND ($2::date IS NULL OR day >= $2) AND ($3::date IS NULL OR day <= $3) GROUP BY account_id`,
    [accountIds, from ?? null, to ?? null],
  );
  return new Map(rows.map((row) => [row.account_id, JSON.parse(row.documents) as NormalisedTransaction[]]));
}

export interface StoredTransaction {
  readonly accountId: string;
  readonly provider: string;
  readonly normalised: NormalisedTransaction;
  readonly recorded: RecordedTransaction;
}

export interface TransactionPage extends DayRange {
  readonly kinds?: readonly string[] | undefined;
  /** The last one of the page before. */
  readonly after?: { readonly day: string; readonly transactionId: string } | undefined;
  readonly limit: number;
}

/** Days of an account, both ends included; without an end on the side that is null. */
export interface AccountDays {
  readonly accountId: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Newest first, with the provider's original; one more than `limit` where there are more. @param spans that do not overlap */
export async function pageOfTransactions(client: SqlClient, spans: readonly AccountDays[], { from, to, kinds, after, limit }: TransactionPage): Promise<StoredTransaction[]> {
  const { rows } = await client.query<StoredTransaction>(
    `SELECT t.account_id AS "accountId", t.provider, t.normalised, t.recorded
     FROM unnest($1::uuid[], $8::date[], $9::date[]) AS s(account_id, first_day, last_day) JOIN account_transaction t ON t.account_id = s.account_id AND t.day BETWEEN coalesce(s.first_day, '-infinity') AND coalesce(s.last_day, 'infinity')
     WHERE NOT t.withdrawn AND ($2::date IS NULL OR t.day >= $2) AND ($3::date IS NULL OR t.day <= $3)
       AND ($4::text[] IS NULL OR t.kind = ANY($4)) AND ($5::date IS NULL OR (t.day, t.transaction_id) < ($5::date, $6::uuid))
     ORDER BY t.day DESC, t.transaction_id DESC LIMIT $7`,
    [spans.map(({ accountId }) => accountId), from ?? null, to ?? null, kinds ?? null, after?.day ?? null, after?.transactionId ?? null, limit + 1, spans.map((span) => span.from), spans.map((span) => span.to)],
  );
  return rows;
}

/** Those whose words the rules do not know, with the words. */
export async function unknownTransactions(client: SqlClient, accountId: string, limit = 500): Promise<StoredTransaction[]> {
  const { rows } = await client.query<StoredTransaction>(
    `SELECT account_id AS "accountId", provider, normalised, recorded FROM account_transaction WHERE account_id = $1 AND unknown AND NOT withdrawn ORDER BY day DESC, transaction_id LIMIT $2`,
    [accountId, limit],
  );
  return rows;
}
