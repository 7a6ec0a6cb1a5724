/** Monthly totals of one user by provider. Postgres sums numerics exactly. */
import type { SqlClient } from '@tidemark/postgres';

export interface CostLine {
  readonly month: string;
  readonly provider: string;
  readonly calls: number;
  readonly total: { readonly amount: string; readonly currency: string };
}

export async function costsOf(client: SqlClient, userId: string, month: string | null): Promise<CostLine[]> {
  const { rows } = await client.query<{ month: string; provider: string; calls: number; amount: string; currency: string }>(
    `SELECT month, provider, count(*) AS calls, trim_scale(sum(amount))::text AS amount, currency FROM refresh_cost
     WHERE user_id = $1 AND ($2::text IS NULL OR month = $2) AND billed IS NOT FALSE GROUP BY month, provider, currency ORDER BY month DESC, provider, currency`,
    [userId, month],
  );
  return rows.map(({ amount, currency, ...row }) => ({ ...row, total: { amount, currency } }));
}
