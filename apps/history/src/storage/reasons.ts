/** Why days are not wholly reliable: said once, and named by id from every day that it holds for. */
import type { AssetId } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import type { ReasonCode } from '../reconstruction/model.js';

export interface StoredReason {
  /** Null: it says nothing of an account, and accounts share it. */
  readonly accountId: string | null;
  readonly code: ReasonCode;
  readonly detail: string;
  readonly asset?: AssetId;
}

/** Postgres keeps what is unique by equality, and null equals nothing. */
export const SHARED = '00000000-0000-0000-0000-000000000000';
const NO_ASSET = '';

const SAME = 'r.account_id = g.account_id AND r.code = g.code AND r.asset = g.asset AND md5(r.detail) = md5(g.detail)';

/** @returns the ids in the order of `reasons`; equal reasons have one id for ever */
export async function storeReasons(tx: SqlClient, reasons: readonly StoredReason[]): Promise<number[]> {
  if (reasons.length === 0) return [];
  const columns = [reasons.map((one) => one.accountId ?? SHARED), reasons.map((one) => one.code), reasons.map((one) => one.asset ?? NO_ASSET), reasons.map((one) => one.detail)];
  // What stands already is not tried, for a try uses up an id.
  const given = 'unnest($1::uuid[], $2::text[], $3::text[], $4::text[])';
  await tx.query(`INSERT INTO history_reason (account_id, code, asset, detail) SELECT DISTINCT g.* FROM ${given} AS g(account_id, code, asset, detail) WHERE NOT EXISTS (SELECT 1 FROM history_reason r WHERE ${SAME}) ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING`, columns);
  const { rows } = await tx.query<{ id: number }>(
    `SELECT r.id FROM ${given} WITH ORDINALITY AS g(account_id, code, asset, detail, place)
     JOIN history_reason r ON ${SAME} ORDER BY g.place`,
    columns,
  );
  return rows.map((row) => row.id);
}

export async function readReasons(client: SqlClient, ids: readonly number[]): Promise<Map<number, StoredReason>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<{ id: number; account_id: string; code: ReasonCode; asset: AssetId; detail: string }>('SELECT id, account_id, code, asset, detail FROM history_reason WHERE id = ANY($1::int[])', [ids]);
  return new Map(rows.map(({ id, account_id, code, asset, detail }) => [id, { accountId: account_id === SHARED ? null : account_id, code, detail, ...(asset === NO_ASSET ? {} : { asset }) }]));
}
