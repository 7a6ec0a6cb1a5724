/** What earlier runs and people left of an account: open discrepancies, and what was accepted of its basis. */
import type { AssetId, Decimal } from '@tidemark/money';
import { sum } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import type { KnownDiscrepancy } from '../discrepancy/discrepancy.decide.js';

export async function openOf(client: SqlClient, accountId: string): Promise<KnownDiscrepancy[]> {
  const { rows } = await client.query<KnownDiscrepancy>(
    `SELECT discrepancy_id AS id, asset, kind, basis, expected, actual, difference, divergence, explanations FROM discrepancy WHERE account_id = $1 AND status <> 'resolved' ORDER BY asset FOR UPDATE`,
    [accountId],
  );
  return rows;
}

/** Added to what is expected, asset by asset. */
export async function acceptedOf(client: SqlClient, accountId: string, basisId: string): Promise<Map<AssetId, Decimal>> {
  const { rows } = await client.query<{ asset: AssetId; quantity: Decimal }>('SELECT asset, quantity FROM accepted_difference WHERE account_id = $1 AND basis_id = $2', [accountId, basisId]);
  return new Map([...Map.groupBy(rows, (row) => row.asset)].map(([asset, all]) => [asset, sum(all.map((row) => row.quantity))]));
}

