/** Institutions to choose from: popular ones first, then the rest of the coverage map, then everything the catalogues know. */
import type { connectionsRpc, RequestOf, RpcReply } from '@tidemark/contracts';
import { answered, refused } from '@tidemark/service';
import type { Parts } from '../parts.js';
import { pageAfter, readPage } from '../projections/page.js';
import { mayTrade } from '../routing/choose-provider.js';
import type { Offer } from '../routing/choose-provider.js';
import { nameKey } from '../routing/institution-name.js';
import { traitsOf } from '../routing/provider-traits.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly name_key: string;
  readonly type: connectionsRpc.Institution['type'];
  readonly popular: boolean;
  readonly listed: boolean;
  readonly preferred_provider: string | null;
  readonly fallback_provider: string | null;
  readonly offers: Record<string, Offer>;
}

const FLAG = /^(true|false)$/;
const ANY = /^[\s\S]*$/;

export async function listInstitutions(parts: Parts, query: RequestOf<typeof connectionsRpc.listInstitutions>): Promise<RpcReply<{ items: connectionsRpc.Institution[]; nextCursor: string | null }>> {
  const page = readPage(query, 'institutions', [FLAG, FLAG, ANY, ANY]);
  if (!page.ok) return refused(page.error);
  const [popular = null, listed = null, key = null, id = null] = page.value.after ?? [];
  const wanted = query.query === undefined ? null : nameKey(query.query);
  // A query of punctuation alone names nothing.
  if (wanted === '') return answered({ items: [], nextCursor: null });
  const { rows } = await parts.database.query<Row>(
    `SELECT id, name, name_key, type, popular, listed, preferred_provider, fallback_provider, offers FROM institution
     WHERE ($1::text IS NULL OR position($1 IN search_keys) > 0) AND ($2::bool IS NULL OR popular = $2)
       AND ($3::bool IS NULL OR (NOT popular, NOT listed, name_key, id) > (NOT $3::bool, NOT $4::bool, $5 COLLATE "C", $6))
     ORDER BY NOT popular, NOT listed, name_key, id LIMIT $7`,
    [wanted, query.popular ?? null, popular, listed, key, id, page.value.limit + 1],
  );
  const { items, nextCursor } = pageAfter(rows, 'institutions', page.value.limit, (row) => [String(row.popular), String(row.listed), row.name_key, row.id]);
  return answered({ items: items.map((row) => institutionView(parts, row)), nextCursor });
}

/** Only providers that are switched on are named: the others cannot be linked through. */
function institutionView({ providers }: Pick<Parts, 'providers'>, row: Row): connectionsRpc.Institution {
  const [preferred = null, fallback = null] = [row.preferred_provider, row.fallback_provider].filter((one): one is string => one !== null && providers.has(one));
  const routable = { name: row.name, listed: row.listed ? { preferredProvider: row.preferred_provider ?? '', fallbackProvider: row.fallback_provider } : null, offers: row.offers };
  const reached = [preferred, fallback].filter((one) => one !== null);
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    popular: row.popular,
    preferredProvider: preferred,
    fallbackProvider: fallback,
    capabilities: { trading: reached.some((one) => mayTrade(routable, one)), realtime: preferred !== null && traitsOf(preferred).realtime },
    refreshCost: providers.get(preferred ?? '')?.settings.refreshCost ?? { amount: '0', currency: 'USD' },
  };
}
