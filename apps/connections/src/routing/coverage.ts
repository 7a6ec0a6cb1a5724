/**
 * The coverage map: which provider reaches which institution, and whether orders may be placed there. It is one JSON document
 * (`coverage.json`), checked as a whole when the service starts: a wrong entry is named, and the service does not start with it.
 */
import Type from 'typebox';
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { nameKey } from './institution-name.js';
import { isKnownProvider, traitsOf } from './provider-traits.js';

const Strict = { additionalProperties: false };
const Provider = Type.String({ pattern: '^[a-z0-9_-]{1,40}$' });

const Offer = Type.Object(
  {
    /** The provider's own id of the institution (Plaid `ins_…`, SnapTrade slug); null where it is looked up by name in the provider's catalogue. */
    institutionId: Type.Union([Type.String({ minLength: 1, maxLength: 120 }), Type.Null()]),
    trading: Type.Boolean(),
    reason: Type.String({ minLength: 10, maxLength: 300 }),
  },
  Strict,
);

export const CoverageEntry = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 120 }),
    name: Type.String({ minLength: 1, maxLength: 300 }),
    aliases: Type.Array(Type.String({ minLength: 1, maxLength: 300 })),
    type: Type.Enum(['brokerage', 'bank', 'retirement', 'crypto', 'other']),
    popular: Type.Boolean(),
    preferredProvider: Provider,
    fallbackProvider: Type.Union([Provider, Type.Null()]),
    /** Further ones, best first: for whoever asks for them by name, or has no other. */
    furtherProviders: Type.Optional(Type.Array(Provider, { minItems: 1 })),
    providers: Type.Record(Provider, Offer),
  },
  Strict,
);
export const CoverageDocument = Type.Object({ version: Type.Literal(1), institutions: Type.Array(CoverageEntry, { minItems: 1 }) }, Strict);

export type CoverageEntry = Static<typeof CoverageEntry>;
export type CoverageOffer = Static<typeof Offer>;

export interface Coverage {
  readonly entries: readonly CoverageEntry[];
  /** By id, name, alias or a provider's own id. */
  find(idOrName: string): CoverageEntry | null;
  findOffer(provider: string, providerInstitutionId: string): CoverageEntry | null;
}

/** @throws with every fault found, each naming its entry */
export function parseCoverage(document: unknown): Coverage {
  const validator = Compile(CoverageDocument);
  if (!validator.Check(document)) {
    const faults = validator.Errors(document).map((error) => `${entryAt(document, error.instancePath)}${error.instancePath || '/'} ${error.message}`);
    throw new Error(`coverage.json: ${faults.slice(0, 10).join('; ')}`);
  }
  const entries = (document).institutions;
  const faults = [...entries.flatMap(entryFaults), ...nameFaults(entries)];
  if (faults.length > 0) throw new Error(`coverage.json: ${faults.join('; ')}`);
  return index(entries);
}

function entryAt(document: unknown, path: string): string {
  const at = /^\/institutions\/(\d+)/.exec(path)?.[1];
  const entries = (document as { institutions?: { id?: unknown }[] }).institutions;
  const id = at === undefined ? undefined : entries?.[Number(at)]?.id;
  return typeof id === 'string' ? `${id}: ` : '';
}

function entryFaults(entry: CoverageEntry): string[] {
  const faults: string[] = [];
  const say = (what: string) => faults.push(`${entry.id}: ${what}`);
  const routed = [entry.preferredProvider, ...(entry.fallbackProvider ? [entry.fallbackProvider] : []), ...(entry.furtherProviders ?? [])];
  for (const provider of routed) if (!entry.providers[provider]) say(`routes to ${provider}, which is not among its providers`);
  if (entry.fallbackProvider === entry.preferredProvider) say('the fallback is the preferred provider again; use null');
  for (const provider of new Set(entry.furtherProviders)) if (routed.filter((one) => one === provider).length > 1) say(`the further provider ${provider} is routed to already`);
  for (const [provider, offer] of Object.entries(entry.providers)) {
    if (!isKnownProvider(provider)) say(`names the unknown provider ${provider}`);
    else if (offer.trading && !traitsOf(provider).trading) say(`allows trading through ${provider}, which cannot trade`);
    if (!routed.includes(provider)) say(`${provider} is neither preferred nor fallback, so nothing would ever be routed to it`);
  }
  return faults;
}

function nameFaults(entries: readonly CoverageEntry[]): string[] {
  const faults: string[] = [];
  const owner = new Map<string, string>();
  for (const entry of entries) {
    for (const name of namesOf(entry)) {
      const held = owner.get(name);
      if (held !== undefined && held !== entry.id) faults.push(`${entry.id}: the name or id "${name}" belongs to ${held} already`);
      owner.set(name, entry.id);
    }
  }
  const ids = entries.map((entry) => entry.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.push(`${id}: stands there twice`);
  return faults;
}

/** Every key under which an entry is found; providers' ids carry their provider, so that they never meet a name. */
function namesOf(entry: CoverageEntry): string[] {
  const names = [entry.id, entry.name, ...entry.aliases].map(nameKey).filter((key) => key !== '');
  return [...new Set([...names, ...Object.entries(entry.providers).flatMap(([provider, offer]) => (offer.institutionId ? [offerKey(provider, offer.institutionId)] : []))])];
}

function offerKey(provider: string, institutionId: string): string {
  return `${provider}:${institutionId}`;
}

function index(entries: readonly CoverageEntry[]): Coverage {
  const byName = new Map(entries.flatMap((entry) => namesOf(entry).map((name) => [name, entry] as const)));
  return {
    entries,
    find: (idOrName) => byName.get(nameKey(idOrName)) ?? byName.get(idOrName) ?? null,
    findOffer: (provider, institutionId) => byName.get(offerKey(provider, institutionId)) ?? null,
  };
}
