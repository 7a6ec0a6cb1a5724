import { describe, expect, it } from '@jest/globals';
import { compare } from '@tidemark/money';
import { validateWorld } from '../world/validate-world.js';
import { generateHistory } from './history/generate-history.js';
import { trueHistory } from './true-history.js';

describe('a generated history', () => {
  it('is the same for the same seed, another for another, and valid', () => {
    const world = generateHistory({ seed: 4, accountsPerPerson: 2 });
    expect(generateHistory({ seed: 4, accountsPerPerson: 2 })).toEqual(world);
    expect(generateHistory({ seed: 5, accountsPerPerson: 2 })).not.toEqual(world);
    expect(validateWorld(world)).toEqual({ world });
  });

  it('leads, played forward, to what stands there now', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const world = generateHistory({ seed, accountsPerPerson: 2, transactionsPerAccount: 60 });
      const truth = trueHistory(world, '2024-11-20', '2026-11-20');
      for (const account of world.accounts) {
        const last = truth.get(account.id)!.at(-1)!;
        const same = (a: string | undefined, b: string | undefined): boolean => compare(a ?? '0', b ?? '0') === 0;
        expect([seed, last.units.size]).toEqual([seed, (account.holdings ?? []).length]);
        for (const { security, quantity } of account.holdings ?? []) expect([seed, security, same(last.units.get(security), quantity)]).toEqual([seed, security, true]);
        for (const { currency, amount } of account.cash ?? []) expect([seed, currency, same(last.cash.get(currency), amount)]).toEqual([seed, currency, true]);
        expect(truth.get(account.id)!.flatMap(({ unpriced }) => unpriced)).toEqual([]);
      }
    }
  });

  it('is made in seconds for thousands of persons', () => {
    const started = performance.now();
    const world = generateHistory({ seed: 1, persons: 20, securities: 100, assets: 50, transactionsPerAccount: 600, eventful: true });
    const ms = performance.now() - started;
    process.stdout.write(`20 persons × 600 transactions in ${Math.round(ms)} ms: ${world.transactions.length} rows\n`);
    expect(world.accounts).toHaveLength(20);
  });
});
