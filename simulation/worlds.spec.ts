import { describe, expect, it } from '@jest/globals';
import { generateHistory, trueHistory } from '@tidemark/app-sandbox';
import { dayNumber } from '@tidemark/market';
import { chooseSeed } from '@tidemark/testing';
import { reconstruct } from '../apps/history/src/reconstruction/reconstruct.js';
import { mismatches } from './worlds-compare.js';
import { closesOf } from './worlds-prices.js';
import { readAccount } from './worlds-read.js';

const TODAY = '2026-11-20';
const FROM = '2026-05-04';
const DAYS = dayNumber(TODAY) - dayNumber(FROM);
const seed = chooseSeed();
const WORLDS = Number(process.env['TIDEMARK_WORLDS'] ?? 100);

describe(`random worlds (repeat with TIDEMARK_SEED=${seed})`, () => {
  it('with complete data are reconstructed to the last digit on every day', () => {
    const failures: string[] = [];
    const kinds = new Map<string, number>();
    for (let index = 0; index < WORLDS; index += 1) {
      const provider = index % 2 === 0 ? 'plaid' : 'snaptrade';
      const world = generateHistory({ seed: (seed + index) | 0, today: TODAY, days: DAYS, securities: 8, assets: 5, transactionsPerAccount: 40, accountsPerPerson: 1, provider });
      const [account] = world.accounts;
      const truth = trueHistory(world, FROM, TODAY).get(account!.id)!;
      const { snapshot, transactions } = readAccount(world, account!.id, provider, TODAY);
      const result = reconstruct({ accountId: account!.id, currency: 'USD', from: dayNumber(FROM), to: dayNumber(TODAY), snapshots: [snapshot], transactions, wholeFrom: dayNumber(FROM), closesOf: closesOf(world, TODAY) });
      for (const { kind } of world.transactions) kinds.set(`${provider} ${kind}`, (kinds.get(`${provider} ${kind}`) ?? 0) + 1);
      const wrong = mismatches(result, truth);
      if (wrong.length > 0) failures.push(`seed ${(seed + index) | 0} ${provider}: ${wrong.length} of ${result.days.length}: ${JSON.stringify(wrong[0])}`);
    }
    process.stdout.write(`${[...kinds].sort().map(([kind, count]) => `${kind} ${count}`).join(', ')}\n`);
    expect(failures).toEqual([]);
  });
});
