/**
 * What is erased stays erased. The log `connections` says what is to go, other logs bring what would come back, and they are read
 * independently. So every table that folds another log also hears of erasures: it takes a lock that keeps others from adding, leaves a
 * mark, deletes; and whoever adds looks for the mark first. Whichever of the two comes first, they end the same.
 *
 * A service that uses it has a table `erasure (user_id text, kind text, id text, PRIMARY KEY (user_id, kind, id))`.
 */
import type { ConnectionRemoved, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

export interface Erasure {
  readonly userId: string;
  readonly kind: 'account' | 'connection' | 'user';
  readonly id: string;
}

export function erasuresOf(event: EventEnvelope): Erasure[] {
  const userId = event.userid;
  if (event.type === 'UserErased') return [{ userId, kind: 'user', id: userId }];
  if (event.type !== 'ConnectionRemoved') return [];
  const { erased, connectionId, accountIds } = event.data as ConnectionRemoved;
  return erased ? [{ userId, kind: 'connection', id: connectionId }, ...accountIds.map((id) => ({ userId, kind: 'account' as const, id }))] : [];
}

const columns = (erasures: readonly Erasure[]) => [erasures.map((one) => one.userId), erasures.map((one) => one.kind), erasures.map((one) => one.id)];

export async function markErased(tx: SqlClient, erasures: readonly Erasure[]): Promise<void> {
  await tx.query('INSERT INTO erasure (user_id, kind, id) SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING', columns(erasures));
}

/**
 * @param table a constant of the code, never given from outside: with account_id, connection_id and user_id, whose rows go with their account, connection or user
 * @returns the accounts that lost rows
 */
export async function eraseFrom(tx: SqlClient, table: string, erasures: readonly Erasure[]): Promise<string[]> {
  if (erasures.length === 0) return [];
  await tx.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
  await markErased(tx, erasures);
  const { rows } = await tx.query<{ account_id: string }>(
    `DELETE FROM ${table} t USING unnest($1::text[], $2::text[], $3::text[]) AS e(user_id, kind, id)
     WHERE t.user_id = e.user_id
       AND CASE e.kind WHEN 'account' THEN t.account_id::text = e.id WHEN 'connection' THEN t.connection_id::text = e.id ELSE e.kind = 'user' END
     RETURNING t.account_id`,
    columns(erasures),
  );
  return [...new Set(rows.map((row) => row.account_id))];
}

/** Taken before looking for marks, so that an erasure under way is waited for and then seen. @param table a constant of the code */
export async function lockForAdding(tx: SqlClient, table: string): Promise<void> {
  await tx.query(`LOCK TABLE ${table} IN ROW EXCLUSIVE MODE`);
}

/** SQL: no mark stands against the row `alias`, which has user_id, account_id and connection_id. */
export const notErased = (alias: string): string => `NOT EXISTS (SELECT 1 FROM erasure e WHERE e.user_id = ${alias}.user_id
    AND (e.kind, e.id) IN (('account', ${alias}.account_id::text), ('connection', ${alias}.connection_id::text), ('user', ${alias}.user_id)))`;
