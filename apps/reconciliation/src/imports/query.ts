/** Reads of books and statements. */
import type { BookPosition } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

/** What a person says that an account held. */
export interface Stated {
  readonly id: string;
  readonly accountId: string;
  readonly asOf: string;
  readonly positions: readonly BookPosition[];
}

/** Of each of these accounts that has one, the book that is expected to be right. */
export async function booksOf(client: SqlClient, accountIds: readonly string[]): Promise<Map<string, Stated>> {
  const { rows } = await client.query<Stated>('SELECT book_id AS id, account_id AS "accountId", as_of AS "asOf", positions FROM book WHERE account_id = ANY($1::uuid[])', [accountIds]);
  return new Map(rows.map((row) => [row.accountId, row]));
}

/** Of each of these accounts that has one, the statement of the latest instant; of two of the same instant the one imported later. */
export async function newestStatements(client: SqlClient, accountIds: readonly string[]): Promise<Map<string, Stated>> {
  const { rows } = await client.query<Stated>(
    `SELECT s.* FROM unnest($1::uuid[]) AS a(id) CROSS JOIN LATERAL (
       SELECT statement_id AS id, account_id AS "accountId", as_of AS "asOf", positions FROM statement
       WHERE account_id = a.id ORDER BY as_of DESC, imported_at DESC, statement_id DESC LIMIT 1) s`,
    [accountIds],
  );
  return new Map(rows.map((row) => [row.accountId, row]));
}

/**
 * Where accounts are erased. Imports under way are waited for and go too; those that come later find the mark that the caller has set in
 * the same transaction.
 */
export async function eraseImports(tx: SqlClient, accountIds: readonly string[]): Promise<void> {
  await tx.query('LOCK TABLE book, statement IN SHARE ROW EXCLUSIVE MODE');
  await tx.query('DELETE FROM book WHERE account_id = ANY($1::uuid[])', [accountIds]);
  await tx.query('DELETE FROM statement WHERE account_id = ANY($1::uuid[])', [accountIds]);
}

/** Where a user is erased, in the same way. */
export async function eraseImportsOfUser(tx: SqlClient, userId: string): Promise<void> {
  await tx.query('LOCK TABLE book, statement IN SHARE ROW EXCLUSIVE MODE');
  await tx.query('DELETE FROM book WHERE user_id = $1', [userId]);
  await tx.query('DELETE FROM statement WHERE user_id = $1', [userId]);
}

/** Before anything is added: an erasure under way is waited for. @returns whether the account or its user was erased */
export async function erasedBeforeImport(tx: SqlClient, userId: string, accountId: string): Promise<boolean> {
  await tx.query('LOCK TABLE book, statement IN ROW EXCLUSIVE MODE');
  const { rowCount } = await tx.query(`SELECT 1 FROM erasure WHERE user_id = $1 AND (kind, id) IN (('account', $2), ('user', $1))`, [userId, accountId]);
  return rowCount > 0;
}
