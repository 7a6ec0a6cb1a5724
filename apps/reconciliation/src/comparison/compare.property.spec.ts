/** What holds of every comparison, of random sides and tolerances of every class. */
import { describe, it } from '@jest/globals';
import type { Tolerance, ToleranceLevel } from '@tidemark/contracts';
import { TOLERANCE_CLASSES } from '@tidemark/contracts';
import { add, decimal, negate } from '@tidemark/money';
import { chooseSeed } from '@tidemark/testing';
import fc from 'fast-check';
import { compare, isDiscrepancy } from './compare.js';

const seed = chooseSeed();
const options = { seed, numRuns: 300 };

const ASSETS = ['currency:USD', 'currency:EUR', 'equity:A', 'etf:VTI', 'fund:F', 'bond:912828U81', 'option:A261120C00100000', 'crypto:BTC', 'provider:dydx:ETH-USD'] as const;
/** Near each other often, so that tolerances matter; zero and dust often, too. */
const quantity = fc.oneof(fc.constantFrom('0', '1', '-1', '100', '0.001', '-0.001'), fc.tuple(fc.bigInt({ min: -2_000n, max: 2_000n }), fc.integer({ min: 0, max: 9 })).map(([units, scale]) => decimal(`${units}e-${scale}`)));
const side = fc.dictionary(fc.constantFrom(...ASSETS), quantity, { maxKeys: 9 }).map((held) => new Map(Object.entries(held)));
const size = fc.constantFrom('0', '0.000001', '0.001', '0.5', '1', '20');
const share = fc.constantFrom('0', '0.0001', '0.1', '0.5', '0.999999');
const level = fc.record({ absolute: size, relative: share, dust: size }, { requiredKeys: [] });
const tolerance = fc.record({ every: level, classes: fc.dictionary(fc.constantFrom(...TOLERANCE_CLASSES), level, { maxKeys: 4 }) }).map(({ every, classes }): Tolerance => ({ ...every, classes }));

const found = (lines: ReturnType<typeof compare>) => lines.filter(({ outcome }) => isDiscrepancy(outcome)).length;
const SWAPPED: Record<string, string> = { missing_local: 'missing_remote', missing_remote: 'missing_local' };

describe(`every comparison (repeat with TIDEMARK_SEED=${seed})`, () => {
  it('of a state with itself finds nothing, whatever is tolerated', () => {
    fc.assert(fc.property(side, tolerance, (held, tolerated) => compare(held, held, tolerated).every(({ outcome, difference }) => outcome === 'matched' && difference === '0')), options);
  });

  it('swaps missing_local and missing_remote when its sides are swapped, and negates its differences', () => {
    const holds = fc.property(side, side, tolerance, (expected, actual, tolerated) => {
      const there = compare(expected, actual, tolerated);
      const back = compare(actual, expected, tolerated);
      return there.length === back.length && there.every((line, index) => {
        const other = back[index];
        const missing = SWAPPED[line.outcome] ?? SWAPPED[other?.outcome ?? ''];
        return other !== undefined && other.asset === line.asset && other.difference === negate(line.difference) && (missing === undefined || SWAPPED[line.outcome] === other.outcome);
      });
    });
    fc.assert(holds, options);
  });

  it('never finds more with a larger tolerance', () => {
    const larger = (a: ToleranceLevel, b: ToleranceLevel): ToleranceLevel => ({ absolute: add(a.absolute ?? '0', b.absolute ?? '0'), relative: [a.relative ?? '0', b.relative ?? '0'].sort().at(-1) as string, dust: add(a.dust ?? '0', b.dust ?? '0') });
    const holds = fc.property(side, side, level, level, (expected, actual, small, more) => {
      const strict = compare(expected, actual, small);
      const loose = compare(expected, actual, larger(small, more));
      return found(loose) <= found(strict) && loose.every((line, index) => !isDiscrepancy(line.outcome) || isDiscrepancy(strict[index]?.outcome ?? 'matched'));
    });
    fc.assert(holds, options);
  });

  it('adds up: expected and its difference are what is there', () => {
    fc.assert(fc.property(side, side, tolerance, (expected, actual, tolerated) => compare(expected, actual, tolerated).every((line) => add(line.expected, line.difference) === line.actual && line.actual === decimal(actual.get(line.asset) ?? '0'))), options);
  });

  it('names every asset of either side once, in one order', () => {
    fc.assert(fc.property(side, side, tolerance, (expected, actual, tolerated) => JSON.stringify(compare(expected, actual, tolerated).map(({ asset }) => asset)) === JSON.stringify([...new Set([...expected.keys(), ...actual.keys()])].sort())), options);
  });
});
