/** What can be missing or wrong in what a provider or a price source shows: each takes something of a case away, from a seed. */
import { dayNumber, dayOf } from '@tidemark/market';
import { seededRandom } from '@tidemark/testing';
import { TODAY, truthOf, whole } from './worlds-case.js';
import type { Case, Shown } from './worlds-case.js';
import { MISREADINGS } from './worlds-misread.js';
import { changed, evenings, isBank, own, replace, someHeld, withoutCloses } from './worlds-pick.js';
import type { Damage, Damaged } from './worlds-pick.js';

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
    // Under the one identity it would be cash, under the other not: both are right.
    if (security.kind === 'money_market' && of.provider === 'snaptrade') return null;
    const since = dayOf(dayNumber(of.from) + chance.int(5, 60));
    const before = { ...security, id: `${security.id}-before`, symbol: `Z${security.symbol}` };
    const transactions = of.world.transactions.map((row) => (row.security === id && row.date < since ? { ...row, security: before.id } : row));
    const world = { ...of.world, securities: [...of.world.securities, before], transactions };
    const known = chance.int(0, 1) === 0 ? of.world.prices.daily.filter((row) => row.security === id).map((row) => ({ ...row, security: before.id })) : [];
    return { ...whole(of), truth: truthOf(of), world: { ...world, prices: { ...world.prices, daily: [...world.prices.daily, ...known] } } };
  },
};

const ALL = { ...DAMAGES, ...MISREADINGS };

export function damage(of: Case, name: string): Damaged | null {
  const made = ALL[name]!(of, seededRandom(of.seed));
  return made === null ? null : { ...whole(of), truth: truthOf(of), ...made };
}

export const NAMES = Object.keys(ALL);

/** Nothing is missing, and the account was read on several evenings. */
export function seenOften(of: Case): Shown {
  return { ...whole(of), evenings: evenings(of, seededRandom(of.seed + 1)) };
}
