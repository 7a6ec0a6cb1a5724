import { describe, expect, it } from '@jest/globals';
import { exact, sum } from '@tidemark/money';
import { withRandom } from '@tidemark/testing';
import { ScopeSums } from './scope-sums.js';

describe('a running total', () => {
  it('is exact, whatever the sizes, the digits after the point and the signs, and however its parts are given', () =>
    withRandom((random) => {
      for (let round = 0; round < 2_000; round += 1) {
        const sums = new ScopeSums(1);
        const parts = Array.from({ length: random.int(1, 6) }, () => amount(random.int(1, 19), random.int(0, 18), random));
        for (const part of parts) {
          const { digits, scale } = exact(part);
          if (Number.isSafeInteger(Number(digits)) && random.chance(0.8)) sums.addPlain(0, Number(digits), scale);
          else sums.add(0, digits, scale);
        }
        expect([parts, sums.at(0)]).toEqual([parts, sum(parts)]);
      }
    }));

  it('is exact at the edge of what floating point holds', () => {
    const sums = new ScopeSums(1);
    sums.addPlain(0, 2 ** 53 - 1, 2);
    sums.addPlain(0, 1, 20);
    sums.addPlain(0, -(2 ** 53 - 1), 2);
    expect(sums.at(0)).toBe('0.00000000000000000001');
  });
});

function amount(size: number, scale: number, random: { int(from: number, to: number): number }): string {
  const digits = Array.from({ length: size }, () => random.int(0, 9)).join('').padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return `${random.int(0, 1) === 0 ? '-' : ''}${text}`;
}
