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

/** Beyond what a basis states, asset by asset. */
export interface Accepted {
  /** What people took the provider's word for, and how often. */
  readonly byPeople: ReadonlyMap<AssetId, Decimal>;
  readonly times: ReadonlyMap<AssetId, number>;
  /** What was within tolerance when the basis moved here. */
  readonly carried: ReadonlyMap<AssetId, Decimal>;
}

export async function acceptedOf(client: SqlClient, accountId: string, basisId: string): Promise<Accepted> {
  const { rows } = await client.query<{ asset: AssetId; quantity: Decimal; carried: boolean }>('SELECT asset, quantity, discrepancy_id IS NULL AS carried FROM accepted_difference WHERE account_id = $1 AND basis_id = $2', [accountId, basisId]);
  const sums = (of: typeof rows) => new Map([...Map.groupBy(of, (row) => row.asset)].map(([asset, all]) => [asset, sum(all.map((row) => row.quantity))]));
  const own = rows.filter(({ carried }) => !carried);
  return { byPeople: sums(own), times: new Map([...Map.groupBy(own, (row) => row.asset)].map(([asset, all]) => [asset, all.length])), carried: sums(rows.filter(({ carried }) => carried)) };
}

