/** The audit trail of a user, oldest first, in pages. */
import { DEFAULT_LIMIT, problem } from '@tidemark/contracts';
import type { Problem, reconciliationRpc, RequestOf, ResponseOf } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';

type Asked = RequestOf<typeof reconciliationRpc.listAudit>;
type Page = ResponseOf<typeof reconciliationRpc.listAudit>;

/** From `from` on and before `to`. */
export async function listAudit(database: SqlClient, userId: string, { from, to, cursor, limit = DEFAULT_LIMIT }: Asked): Promise<Result<Page, Problem>> {
  const after = cursor === undefined ? 0 : placeOf(cursor);
  if (after === null) return refuse(problem('validation_failed', 'The cursor is none of ours.', { errors: [{ field: 'cursor', message: 'must be the nextCursor of the page before; leave it out for the first page' }] }));
  const { rows } = await database.query<reconciliationRpc.AuditEntry>(
    `SELECT sequence, at, kind, subject, data, previous_hash AS "previousHash", hash FROM audit_entry
     WHERE user_id = $1 AND sequence > $2 AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at < $4) ORDER BY sequence LIMIT $5`,
    [userId, after, from ?? null, to ?? null, limit + 1],
  );
  const items = rows.slice(0, limit);
  return ok({ items, nextCursor: rows.length > limit ? cursorOf(items.at(-1)?.sequence ?? 0) : null });
}

function cursorOf(sequence: number): string {
  return Buffer.from(`audit:${sequence}`).toString('base64url');
}

function placeOf(cursor: string): number | null {
  const [, sequence] = /^audit:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  return sequence === undefined ? null : Number(sequence);
}
