/** More of what goes wrong, in how an account is read: rows that come twice, late or turned round, snapshots that are old, in the middle of a day, or lack the cash. */
import { worldAt } from '@tidemark/app-sandbox';
import type { World } from '@tidemark/app-sandbox';
import { closeMs, dayNumber, dayOf } from '@tidemark/market';
import { add, isZero, negate, sum } from '@tidemark/money';
import type { Random } from '@tidemark/testing';
import { TODAY, truthOf } from './worlds-case.js';
import type { Case } from './worlds-case.js';
import { changed, evenings, isBank, own, replace } from './worlds-pick.js';
import type { Damage, Row } from './worlds-pick.js';

const HOUR = 3_600_000;
const SPLITS = new Set(['split', 'reverse_split']);

/** The account with this cash taken out of, or put into, what is shown of it. */
function accountShown(world: World, accountId: string, shown: (account: World['accounts'][number]) => World['accounts'][number]): World {
  return { ...world, accounts: world.accounts.map((account) => (account.id === accountId ? shown(account) : account)) };
}

/** What stood in the account before the last rows of a day. */
function before(of: Case, world: World, day: string, rows: readonly Row[]): World {
  return accountShown(worldAt(world, day, of.truth), of.accountId, (account) => {
    const cash = new Map((account.cash ?? []).map(({ currency, amount }) => [currency, amount]));
    const held = new Map((account.holdings ?? []).map(({ security, quantity }) => [security, quantity]));
    for (const row of rows) {
      cash.set(row.currency, add(cash.get(row.currency) ?? '0', negate(row.amount)));
      if (typeof row.security === 'string' && row.quantity !== undefined && (row.kind === 'buy' || row.kind === 'sell')) held.set(row.security, add(held.get(row.security) ?? '0', negate(row.quantity)));
    }
    return { ...account, cash: [...cash].map(([currency, amount]) => ({ currency, amount })), holdings: [...held].filter(([, quantity]) => quantity !== '0').map(([security, quantity]) => ({ security, quantity })) };
  });
}

export const MISREADINGS: Record<string, Damage> = {
  'a transaction comes twice': (of, chance) => {
    const rows = own(of);
    if (rows.length === 0) return null;
    const row = chance.pick(rows);
    return changed(of, [...of.world.transactions, { ...row, id: `${row.id}-again` }], { evenings: chance.int(0, 1) === 0 ? [TODAY] : evenings(of, chance) });
  },
  'a split is not told': (of, chance) => {
    const rows = own(of).filter(({ kind }) => SPLITS.has(kind));
    if (rows.length === 0) return null;
    const gone = chance.pick(rows);
    return changed(of, of.world.transactions.filter((row) => !(row.account === of.accountId && row.security === gone.security && SPLITS.has(row.kind))), { evenings: chance.int(0, 1) === 0 ? [TODAY] : evenings(of, chance) });
  },
  'an amount is turned round': (of, chance) => {
    const rows = own(of).filter(({ amount, wire }) => amount !== '0' && wire === undefined);
    if (rows.length === 0 || isBank(of)) return null;
    const row = chance.pick(rows);
    return changed(of, replace(of, row, { ...row, wire: { amount: negate(row.amount) } }));
  },
  'the newest days are not told yet': (of, chance) => {
    const late = dayOf(dayNumber(TODAY) - chance.int(0, 4));
    // A purchase and its payment that are both untold leave nothing behind that anybody could see.
    const untold = own(of).filter(({ date }) => date >= late);
    if (untold.every(({ security }) => typeof security !== 'string') && isZero(sum(untold.map(({ amount }) => amount)))) return null;
    return changed(of, of.world.transactions.filter(({ date }) => date < late), { evenings: chance.int(0, 1) === 0 ? [TODAY] : evenings(of, chance) });
  },
  'a snapshot shows what was held days before': (of, chance) => {
    const days = evenings(of, chance);
    const stale = days[0]!;
    const shown = dayOf(Math.max(dayNumber(of.from), dayNumber(stale) - chance.int(1, 6)));
    const old = worldAt(of.world, shown, of.truth).accounts;
    return { evenings: days, stood: (day) => (day === TODAY ? of.world : { ...worldAt(of.world, day, of.truth), ...(day === stale ? { accounts: old } : {}) }) };
  },
  'cash is not shown': (of, chance) => {
    const days = chance.int(0, 1) === 0 ? [TODAY] : evenings(of, chance);
    if (isBank(of)) return null;
    const gone = days[chance.int(0, days.length - 1)]!;
    return { evenings: days, stood: (day) => accountShown(day === TODAY ? of.world : worldAt(of.world, day, of.truth), of.accountId, (account) => (day === gone ? { ...account, cash: [] } : account)) };
  },
  'it is read in the middle of a day': (of, chance) => inTheMiddle(of, chance),
};

/** On a day on which something was bought or sold: some of it before the reading, some after, and only the date of it is told. */
function inTheMiddle(of: Case, chance: Random): ReturnType<Damage> {
  const traded = own(of).filter(({ date, at, kind }) => at === undefined && date < TODAY && date > of.from && (kind === 'buy' || kind === 'sell'));
  if (traded.length === 0 || isBank(of)) return null;
  const { date } = chance.pick(traded);
  const after = traded.filter((row) => row.date === date).slice(chance.int(0, 1));
  const undone = new Set(own(of).flatMap(({ cancels, id }) => (cancels === undefined ? [] : [cancels, id])));
  const rows = after.filter(({ id }) => !undone.has(id));
  if (truthOf(of).every(({ day }) => day !== date)) return null;
  return {
    evenings: [date, TODAY],
    stood: (day) => (day === TODAY ? of.world : before(of, of.world, day, rows)),
    ...{ readAt: (day: string) => new Date(closeMs(dayNumber(day)) + (day === TODAY ? 30_000 : -4 * HOUR)) },
  };
}
