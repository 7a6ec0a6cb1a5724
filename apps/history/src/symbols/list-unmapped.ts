/** The queue of people: assets for which no symbol was found, oldest first, with what came nearest and how many accounts have them. */
import { DEFAULT_LIMIT, problem } from '@tidemark/contracts';
import type { historyRpc, Problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import type { Static } from 'typebox';

type Unmapped = Static<typeof historyRpc.UnmappedSymbol>;

export interface UnmappedPage {
  readonly items: Unmapped[];
  readonly nextCursor: string | null;
}

/** Accounts that hold an asset or ever traded it. */
export const ACCOUNTS_WITH = `(SELECT count(*)::int FROM (SELECT account_id FROM holding h WHERE h.asset = a.asset UNION SELECT account_id FROM account_transaction t WHERE t.asset = a.asset AND NOT t.withdrawn) both_)`;

export async function listUnmapped(client: SqlClient, { limit = DEFAULT_LIMIT, cursor }: { limit?: number; cursor?: string }): Promise<Result<UnmappedPage, Problem>> {
  const after = cursor === undefined ? ['', ''] : readCursor(cursor);
  if (!after) return refuse(problem('validation_failed', 'The cursor is none of ours.', { errors: [{ field: 'cursor', message: 'must be the nextCursor of the page before; leave it out for the first page' }] }));
  const { rows } = await client.query<Unmapped & { key: string }>(
    `SELECT a.asset, a.name, a.reason, a.since, a.since::text AS key, ${ACCOUNTS_WITH} AS accounts, a.candidates FROM asset_symbol a
     WHERE a.status = 'unmapped' AND ($1 = '' OR (a.since, a.asset) > ($1::timestamptz, $2)) ORDER BY a.since, a.asset LIMIT $3`,
    [after[0], after[1], limit + 1],
  );
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const items = rows.slice(0, limit).map(({ key: _key, ...item }) => item);
  return ok({ items, nextCursor: last ? Buffer.from(JSON.stringify([last.key, last.asset])).toString('base64url') : null });
}

function readCursor(cursor: string): [string, string] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const [since, asset] = Array.isArray(parts) ? (parts as unknown[]) : [];
    return typeof since === 'string' && typeof asset === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(since) && Number.isFinite(Date.parse(since)) ? [since, asset] : null;
  } catch {
    // Not JSON: a cursor that somebody made up, and answered as one.
    return null;
  }
}
