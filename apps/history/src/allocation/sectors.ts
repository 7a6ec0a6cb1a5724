/** Sectors of assets, as the price source's profile of their symbol words them. */
import type { SqlClient } from '@tidemark/postgres';

/** By asset; one whose sector nobody knows (a fund, a coin, an asset without a symbol) is absent. */
export async function sectorsOf(client: SqlClient, assets: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ asset: string; sector: string }>(`SELECT asset, sector FROM asset_symbol WHERE asset = ANY($1::text[]) AND status = 'mapped' AND sector IS NOT NULL`, [[...new Set(assets)]]);
  return new Map(rows.map(({ asset, sector }) => [asset, sector]));
}
