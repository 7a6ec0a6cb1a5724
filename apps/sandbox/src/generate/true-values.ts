/** The truth to compare a tracker with: what each account is worth now, by currency; what is owed is negative. */
import { negate, type Decimal } from '@tidemark/money';
import { totalOf, worthByCurrency } from '../world/worth.js';
import { WorldStore } from '../world/world-store.js';
import type { World } from '../world/world.js';

export interface TrueValue {
  account: string;
  /** Positions at their prices (options by multiplier) + cash, in each currency they are in. */
  values: { currency: string; amount: Decimal }[];
}

export function trueValues(world: World): TrueValue[] {
  const store = new WorldStore(world);
  return world.accounts.map((account) => {
    if (account.type === 'investment') {
      return { account: account.id, values: [...worthByCurrency(account, store.security)].map(([currency, amount]) => ({ currency, amount })) };
    }
    const total = totalOf(account, store.security) ?? '0';
    const owed = account.type === 'credit' || account.type === 'loan';
    return { account: account.id, values: [{ currency: account.currency, amount: owed ? negate(total) : total }] };
  });
}
