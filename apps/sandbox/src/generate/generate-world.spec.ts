import { describe, expect, it } from '@jest/globals';
import { add, compare, sum } from '@tidemark/money';
import { validateWorld } from '../world/validate-world.js';
import { generateWorld } from './generate-world.js';
import { trueValues } from './true-values.js';

describe('a generated world', () => {
  const options = { seed: 7, persons: 3, accountsPerPerson: 4, holdingsPerAccount: 6, transactionsPerAccount: 25 };
  const world = generateWorld(options);

  it('is the same for the same seed, another for another, and valid', () => {
    expect(generateWorld(options)).toEqual(world);
    expect(generateWorld({ ...options, seed: 8 })).not.toEqual(world);
    expect(validateWorld(world)).toEqual({ world });
  });

  it('has the size that was asked for', () => {
    expect([world.persons.length, world.accounts.length, world.transactions.length]).toEqual([3, 12, 300]);
    for (const account of world.accounts) if (account.type === 'investment') expect(account.holdings).toHaveLength(6);
    expect(generateWorld({ seed: 1, persons: 2, accountsPerPerson: 1, holdingsPerAccount: 0, transactionsPerAccount: 0 }).transactions).toEqual([]);
  });

  it('knows the true value of every account', () => {
    const prices = new Map(world.securities.map(({ id, price }) => [id, Number(price)]));
    const truth = trueValues(world);
    expect(truth.map(({ account }) => account)).toEqual(world.accounts.map(({ id }) => id));
    for (const [index, account] of world.accounts.entries()) {
      const [value] = truth[index]!.values;
      const cash = Number(account.cash?.[0]?.amount ?? account.balances?.current);
      const roughly = (account.holdings ?? []).reduce((total, { security, quantity }) => total + Number(quantity) * prices.get(security)!, cash);
      expect(Number(value!.amount)).toBeCloseTo(roughly, 3);
    }
  });

  it('has histories that lead to what is held: no sale leaves a long position negative', () => {
    for (const account of world.accounts) {
      for (const { security, quantity } of account.holdings ?? []) {
        const moved = sum(world.transactions.filter((t) => t.account === account.id && t.security === security).map((t) => t.quantity ?? '0'));
        const opening = add(quantity, moved.startsWith('-') ? moved.slice(1) : `-${moved}`);
        expect(compare(opening, '0')).toBeGreaterThan(0);
        expect(compare(quantity, '0')).toBeGreaterThan(0);
      }
    }
  });
});
