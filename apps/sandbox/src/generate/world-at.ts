/** A world with a true history as it stood at the close of an earlier day: what was held, what it was quoted at, what had happened until then. */
import { negate } from '@tidemark/money';
import { dayNumber } from '../market/calendar.js';
import type { World } from '../world/world.js';
import { balancesOf } from './history/bank.js';
import { marketDayOf, type TrueDay } from './true-history.js';

/** @param truth of each account, with the day in it */
export function worldAt(world: World, day: string, truth: ReadonlyMap<string, readonly TrueDay[]>): World {
  const quoted = new Map<string, { date: string; close: string }>();
  for (const { security, date, close } of world.prices.daily) {
    if (date <= day && (quoted.get(security)?.date ?? '') <= date) quoted.set(security, { date, close });
  }
  return {
    ...world,
    securities: world.securities.map((security) => {
      const known = quoted.get(security.id);
      return { ...security, price: known?.close ?? null, priceAsOf: known === undefined ? null : `${known.date}T21:00:00Z` };
    }),
    accounts: world.accounts.map((account) => {
      const then = truth.get(account.id)?.find((known) => known.day === day);
      if (then === undefined) return account;
      if (account.type !== 'investment') {
        const amount = then.cash.get(account.currency) ?? '0';
        return { ...account, balances: balancesOf(account, amount, negate(amount)) };
      }
      const cash = [...then.cash].map(([currency, amount]) => ({ currency, amount }));
      return { ...account, cash, holdings: [...then.units].map(([security, quantity]) => ({ security, quantity })) };
    }),
    transactions: world.transactions.filter((row) => marketDayOf(row) <= dayNumber(day)),
  };
}
