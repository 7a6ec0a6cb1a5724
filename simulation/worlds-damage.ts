/** What can be missing or wrong in what a provider or a price source shows: each takes something of a case away, from a seed. */
import { trueHistory } from '@tidemark/app-sandbox';
import type { TrueDay, World } from '@tidemark/app-sandbox';
import { dayNumber, dayOf } from '@tidemark/market';
import { seededRandom } from '@tidemark/testing';
import type { Random } from '@tidemark/testing';
import { TODAY, truthOf, whole } from './worlds-case.js';
import type { Case, Shown } from './worlds-case.js';

type Row = World['transactions'][number];

export interface Damaged extends Shown {
  /** What is true with what is left: the same as before, unless prices were taken away. */
  truth: TrueDay[];
}

type Damage = (of: Case, chance: Random) => Damaged | null;

const own = ({ world, accountId }: Case): Row[] => world.transactions.filter(({ account, repeats }) => account === accountId && repeats === undefined);
const changed = (of: Case, transactions: Row[], more: Partial<Shown> = {}): Damaged => ({ ...whole(of), truth: truthOf(of), world: { ...of.world, transactions }, ...more });
const replace = (of: Case, row: Row, by: Row): Row[] => of.world.transactions.map((one) => (one === row ? by : one));

function evenings({ from }: Case, chance: Random): string[] {
  const length = dayNumber(TODAY) - dayNumber(from);
  const days = Array.from({ length: chance.int(1, 3) }, () => dayOf(dayNumber(from) + chance.int(3, length - 3)));
  return [...new Set(days)].sort().concat(TODAY);
}

function withoutCloses(of: Case, drop: (security: string, day: string) => boolean): Damaged {
  const { world, from, accountId } = of;
  const left = { ...world, prices: { ...world.prices, daily: world.prices.daily.filter(({ security, date }) => !drop(security, date)) } };
  return { ...whole(of), world: left, truth: trueHistory({ ...left, accounts: world.accounts.filter(({ id }) => id === accountId) }, from, TODAY).get(accountId)! };
}

/** Its words are categories, all of which are known, and its amounts have no form on the wire to be wrong in. */
const isBank = ({ world, accountId }: Case): boolean => world.accounts.find(({ id }) => id === accountId)!.type !== 'investment';

function someHeld(of: Case, chance: Random): string | null {
  const held = own(of).flatMap(({ security }) => (typeof security === 'string' ? [security] : []));
  return held.length === 0 ? null : chance.pick(held);
}

export const DAMAGES: Record<string, Damage> = {
  'a transaction is missing': (of, chance) => {
    const rows = own(of);
    if (rows.length === 0) return null;
    const gone = chance.pick(rows);
    return changed(of, of.world.transactions.filter((row) => row !== gone && row.repeats !== gone.id));
  },
  'a transaction is missing between two snapshots': (of, chance) => {
    const rows = own(of);
    if (rows.length === 0) return null;
    const gone = chance.pick(rows);
    return changed(of, of.world.transactions.filter((row) => row !== gone && row.repeats !== gone.id), { evenings: evenings(of, chance) });
  },
  'a type is unknown': (of, chance) => {
    const rows = own(of);
    if (rows.length === 0 || isBank(of)) return null;
    const row = chance.pick(rows);
    return changed(of, replace(of, row, { ...row, wire: { ...row.wire, plaidType: 'levitation', plaidSubtype: 'upward', snaptradeType: 'LEVITATION' } }));
  },
  'an amount is wrong': (of, chance) => {
    const rows = own(of).filter(({ amount, wire }) => amount !== '0' && wire === undefined);
    if (rows.length === 0 || isBank(of)) return null;
    const row = chance.pick(rows);
    return changed(of, replace(of, row, { ...row, wire: { amount: `${row.amount}1` } }));
  },
  'the provider keeps only the newest months': (of, chance) => {
    const length = dayNumber(TODAY) - dayNumber(of.from);
    const cut = dayOf(dayNumber(of.from) + chance.int(Math.floor(length / 4), length - 5));
    return changed(of, of.world.transactions.filter(({ date }) => date >= cut), { wholeFrom: cut, evenings: chance.int(0, 1) === 0 ? [TODAY] : evenings(of, chance) });
  },
  'closes are missing for a while': (of, chance) => {
    const security = someHeld(of, chance);
    if (security === null) return null;
    const start = dayOf(dayNumber(of.from) + chance.int(5, 60));
    const end = dayOf(dayNumber(start) + chance.int(1, 40));
    return withoutCloses(of, (id, day) => id === security && day >= start && day <= end);
  },
  'a security has no closes': (of, chance) => {
    const security = someHeld(of, chance);
    return security === null ? null : withoutCloses(of, (id) => id === security);
  },
  'a security had another identity before': (of, chance) => {
    const id = someHeld(of, chance);
    const security = of.world.securities.find((one) => one.id === id);
    if (security === undefined || security.kind === 'option' || security.kind === 'bond') return null;
    const since = dayOf(dayNumber(of.from) + chance.int(5, 60));
    const before = { ...security, id: `${security.id}-before`, symbol: `Z${security.symbol}` };
    const transactions = of.world.transactions.map((row) => (row.security === id && row.date < since ? { ...row, security: before.id } : row));
    const world = { ...of.world, securities: [...of.world.securities, before], transactions };
    const known = chance.int(0, 1) === 0 ? of.world.prices.daily.filter((row) => row.security === id).map((row) => ({ ...row, security: before.id })) : [];
    return { ...whole(of), truth: truthOf(of), world: { ...world, prices: { ...world.prices, daily: [...world.prices.daily, ...known] } } };
  },
};

export function damage(of: Case, name: string): Damaged | null {
  return DAMAGES[name]!(of, seededRandom(of.seed));
}

/** Nothing is missing, and the account was read on several evenings. */
export function seenOften(of: Case): Shown {
  return { ...whole(of), evenings: evenings(of, seededRandom(of.seed + 1)) };
}
