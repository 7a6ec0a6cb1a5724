/** What is known of transactions, read and written a whole sync at a time. */
import type { SqlClient } from '@tidemark/postgres';
import type { KnownTransaction, TransactionDiff } from './diff-transactions.js';

export interface Asked {
  readonly accountId: string;
  readonly identities: readonly string[];
}

/** Of each account: those named, and all dated within the range. */
export async function loadKnown(tx: SqlClient, asked: readonly Asked[], from: string, to: string): Promise<Map<string, KnownTransaction[]>> {
  const named = asked.flatMap((one) => one.identities.map((identity) => [one.accountId, identity] as const));
  const { rows } = await tx.query<KnownTransaction & { accountId: string }>(
    `SELECT k.account_id AS "accountId", k.identity, k.transaction_id AS "transactionId", k.content, to_char(k.date, 'YYYY-MM-DD') AS date, k.withdrawn FROM known_transaction k
       JOIN (SELECT * FROM unnest($1::uuid[], $2::text[])) n(account_id, identity) USING (account_id, identity)
     UNION
     SELECT k.account_id, k.identity, k.transaction_id, k.content, to_char(k.date, 'YYYY-MM-DD'), k.withdrawn FROM known_transaction k
       WHERE k.account_id = ANY($3::uuid[]) AND k.date BETWEEN $4 AND $5`,
    [named.map(([account]) => account), named.map(([, identity]) => identity), asked.map((one) => one.accountId), from, to],
  );
  return Map.groupBy(rows, (row) => row.accountId);
}

export async function saveKnown(tx: SqlClient, userId: string, diffs: readonly { readonly accountId: string; readonly diff: TransactionDiff }[]): Promise<void> {
  const renamed = diffs.flatMap(({ accountId, diff }) => diff.renamed.map((one) => ({ accountId, from: one.from })));
  if (renamed.length > 0) {
    await tx.query('DELETE FROM known_transaction k USING unnest($1::uuid[], $2::text[]) AS u(account_id, identity) WHERE k.account_id = u.account_id AND k.identity = u.identity', [renamed.map((one) => one.accountId), renamed.map((one) => one.from)]);
  }
  const rows = diffs.flatMap(({ accountId, diff }) => [
    ...[...diff.recorded, ...diff.changed, ...diff.renamed.map((one) => one.to)].map((one) => ({ ...one, accountId })),
    ...diff.withdrawn.map((one) => ({ ...one, accountId, withdrawn: true })),
  ]);
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO known_transaction (user_id, account_id, identity, transaction_id, content, date, withdrawn)
     SELECT $7, u.* FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::date[], $6::boolean[]) u
     ON CONFLICT (account_id, identity) DO UPDATE SET content = excluded.content, date = excluded.date, withdrawn = excluded.withdrawn`,
    [rows.map((row) => row.accountId), rows.map((row) => row.identity), rows.map((row) => row.transactionId), rows.map((row) => row.content), rows.map((row) => row.date), rows.map((row) => row.withdrawn), userId],
  );
}
