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

  it('of which rows and lines say anything at all are computed all the same, with a reason wherever quality is not full', () => {
    everyRound((random) => {
      const { days, reasons } = reconstruct(garbled(random, randomAccount(random, shapeOf(random)).input));
      return days.flatMap((day) => {
        const amounts = [...day.value, ...day.cash, ...(day.costBasis ?? [])];
        const sound = day.quality >= 0 && day.quality <= 100 && (day.quality === 100 || day.reasons.length > 0) && day.reasons.every((index) => reasons[index] !== undefined);
        return sound && amounts.every(({ amount }) => /^-?\d{1,40}(\.\d{1,40})?$/.test(amount)) ? [] : [JSON.stringify(day)];
      });
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

function garbled(random: Random, input: ReconstructionInput): ReconstructionInput {
  const kinds = ['split', 'stock_dividend', 'merger', 'buy', 'sell', 'option_expiration', 'cancel', 'unknown', 'return_of_capital', 'asset_transfer'] as const;
  const transactions = input.transactions.map((row) => {
    if (!random.chance(0.3)) return row;
    const said = { kind: random.pick(kinds), units: random.pick([row.units, null, '3', '-2.5', '0']), cash: random.pick([row.cash, null, '0', '55.5']), currency: random.pick(['USD', 'EUR', null]) };
    return { ...row, ...said, asset: random.pick([row.asset, 'equity:A', null, 'currency:EUR', 'equity:ZZ']), external: random.chance(0.3), pending: random.chance(0.1) };
  });
  const snapshots = input.snapshots.map((snapshot) => ({ ...snapshot, lines: snapshot.lines.map((line) => ({ ...line, quantity: random.chance(0.2) ? '3.3333' : line.quantity, ...(random.chance(0.3) ? { price: '12.5', costBasis: '100.1' } : {}), ...(random.chance(0.1) ? { countedAsCash: true } : {}) })) }));
  const odd = { day: input.from + random.int(0, 30), numerator: String(random.int(0, 4)), denominator: String(random.int(0, 7)) };
  const closesOf: ReconstructionInput['closesOf'] = (asset) => {
    const closes = input.closesOf(asset);
    return closes === null ? null : { ...closes, splits: [...closes.splits, odd] };
  };
  return { ...input, transactions, snapshots, closesOf };
}
