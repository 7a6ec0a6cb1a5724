/**
 * The newest line of a user's that names an asset, among the latest snapshots of each account: an asset may be sold by now, but how far
 * back is looked is bounded, so that asking for what nobody holds costs no more than asking for what somebody does.
 */
import type { BalanceLine } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

const SNAPSHOTS_PER_ACCOUNT = 50;

const NEWEST_LINE = `
  SELECT newest.line, bool_or(a.trading) OVER () AS trading
  FROM account a CROSS JOIN LATERAL (
    SELECT s.captured_at, l.line FROM (
      SELECT captured_at, epoch, position, balances FROM balance_snapshot WHERE account_id = a.account_id
      ORDER BY captured_at DESC, epoch DESC, position DESC LIMIT ${SNAPSHOTS_PER_ACCOUNT}) s
    CROSS JOIN LATERAL json_array_elements(s.balances) AS l(line)
    WHERE l.line ->> 'asset' = $2 ORDER BY s.captured_at DESC, s.epoch DESC, s.position DESC LIMIT 1) newest
  WHERE a.user_id = $1 ORDER BY newest.captured_at DESC, a.account_id LIMIT 1`;

export async function readNewestLine(client: SqlClient, userId: string, asset: string): Promise<{ line: BalanceLine; trading: boolean } | null> {
  const { rows } = await client.query<{ line: BalanceLine; trading: boolean }>(NEWEST_LINE, [userId, asset]);
  return rows[0] ?? null;
}
