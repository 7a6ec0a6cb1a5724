/** The integers underneath are checked against a library of decimal arithmetic that knows nothing of them. */
import { describe, expect, it } from '@jest/globals';
import { Big } from 'big.js';
import fc from 'fast-check';
import { absolute, add, compare, divide, multiply, negate, round, subtract } from './decimal.js';
import { exact, halfEven, written, writtenPlain } from './exact.js';

const Peer = Big();
Peer.DP = 18;
Peer.RM = 2;
Peer.PE = 1_000_000;
Peer.NE = -1_000_000;

const plain = (value: Big): string => value.toFixed().replace(/^-0$/, '0');
const wire = fc.tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: -20, max: 20 })).map(([digits, exponent]) => `${digits}e${exponent}`);

describe('integers behind decimal strings', () => {
  it('agree with big.js in every operation', () => {
    fc.assert(
      fc.property(wire, wire, fc.integer({ min: 0, max: 20 }), (a, b, digits) => {
        expect(add(a, b)).toBe(plain(new Peer(a).plus(b)));
        expect(subtract(a, b)).toBe(plain(new Peer(a).minus(b)));
        expect(multiply(a, b)).toBe(plain(new Peer(a).times(b)));
        expect(negate(a)).toBe(plain(new Peer(a).times(-1)));
        expect(absolute(a)).toBe(plain(new Peer(a).abs()));
        expect(Math.sign(compare(a, b))).toBe(new Peer(a).cmp(b));
        expect(round(a, digits)).toBe(plain(new Peer(a).round(digits, 2)));
        if (!new Peer(b).eq(0)) expect(divide(a, b)).toBe(plain(new Peer(a).div(b)));
      }),
      { numRuns: 2_000, verbose: 1 },
    );
  });

  it('reads and writes one number in one way', () => {
    expect(exact('-12.340')).toEqual({ digits: -12340n, scale: 3 });
    expect(written({ digits: -12340n, scale: 3 })).toBe('-12.34');
    expect(written({ digits: 0n, scale: 5 })).toBe('0');
    expect(() => exact('12,5')).toThrow('not a decimal: 12,5');
  });

  it('writes whole numbers of floating point as it writes big integers', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 25 }), (digits, scale) => expect(writtenPlain(digits, scale)).toBe(written({ digits: BigInt(digits), scale }))), { numRuns: 2_000 });
  });

  it('rounds a half to the even neighbour, on both sides of zero', () => {
    expect([halfEven(5n, 2n), halfEven(7n, 2n), halfEven(-5n, 2n), halfEven(-7n, 2n), halfEven(7n, -2n), halfEven(1n, 3n), halfEven(-2n, 3n)]).toEqual([2n, 4n, -2n, -4n, -4n, 0n, -1n]);
  });
});
