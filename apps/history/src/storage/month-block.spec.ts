import { describe, expect, it } from '@jest/globals';
import { dayNumber } from '@tidemark/market';
import { withRandom } from '@tidemark/testing';
import { columnsOf, daysOf, fingerprint } from './day-columns.js';
import type { DayColumns } from './day-columns.js';
import { anyDay, plainDay } from './days.fixture.js';
import { decodeMonth, encodeMonth } from './month-block.js';

const FIRST = dayNumber('2026-10-01');

/** Columns without how they hold their numbers; where floating point holds them, it holds the same. */
function told({ amounts, ...rest }: DayColumns) {
  const columns = Object.values(amounts).flat();
  for (const { plain, digits } of columns) if (plain !== null) expect(Array.from(plain, (one) => (Number.isNaN(one) ? null : BigInt(one)))).toEqual(digits);
  return { ...rest, amounts: columns.map(({ scale, digits }) => ({ scale, digits })) };
}

describe('a month as a block', () => {
  it('gives back what was put in, whatever it was, to the last digit', () =>
    withRandom((random) => {
      for (let round = 0; round < 300; round += 1) {
        const days = Array.from({ length: 31 }, (_, at) => FIRST + at).filter(() => random.chance(0.9)).map((day) => anyDay(random, day, [1, 5, 70_000]));
        const columns = columnsOf(days);
        const block = encodeMonth(FIRST, columns);
        expect(told(decodeMonth(FIRST, block))).toEqual(told(columns));
        expect(daysOf(decodeMonth(FIRST, block)).map(fingerprint)).toEqual(days.map(fingerprint));
      }
    }));

  it('takes some 130 bytes for an ordinary October: 22 trading days, weekends carried, one deposit', () => {
    const days = Array.from({ length: 31 }, (_, at) => {
      const friday = at - [0, 0, 1, 2, 0, 0, 0][(at + 4) % 7 === 6 ? 2 : (at + 4) % 7 === 0 ? 3 : 0]!;
      return plainDay(`2026-10-${String(at + 1).padStart(2, '0')}`, `${123_456 + ((friday * 7_919) % 2_000)}.${1_001 + ((friday * 370) % 8_990)}`, at === 9 ? { inflow: [{ currency: 'USD', amount: '500' }] } : {});
    });
    const block = encodeMonth(FIRST, columnsOf(days));
    expect(block.length).toBeLessThan(160);
    expect(daysOf(decodeMonth(FIRST, block))).toEqual(days);
  });

  it('holds no day where all were taken out', () => expect(daysOf(decodeMonth(FIRST, encodeMonth(FIRST, columnsOf([]))))).toEqual([]));

  it('refuses a day of another month, a cut block, one with more in it, and one of a later version', () => {
    const block = encodeMonth(FIRST, columnsOf([plainDay('2026-10-05', '1')]));
    expect(() => encodeMonth(FIRST, columnsOf([plainDay('2026-11-05', '1')]))).toThrow('no month');
    expect(() => decodeMonth(FIRST, block.subarray(0, -1))).toThrow('too early');
    expect(() => decodeMonth(FIRST, Buffer.concat([block, Buffer.from([0])]))).toThrow('more than it should');
    expect(() => decodeMonth(FIRST, Buffer.concat([Buffer.from([2]), block.subarray(1)]))).toThrow('version 2');
  });
});
