/** The world as it is now, with the look-ups that answering needs. Replaced whole; listeners hear of it. */
import type { Account, Institution, Person, Provider, Security, Transaction, World } from './world.js';

export class WorldStore {
  #world!: World;
  #institutions = new Map<string, Institution>();
  #persons = new Map<string, Person>();
  #securities = new Map<string, Security>();
  #accounts = new Map<string, Account>();
  #transactions = new Map<string, Transaction[]>();
  #relations = new Map<string, Account[]>();
  readonly #listeners: ((previous: WorldStore) => void)[] = [];

  constructor(world: World) {
    this.#index(world);
  }

  get world(): World {
    return this.#world;
  }

  /** @param listener hears of every replacement, with a view of the world as it was before */
  onReplaced(listener: (previous: WorldStore) => void): void {
    this.#listeners.push(listener);
  }

  replace(world: World): void {
    const previous = new WorldStore(this.#world);
    this.#index(world);
    for (const listener of this.#listeners) listener(previous);
  }

  institution(id: string): Institution | undefined {
    return this.#institutions.get(id);
  }

  institutionByPlaidId(plaidId: string): Institution | undefined {
    return this.#world.institutions.find((institution) => institution.plaid?.id === plaidId);
  }

  institutionBySlug(slug: string): Institution | undefined {
    return this.#world.institutions.find((institution) => institution.snaptrade?.slug === slug);
  }

  person(id: string): Person | undefined {
    return this.#persons.get(id);
  }

  account(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  /** @throws where the id is unknown: validation lets no such world in */
  readonly security = (id: string): Security => {
    const security = this.#securities.get(id);
    if (security === undefined) throw new Error(`the world has no security "${id}"`);
    return security;
  };

  securityBySymbol(symbol: string): Security | undefined {
    return this.#world.securities.find((security) => security.symbol === symbol);
  }

  /** In the document's order. */
  transactionsOf(accountId: string): readonly Transaction[] {
    return this.#transactions.get(accountId) ?? [];
  }

  /** A person's accounts at an institution that this provider sees, closed ones included. */
  accountsOf(person: string, institution: string, provider: Provider): Account[] {
    return (this.#relations.get(relation(person, institution)) ?? []).filter((account) => this.sees(provider, account));
  }

  sees(provider: Provider, account: Account): boolean {
    const reached = this.#institutions.get(account.institution)?.[provider] !== undefined;
    return reached && (account.providers === undefined || account.providers.includes(provider));
  }

  #index(world: World): void {
    this.#world = world;
    this.#institutions = byId(world.institutions);
    this.#persons = byId(world.persons);
    this.#securities = byId(world.securities);
    this.#accounts = byId(world.accounts);
    this.#transactions = Map.groupBy(world.transactions, ({ account }) => account);
    this.#relations = Map.groupBy(world.accounts, ({ person, institution }) => relation(person, institution));
  }
}

function relation(person: string, institution: string): string {
  return JSON.stringify([person, institution]);
}

function byId<T extends { id: string }>(list: T[]): Map<string, T> {
  return new Map(list.map((entry) => [entry.id, entry]));
}
