/** Every user's chain, a page of users at a time, in the order of their ids. Users are found in the log too: a chain may be gone entirely. */
import { problem } from '@tidemark/contracts';
import type { Problem, reconciliationRpc, RequestOf, ResponseOf } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { verifyAudit } from './verify-audit.js';
import type { AuditDeps } from './verify-audit.js';

type Asked = RequestOf<typeof reconciliationRpc.verifyAllAudits>;
type Verdicts = ResponseOf<typeof reconciliationRpc.verifyAllAudits>;

const USERS = 100;

export async function verifyAllAudits(deps: AuditDeps, { userId, cursor, limit = USERS }: Asked): Promise<Result<Verdicts, Problem>> {
  if (userId !== undefined) return ok({ ...(await verdictsOf(deps, [userId])), nextCursor: null });
  const after = cursor === undefined ? '' : userOf(cursor);
  if (after === null) return refuse(problem('validation_failed', 'The cursor is none of ours.', { errors: [{ field: 'cursor', message: 'must be the nextCursor of the page before; leave it out for the first page' }] }));
  const users = await usersAfter(deps.database, after, limit + 1);
  const page = users.slice(0, limit);
  const last = page.at(-1);
  return ok({ ...(await verdictsOf(deps, page)), nextCursor: users.length > limit && last !== undefined ? Buffer.from(JSON.stringify(['audits', last])).toString('base64url') : null });
}

async function verdictsOf(deps: AuditDeps, users: readonly string[]): Promise<Omit<Verdicts, 'nextCursor'>> {
  let entries = 0;
  const broken: Verdicts['broken'] = [];
  for (const userId of users) {
    const verdict = await verifyAudit(deps, userId);
    entries += verdict.entries;
    if (!verdict.valid) broken.push({ userId, verdict });
  }
  return { users: users.length, entries, broken };
}

/** The next id after one, in the three places where a user can be; each an index probe. */
const NEXT = (after: string): string => `(SELECT min(user_id) FROM (
    (SELECT user_id FROM audit_entry WHERE user_id > ${after} ORDER BY user_id LIMIT 1)
    UNION ALL (SELECT user_id FROM audit_head WHERE user_id > ${after} ORDER BY user_id LIMIT 1)
    UNION ALL (SELECT e.userid FROM log.head h CROSS JOIN LATERAL (SELECT userid FROM log.event WHERE partition = h.partition AND userid > ${after} ORDER BY userid LIMIT 1) e)) AS ids)`;

async function usersAfter(database: SqlClient, after: string, limit: number): Promise<string[]> {
  const { rows } = await database.query<{ user_id: string }>(
    `WITH RECURSIVE ids (user_id) AS (SELECT ${NEXT('$1::text')} UNION ALL SELECT ${NEXT('ids.user_id')} FROM ids WHERE ids.user_id IS NOT NULL)
     SELECT user_id FROM ids WHERE user_id IS NOT NULL LIMIT $2`,
    [after, limit],
  );
  return rows.map((row) => row.user_id);
}

function userOf(cursor: string): string | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts[0] === 'audits' && typeof parts[1] === 'string' ? parts[1] : null;
  } catch {
    // Not JSON: a cursor that somebody made up, and answered as one.
    return null;
  }
}
