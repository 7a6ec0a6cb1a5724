/**
 * What clients search: the coverage map's institutions, and below them everything the catalogues know besides. Several institutions
 * may share a name (there are dozens of "First National Bank"): only where a name stands once at each provider are its rows one.
 */
import type { SqlClient } from '@tidemark/postgres';
import type { Coverage } from '../routing/coverage.js';
import { nameKey } from '../routing/institution-name.js';

/** At every start, so that a changed coverage map takes effect. */
export async function publishListed(client: SqlClient, coverage: Coverage): Promise<void> {
  const rows = coverage.entries.map((entry) => ({
    id: entry.id,
    name: entry.name,
    name_key: nameKey(entry.name),
    search_keys: [entry.name, ...entry.aliases].map(nameKey).join('|'),
    type: entry.type,
    popular: entry.popular,
    listed: true,
    preferred_provider: entry.preferredProvider,
    fallback_provider: entry.fallbackProvider,
    offers: entry.providers,
  }));
  await client.query('DELETE FROM institution WHERE listed AND NOT id = ANY($1::text[])', [rows.map((row) => row.id)]);
  await client.query(
    `INSERT INTO institution SELECT * FROM jsonb_populate_recordset(null::institution, $1::jsonb)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, search_keys = excluded.search_keys, type = excluded.type, popular = excluded.popular,
       listed = true, preferred_provider = excluded.preferred_provider, fallback_provider = excluded.fallback_provider, offers = excluded.offers`,
    [JSON.stringify(rows)],
  );
}

export async function publishUnlisted(tx: SqlClient): Promise<void> {
  await tx.query('DELETE FROM institution WHERE NOT listed');
  await tx.query(`
    INSERT INTO institution (id, name, name_key, search_keys, type, popular, listed, preferred_provider, fallback_provider, offers)
    WITH counted AS (
      SELECT o.*, max(n.count) OVER (PARTITION BY o.name_key) AS most
      FROM institution_offer o JOIN (SELECT provider, name_key, count(*) AS count FROM institution_offer WHERE covered_by IS NULL GROUP BY 1, 2) n
        ON n.provider = o.provider AND n.name_key = o.name_key
      WHERE o.covered_by IS NULL),
    keyed AS (
      SELECT *, CASE WHEN most = 1 AND name_key <> '' THEN name_key ELSE provider || ':' || provider_institution_id END AS one FROM counted)
    SELECT (array_agg(provider || ':' || provider_institution_id ORDER BY provider <> 'plaid', provider))[1], (array_agg(name ORDER BY provider <> 'plaid', provider))[1],
           min(name_key), min(name_key), (array_agg(type ORDER BY type = 'other', provider <> 'plaid'))[1], false, false,
           (array_agg(provider ORDER BY provider <> 'plaid', provider))[1], (array_agg(provider ORDER BY provider <> 'plaid', provider))[2],
           jsonb_object_agg(provider, jsonb_build_object('institutionId', provider_institution_id, 'trading', trading))
    FROM keyed GROUP BY one
    ON CONFLICT (id) DO NOTHING`);
}
