/** Random accounts: complete data gives the truth; whatever is taken away, nothing wrong is said at full quality. */
import { describe, expect, it } from '@jest/globals';
import { compare, sum } from '@tidemark/money';
import { chooseSeed, seededRandom } from '@tidemark/testing';
import type { Random } from '@tidemark/testing';
import { randomAccount, wrongDays } from './random-account.fixture.js';
import type { Shape } from './random-account.fixture.js';
import { reconstruct } from './reconstruct.js';
import type { ReconstructionInput } from './model.js';

const seed = chooseSeed();
const ROUNDS = Number(process.env['TIDEMARK_ROUNDS'] ?? 60);

function shapeOf(random: Random, instants = random.chance(0.5)): Shape {
  return { days: random.int(20, 60), rows: random.int(3, 60), snapshots: random.int(1, 4), opened: random.chance(0.3), instants, splits: random.chance(0.5) };
}

function everyRound(check: (random: Random) => string[]): void {
  const failures: string[] = [];
  for (let round = 0; round < ROUNDS && failures.length < 5; round += 1) {
    const random = seededRandom(seed).fork(`round ${round}`);
    failures.push(...check(random).slice(0, 2).map((failure) => `round ${round}: ${failure}`));
  }
  expect(failures).toEqual([]);
}

describe(`random accounts (repeat with TIDEMARK_SEED=${seed})`, () => {
  it('with complete data are true on every day', () => {
    everyRound((random) => {
      const truth = randomAccount(random, shapeOf(random, true));
      const result = reconstruct(truth.input);
      return [...wrongDays(truth, result, true), ...(result.invariant.holds ? [] : [JSON.stringify(result.invariant.differences)])];
    });
  });

  it('with days in place of instants are never wrong at full quality', () => {
    everyRound((random) => {
      const truth = randomAccount(random, shapeOf(random, false));
      return wrongDays(truth, reconstruct(truth.input), false);
    });
  });

  it('with transactions missing are never wrong at full quality', () => {
    everyRound((random) => {
      const truth = randomAccount(random, shapeOf(random));
      const lost = new Set(Array.from({ length: random.int(1, 3) }, () => random.pick([...truth.input.transactions, null])));
      const input = { ...truth.input, transactions: truth.input.transactions.filter((row) => !lost.has(row)) };
      return wrongDays(truth, reconstruct(input), false);
    });
  });

  it('with types, units, cash or prices missing, or a beginning cut off, are never wrong at full quality', () => {
    everyRound((random) => {
      const truth = randomAccount(random, shapeOf(random));
      return wrongDays(truth, reconstruct(spoilt(random, truth.input)), false);
    });
  });

  it('whose whole life is known are beyond doubt until the last snapshot, but for what was bought elsewhere', () => {
    everyRound((random) => {
      const { input } = randomAccount(random, { ...shapeOf(random, true), opened: false });
      const { days, reasons } = reconstruct(input);
      const last = input.snapshots.at(-1)?.day ?? 0;
      return days.filter(({ day }) => day < last).flatMap((day) => day.reasons.map((index) => reasons[index]?.code ?? '?').filter((code) => code !== 'cost_basis_missing').map((code) => `${day.day}: ${code}`));
    });
  });

  it('undone and played forward again are what the snapshots state, and both sums agree by currency', () => {
    everyRound((random) => {
      const { input } = randomAccount(random, shapeOf(random, true));
      const half = (wanted: (asset: string | null) => boolean): ReconstructionInput => ({ ...input, snapshots: input.snapshots.map((snapshot) => ({ ...snapshot, lines: snapshot.lines.filter(({ asset }) => wanted(asset)) })), transactions: input.transactions.filter(({ asset }) => wanted(asset)) });
      const isA = (asset: string | null): boolean => asset === 'equity:A';
      const [all, a, rest] = [input, half(isA), half((asset) => !isA(asset))].map((each) => reconstruct(each));
      const forward = [all, a, rest].flatMap((result) => result?.invariant.differences.filter(({ kind }) => kind === 'forward') ?? []);
      const sums = all?.days.flatMap(({ day, value }, index) => {
        const parts = [a, rest].flatMap((result) => result?.days[index]?.value.map(({ amount }) => amount) ?? []);
        return compare(sum(parts), value[0]?.amount ?? '0') === 0 ? [] : [`${day}: ${value[0]?.amount} is not ${parts.join(' + ')}`];
      });
      return [...forward.map((difference) => JSON.stringify(difference)), ...(sums ?? [])];
    });
  });

  it('do not depend on the order of what they are given, and come out the same again', () => {
    everyRound((random) => {
      const { input } = randomAccount(random, shapeOf(random));
      const once = JSON.stringify(reconstruct(input));
      const again = JSON.stringify(reconstruct({ ...input, transactions: random.shuffle(input.transactions) }));
      return once === again && once === JSON.stringify(reconstruct(input)) ? [] : ['another answer'];
    });
  });
});

function spoilt(random: Random, input: ReconstructionInput): ReconstructionInput {
  const { transactions, closesOf } = input;
  const victim = random.int(0, Math.max(transactions.length - 1, 0));
  switch (random.int(0, 4)) {
    case 0:
      return { ...input, transactions: transactions.map((row, index) => (index === victim ? { ...row, kind: 'unknown' as const, doubts: ['type_unknown' as const] } : row)) };
    case 1:
      return { ...input, transactions: transactions.map((row, index) => (index === victim ? { ...row, units: null, doubts: ['units_unknown' as const] } : row)) };
    case 2:
      return { ...input, transactions: transactions.map((row, index) => (index === victim ? { ...row, cash: null, doubts: ['cash_unknown' as const] } : row)) };
    case 3: {
      const without = random.pick(['equity:A', 'equity:B', 'etf:C', 'crypto:D']);
      return { ...input, closesOf: (asset) => (asset === without ? null : closesOf(asset)) };
    }
    default: {
      const cut = input.from + random.int(2, 15);
      const day = (date: string) => Date.parse(date) / 86_400_000;
      return { ...input, wholeFrom: cut, transactions: transactions.filter(({ date }) => day(date) >= cut) };
    }
  }
}
