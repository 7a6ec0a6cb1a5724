/** Discrepancies as their user sees them. Another's are as unknown as those that never were. */
import type { reconciliationRpc } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { PageCursor } from './page-cursor.js';

type Discrepancy = reconciliationRpc.Discrepancy;

const DISCREPANCY = `
  SELECT discrepancy_id AS id, account_id AS "accountId", asset, kind, status, basis, expected, actual, difference, divergence, explanations, opened_at AS "openedAt", opened_by AS "openedBy",
    last_seen_at AS "lastSeenAt", last_seen_by AS "lastSeenBy", times_seen AS "timesSeen", resolved_at AS "resolvedAt", resolution, resolved_by AS "resolvedBy", note
  FROM discrepancy`;

export interface DiscrepanciesAsked {
  readonly userId: string;
  /** `open`: whatever is not resolved. */
  readonly status?: Discrepancy['status'] | undefined;
  readonly accountId?: string | undefined;
  readonly after: PageCursor | null;
  readonly limit: number;
}

/** Newest first; one more than `limit` where there are more. */
export async function listDiscrepancies(client: SqlClient, { userId, status, accountId, after, limit }: DiscrepanciesAsked): Promise<Discrepancy[]> {
  const { rows } = await client.query<Discrepancy>(
    `${DISCREPANCY} WHERE user_id = $1 AND ($2::text IS NULL OR status = $2 OR ($2 = 'open' AND status <> 'resolved')) AND ($3::uuid IS NULL OR account_id = $3)
       AND ($4::timestamptz IS NULL OR (opened_at, discrepancy_id) < ($4, $5::uuid)) ORDER BY opened_at DESC, discrepancy_id DESC LIMIT $6`,
    [userId, status ?? null, accountId ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return rows;
}

/** @param lock keeps it as it is until the transaction ends; where that is another's to decide it is waited for, or passed over as if it were not there */
export async function findDiscrepancy(client: SqlClient, userId: string, discrepancyId: string, lock: '' | 'FOR UPDATE' | 'FOR UPDATE SKIP LOCKED' = ''): Promise<Discrepancy | null> {
  const { rows } = await client.query<Discrepancy>(`${DISCREPANCY} WHERE discrepancy_id = $1 AND user_id = $2 ${lock}`, [discrepancyId, userId]);
  return rows[0] ?? null;
}
