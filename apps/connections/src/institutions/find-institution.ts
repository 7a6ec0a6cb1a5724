/** What a client names when it links: the id of a listed institution or of an imported one, or a name or alias of either. */
import type { SqlClient } from '@tidemark/postgres';
import type { Offer, RoutableInstitution } from '../routing/choose-provider.js';
import type { Coverage, CoverageEntry } from '../routing/coverage.js';
import { nameKey } from '../routing/institution-name.js';

export interface FoundInstitution extends RoutableInstitution {
  readonly id: string;
}

/** Null where no institution goes by it, or where several do and none by its id. */
export async function findInstitution(client: SqlClient, coverage: Coverage, idOrName: string): Promise<FoundInstitution | null> {
  const entry = coverage.find(idOrName) ?? (await coveringEntry(client, coverage, idOrName));
  if (entry) return { id: entry.id, name: entry.name, listed: entry, offers: await completed(client, entry) };
  const { rows } = await client.query<{ id: string; name: string; offers: Record<string, Offer> }>(
    'SELECT id, name, offers FROM institution WHERE NOT listed AND (id = $1 OR name_key = $2) ORDER BY (id = $1) DESC LIMIT 2',
    [idOrName, nameKey(idOrName)],
  );
  const [first, second] = rows;
  if (!first || (first.id !== idOrName && second)) return null;
  return { ...first, listed: null };
}

/** `plaid:ins_56` names Chase as well, whatever catalogue it was found in. */
async function coveringEntry(client: SqlClient, coverage: Coverage, id: string): Promise<CoverageEntry | null> {
  const colon = id.indexOf(':');
  if (colon < 1) return null;
  const { rows } = await client.query<{ covered_by: string }>('SELECT covered_by FROM institution_offer WHERE provider = $1 AND provider_institution_id = $2 AND covered_by IS NOT NULL', [id.slice(0, colon), id.slice(colon + 1)]);
  return rows[0] ? coverage.find(rows[0].covered_by) : null;
}

/** Where the coverage map leaves a provider's id open, the imported catalogue fills it in, if exactly one fits by name. */
async function completed(client: SqlClient, entry: CoverageEntry): Promise<Record<string, Offer>> {
  const open = Object.entries(entry.providers).filter(([, offer]) => offer.institutionId === null);
  if (open.length === 0) return entry.providers;
  const { rows } = await client.query<{ provider: string; id: string }>(
    'SELECT provider, min(provider_institution_id) AS id FROM institution_offer WHERE covered_by = $1 AND provider = ANY($2::text[]) GROUP BY provider HAVING count(*) = 1',
    [entry.id, open.map(([provider]) => provider)],
  );
  const found = new Map(rows.map((row) => [row.provider, row.id]));
  return Object.fromEntries(Object.entries(entry.providers).map(([provider, offer]) => [provider, { ...offer, institutionId: offer.institutionId ?? found.get(provider) ?? null }]));
}
