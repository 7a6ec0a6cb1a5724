/** Who approves, and what they share: named by the test, else the first person who has something there. */
import type { Sandbox } from '../server/sandbox.js';
import type { Provider } from '../world/world.js';
import { Refusal } from './refusal.js';

export interface As {
  person?: string;
  institution?: string;
  accounts?: string[];
}

export function thePerson(sandbox: Sandbox, provider: Provider, institution: string, as: As): string {
  if (as.person !== undefined) {
    if (sandbox.world.person(as.person) === undefined) throw new Refusal(400, `as.person "${as.person}" is not in the world`);
    return as.person;
  }
  const named = sandbox.world.account(as.accounts?.[0] ?? '');
  if (named !== undefined) return named.person;
  const first = sandbox.world.world.persons.find(({ id }) => sandbox.world.accountsOf(id, institution, provider).length > 0);
  if (first === undefined) throw new Refusal(422, `nobody in the world has an account at "${institution}" that ${provider} sees`);
  return first.id;
}

/** Ids of the accounts that are shared: those named, else every open one. */
export function theAccounts(sandbox: Sandbox, provider: Provider, institution: string, person: string, as: As): string[] {
  const open = sandbox.world.accountsOf(person, institution, provider).filter(({ closed }) => closed !== true).map(({ id }) => id);
  for (const id of as.accounts ?? []) {
    if (!open.includes(id)) throw new Refusal(400, `as.accounts: "${id}" is no open account of "${person}" at "${institution}" that ${provider} sees`);
  }
  if (open.length === 0) throw new Refusal(422, `"${person}" has no open account at "${institution}" that ${provider} sees`);
  return as.accounts ?? open;
}

/** A person who signs in successfully has repaired the login. */
export function repairLogins(sandbox: Sandbox, accounts: string[]): void {
  const broken = (id: string): boolean => accounts.includes(id) && (sandbox.world.account(id)?.login ?? 'ok') !== 'ok';
  if (!accounts.some(broken)) return;
  const { world } = sandbox.world;
  sandbox.world.replace({ ...world, accounts: world.accounts.map((account) => (broken(account.id) ? { ...account, login: 'ok' } : account)) });
}
