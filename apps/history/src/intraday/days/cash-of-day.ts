/**
 * The cash of accounts at moments of the open day: that of the newest snapshot captured by then. Live values stand on fixed units, so between
 * two snapshots the cash is what the earlier one has.
 */
import type { SqlClient } from '@tidemark/postgres';
import type { Decimal } from '@tidemark/money';

export interface CashCaptured {
  readonly accountId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly amounts: readonly (readonly [currency: string, amount: Decimal])[];
}

/** What was captured between two instants, and the last before, oldest first. */
export async function readCash(client: SqlClient, accountIds: readonly string[], from: string, to: string): Promise<CashCaptured[]> {
  const { rows } = await client.query<{ accountId: string; capturedAt: string; amounts: [string, string][] | null }>(
    `SELECT s.account_id AS "accountId", s.captured_at AS "capturedAt",
       (SELECT json_agg(json_build_array(substr(l ->> 'asset', 10), l ->> 'quantity')) FROM json_array_elements(s.lines) l WHERE starts_with(l ->> 'asset', 'currency:') AND NOT coalesce((l ->> 'countedAsCash')::boolean, false)) AS amounts
     FROM unnest($1::uuid[]) AS a(account_id)
     CROSS JOIN LATERAL (SELECT coalesce(max(e.captured_at), '-infinity') AS since FROM captured_snapshot e WHERE e.account_id = a.account_id AND e.captured_at <= $2) f
     JOIN captured_snapshot s ON s.account_id = a.account_id AND s.captured_at BETWEEN f.since AND $3
     ORDER BY s.captured_at, s.epoch, s.position`,
    [accountIds, from, to],
  );
  return rows.map(({ accountId, capturedAt, amounts }) => ({ accountId, at: Date.parse(capturedAt), amounts: amounts ?? [] }));
}
