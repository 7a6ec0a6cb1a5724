/**
 * A world is refused whole or taken whole. The shape is the published JSON Schema's business; what a schema cannot
 * say (ids that are used exist, and exist once) is checked here. Every problem names the path of its field.
 */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import type { World } from './world.js';

export interface Problem {
  path: string;
  message: string;
}

const MOST_PROBLEMS = 20;

/** The published schema, as a document. */
export const worldSchema = JSON.parse(readFileSync(new URL('../../world.schema.json', import.meta.url), 'utf8')) as Record<string, unknown>;

let compiled: ReturnType<Ajv['compile']> | undefined;

export function validateWorld(document: unknown): { world: World } | { problems: Problem[] } {
  compiled ??= new Ajv({ allErrors: true, strict: false }).compile(worldSchema);
  if (!compiled(document)) return { problems: (compiled.errors ?? []).filter(informative).slice(0, MOST_PROBLEMS).map(asProblem) };
  const world = document as World;
  const problems = [...duplicates(world), ...dangling(world)].slice(0, MOST_PROBLEMS);
  return problems.length > 0 ? { problems } : { world };
}

function informative(error: ErrorObject): boolean {
  return error.keyword !== 'if' && error.keyword !== 'anyOf';
}

function asProblem(error: ErrorObject): Problem {
  const params = error.params as { missingProperty?: string; additionalProperty?: string; allowedValues?: unknown[] };
  const field = params.missingProperty ?? params.additionalProperty;
  const path = dotted(error.instancePath) + (field === undefined ? '' : `.${field}`);
  const allowed = params.allowedValues === undefined ? '' : `: ${params.allowedValues.join(', ')}`;
  return { path: path.replace(/^\./, ''), message: `${error.message ?? 'is not accepted'}${allowed}` };
}

function dotted(pointer: string): string {
  return pointer.split('/').slice(1).map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('').replace(/^\./, '');
}

function* duplicates(world: World): Generator<Problem> {
  for (const list of ['institutions', 'persons', 'securities', 'accounts', 'transactions'] as const) {
    const seen = new Set<string>();
    for (const [index, { id }] of world[list].entries()) {
      if (seen.has(id)) yield { path: `${list}[${index}].id`, message: `"${id}" is already used in ${list}` };
      seen.add(id);
    }
  }
}

function* dangling(world: World): Generator<Problem> {
  const ids = (list: { id: string }[]): Set<string> => new Set(list.map(({ id }) => id));
  const persons = ids(world.persons);
  const institutions = ids(world.institutions);
  const securities = ids(world.securities);
  const accounts = ids(world.accounts);
  const missing = (path: string, id: string, list: string): Problem => ({ path, message: `"${id}" is not in ${list}` });
  for (const [index, account] of world.accounts.entries()) {
    if (!persons.has(account.person)) yield missing(`accounts[${index}].person`, account.person, 'persons');
    if (!institutions.has(account.institution)) yield missing(`accounts[${index}].institution`, account.institution, 'institutions');
    for (const [at, holding] of (account.holdings ?? []).entries()) {
      if (!securities.has(holding.security)) yield missing(`accounts[${index}].holdings[${at}].security`, holding.security, 'securities');
    }
  }
  for (const [index, { account, security }] of world.transactions.entries()) {
    if (!accounts.has(account)) yield missing(`transactions[${index}].account`, account, 'accounts');
    if (typeof security === 'string' && !securities.has(security)) yield missing(`transactions[${index}].security`, security, 'securities');
  }
  for (const list of ['daily', 'intraday'] as const) {
    for (const [index, { security }] of world.prices[list].entries()) {
      if (!securities.has(security)) yield missing(`prices.${list}[${index}].security`, security, 'securities');
    }
  }
}
