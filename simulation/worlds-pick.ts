/** What damages are made with: rows and securities to choose from, and the ways to show a changed world. */
import { trueHistory } from '@tidemark/app-sandbox';
import type { TrueDay, World } from '@tidemark/app-sandbox';
import { dayNumber, dayOf } from '@tidemark/market';
import type { Random } from '@tidemark/testing';
import { TODAY, truthOf, whole } from './worlds-case.js';
import type { Case, Shown } from './worlds-case.js';

export type Row = World['transactions'][number];

export interface Damaged extends Shown {
  /** What is true with what is left: the same as before, unless prices were taken away. */
  truth: TrueDay[];
}

export type Damage = (of: Case, chance: Random) => Partial<Damaged> | null;

/** The rows of the account, without what is said twice. */
export const own = ({ world, accountId }: Case): Row[] => world.transactions.filter(({ account, repeats }) => account === accountId && repeats === undefined);
export const changed = (of: Case, transactions: Row[], more: Partial<Shown> = {}): Damaged => ({ ...whole(of), truth: truthOf(of), world: { ...of.world, transactions }, ...more });
export const replace = (of: Case, row: Row, by: Row): Row[] => of.world.transactions.map((one) => (one === row ? by : one));

export function evenings({ from }: Case, chance: Random): string[] {
  const length = dayNumber(TODAY) - dayNumber(from);
  const days = Array.from({ length: chance.int(1, 3) }, () => dayOf(dayNumber(from) + chance.int(3, length - 3)));
  return [...new Set(days)].sort().concat(TODAY);
}

export function withoutCloses(of: Case, drop: (security: string, day: string) => boolean): Damaged {
  const { world, from, accountId, provider } = of;
  const without = (dropped: typeof drop): World => ({ ...world, prices: { ...world.prices, daily: world.prices.daily.filter(({ security, date }) => !dropped(security, date)) } });
  // What counts as cash needs no close.
  const asCash = new Set(provider === 'snaptrade' ? world.securities.filter(({ kind }) => kind === 'money_market').map(({ id }) => id) : []);
  const known = without((security, day) => drop(security, day) && !asCash.has(security));
  return { ...whole(of), world: without(drop), truth: trueHistory({ ...known, accounts: world.accounts.filter(({ id }) => id === accountId) }, from, TODAY).get(accountId)! };
}

/** Its words are categories, all of which are known, and its amounts have no form on the wire to be wrong in. */
export const isBank = ({ world, accountId }: Case): boolean => world.accounts.find(({ id }) => id === accountId)!.type !== 'investment';

export function someHeld(of: Case, chance: Random): string | null {
  const held = own(of).flatMap(({ security }) => (typeof security === 'string' ? [security] : []));
  return held.length === 0 ? null : chance.pick(held);
}

