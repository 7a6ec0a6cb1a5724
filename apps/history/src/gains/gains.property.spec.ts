/** Random accounts: whatever the method, what is sold out altogether made what its cash says; nothing is lost or made between lots. */
import { describe, expect, it } from '@jest/globals';
import { absolute, compare, multiply, subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { withRandom } from '@tidemark/testing';
import type { Random } from '@tidemark/testing';
import { account, id, realised } from './gains.fixture.js';
import type { Row } from './gains.fixture.js';
import type { LotMethod, Pick } from './specific-lots.js';
import { NOTHING } from '../reconstruction/ratio.js';
import { stored, total } from './amount.js';
import type { AccountRecord } from './step.js';

const A = 'equity:A';
const ROUNDS = 40;

interface Played {
  readonly record: AccountRecord;
  readonly picks: Pick[];
  /** Σ of all rows. */
  readonly cash: Decimal;
}

function play(random: Random, soldOut: boolean): Played {
  const whole = (least: number, most: number) => random.int(least, most);
  const rows: Row[] = [];
  const left = new Map<string, number>();
  const held = () => [...left.values()].reduce((all, units) => all + units, 0);
  const picks: Pick[] = [];
  const sell = (date: string, units: number, number: number): void => {
    rows.push([date, 'sell', `-${units}`, A, `${whole(1, 9_999)}.${whole(10, 99)}`, { transactionId: id(number) }]);
    let rest = units;
    for (const [purchase, own] of random.shuffle([...left])) {
      const taken = Math.min(own, rest);
      if (taken === 0) continue;
      picks.push({ sale: id(number), purchase, quantity: String(taken) });
      left.set(purchase, own - taken);
      rest -= taken;
    }
  };
  const steps = whole(3, 25);
  for (let step = 1; step <= steps; step += 1) {
    const date = new Date(Date.UTC(2024, 0, step * 17)).toISOString().slice(0, 10);
    const dice = random.int(1, 100);
    if (held() === 0 || dice < 45) {
      const units = whole(1, 30);
      rows.push([date, 'buy', String(units), A, `-${whole(1, 9_999)}.${whole(10, 99)}`, { transactionId: id(step) }]);
      left.set(id(step), units);
    } else if (dice < 80) sell(date, whole(1, held()), step);
    else if (dice < 90) rows.push([date, 'return_of_capital', '0', A, `0.0${whole(1, 9)}`, { transactionId: id(step) }]);
    else {
      const factor = whole(2, 3);
      rows.push([date, 'split', String(held() * (factor - 1)), A, '0', { transactionId: id(step) }]);
      for (const [purchase, own] of left) left.set(purchase, own * factor);
    }
  }
  if (soldOut && held() > 0) sell('2026-11-02', held(), steps + 1);
  return { record: account(rows, { [A]: String(held()) }), picks, cash: sum(rows.map(([, , , , cash]) => cash ?? '0')) };
}

const near = (a: Decimal, b: Decimal, lines: number): boolean => compare(absolute(subtract(a, b)), multiply('0.000000000000000001', String(lines + 1))) <= 0;

const METHODS: LotMethod[] = ['fifo', 'average', 'specific'];

describe('random accounts', () => {
  it.each(METHODS)('sold out, gains are the sum of all cash, by %s', (method) =>
    withRandom((random) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { record, picks, cash } = play(random, true);
        const books = realised(record, { method, picks: method === 'specific' ? picks : [] });
        expect([books.refusals, books.reasons, books.position('a', A)]).toEqual([[], [], { longs: [], shorts: [] }]);
        const gain = sum(books.lines.map((line) => line.gain ?? 'unknown'));
        if (!near(gain, cash, books.lines.length)) throw new Error(`round ${round}: gains of ${gain}, cash of ${cash}`);
      }
    }));

  it.each(METHODS)('not sold out, gains less what the rest had cost are the sum of all cash, by %s', (method) =>
    withRandom((random) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { record, picks, cash } = play(random, false);
        const books = realised(record, { method, picks: method === 'specific' ? picks : [] });
        const left = stored(total(books.position('a', A).longs.map(({ basis }) => basis ?? NOTHING)));
        const gain = sum(books.lines.map((line) => line.gain ?? 'unknown'));
        if (!near(subtract(gain, left), cash, books.lines.length)) throw new Error(`round ${round}: gains of ${gain}, ${left} left, cash of ${cash}`);
      }
    }));
});
