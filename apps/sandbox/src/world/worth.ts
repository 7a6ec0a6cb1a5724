/** What an account is really worth: the world's own arithmetic, exact, for answers and for comparison in tests. */
import { add, multiply, sum, type Decimal } from '@tidemark/money';
import type { Account, Holding, Security } from './world.js';

export function multiplierOf(security: Security): Decimal {
  return security.option?.multiplier ?? '1';
}

export function priceOf(holding: Holding, security: Security): Decimal | null {
  return holding.price === undefined ? security.price : holding.price;
}

/** quantity × price × contract multiplier in the security's currency; null where there is no price. */
export function valueOf(holding: Holding, security: Security): Decimal | null {
  if (holding.value !== undefined) return holding.value;
  const price = priceOf(holding, security);
  return price === null ? null : multiply(multiply(holding.quantity, price), multiplierOf(security));
}

/** Cash and priced holdings by currency. What has no price is left out. */
export function worthByCurrency(account: Account, security: (id: string) => Security): Map<string, Decimal> {
  const worth = new Map<string, Decimal>();
  const book = (currency: string, amount: Decimal): void => {
    worth.set(currency, add(worth.get(currency) ?? '0', amount));
  };
  for (const cash of account.cash ?? []) book(cash.currency, cash.amount);
  for (const holding of account.holdings ?? []) {
    const held = security(holding.security);
    const value = valueOf(holding, held);
    if (value !== null) book(held.currency, value);
  }
  return worth;
}

/** The institution's own total in the account's currency: as given, else what is held in that currency. */
export function totalOf(account: Account, security: (id: string) => Security): Decimal | null {
  if (account.balances?.current !== undefined) return account.balances.current;
  if (account.type !== 'investment') return sum((account.cash ?? []).map((cash) => cash.amount));
  return worthByCurrency(account, security).get(account.currency) ?? '0';
}
