/** What holds of every explanation, of random worlds in which much could explain anything. */
import { describe, it } from '@jest/globals';
import { add, compare as compareDecimals, absolute, decimal, isNegative, isZero, sum } from '@tidemark/money';
import { chooseSeed } from '@tidemark/testing';
import fc from 'fast-check';
import { compare } from '../comparison/compare.js';
import type { ComparedLine } from '../comparison/compare.js';
import type { AccountMove } from '../expectation/account-move.js';
import { BASIS, BASIS_DAY, basisOf, FETCHED, heldOf, move, NEW_YORK, uuid } from '../expectation/expectation.fixture.js';
import { expectedState } from '../expectation/expected-state.js';
import { explain } from './explain.js';
import type { ExplanationInput, OwnAccount } from './explanation-input.js';

const seed = chooseSeed();
const ASSETS = ['currency:USD', 'equity:A', 'crypto:BTC'] as const;
/** Few different figures, so that they often fit. */
const quantity = fc.tuple(fc.integer({ min: -12, max: 12 }), fc.constantFrom('', '.5', '.004')).map(([whole, rest]) => decimal(`${whole}${rest}`));
const held = fc.dictionary(fc.constantFrom(...ASSETS), quantity, { maxKeys: 3 });
const KINDS = ['buy', 'sell', 'fee', 'split', 'stock_dividend', 'asset_transfer', 'cash_transfer', 'unknown', 'cancel', 'dividend'] as const;
const row = fc.record({ kind: fc.constantFrom(...KINDS), date: fc.constantFrom('2026-10-30', BASIS_DAY, '2026-11-10', '2026-11-20', '2026-11-25'), asset: fc.constantFrom('equity:A', 'crypto:BTC'), units: fc.option(quantity, { freq: 9 }), cash: fc.option(quantity, { freq: 9 }), pending: fc.boolean(), transfer: fc.boolean(), recordedAt: fc.constantFrom(null, '2026-11-05T00:00:00.000Z'), withdrawnAt: fc.option(fc.constant('2026-11-15T00:00:00.000Z'), { freq: 2 }), fees: fc.option(fc.constantFrom('0.5', '2')) });
const rows = (from: number) => fc.array(row, { maxLength: 8 }).map((given) => given.map((one, index): AccountMove => move(from + index, one)));
const others = fc.array(fc.record({ quantities: held, differences: held, flows: rows(500), twin: fc.boolean() }), { maxLength: 4 }).map((given) =>
  given.map(({ quantities, differences, flows, twin }, index): OwnAccount => ({ accountId: uuid(20 + index), name: `Account ${index}`, duplicateOf: twin ? uuid(1) : null, quantities: heldOf(quantities), differences: heldOf(differences), flows: flows.map((one, at) => ({ ...one, transactionId: uuid(1_000 + index * 100 + at) })) })),
);
const world = fc.record({ basis: held, moves: rows(100), actual: held, others, providerAsOf: fc.constantFrom(null, '2026-11-01T00:00:00.000Z', '2026-11-12T00:00:00.000Z'), allowed: fc.constantFrom('0', '0.01') });

function explainedLines(given: typeof world extends fc.Arbitrary<infer T> ? T : never): { line: ComparedLine; input: ExplanationInput }[] {
  const state = expectedState({ basis: basisOf(given.basis), moves: given.moves, timeZone: NEW_YORK, accepted: new Map(), until: FETCHED });
  const actual = heldOf(given.actual);
  const input: ExplanationInput = { accountId: uuid(1), duplicateOf: null, basis: BASIS, state, actual, timeZone: NEW_YORK, until: FETCHED, providerAsOf: given.providerAsOf, others: given.others };
  return compare(state.quantities, actual, { absolute: given.allowed }).map((line) => ({ line, input }));
}

describe(`every explanation (repeat with TIDEMARK_SEED=${seed})`, () => {
  const always = (holds: (line: ComparedLine, input: ExplanationInput) => boolean) => fc.assert(fc.property(world, (given) => explainedLines(given).every(({ line, input }) => holds(line, input))), { seed, numRuns: 120 });

  it('is a part: the parts have the sign of the difference and never exceed it, and complete means all of it', () => {
    always((line, input) => {
      const parts = explain(line, input);
      const total = sum(parts.map(({ quantity: part }) => part));
      const rightSign = parts.every(({ quantity: part }) => !isZero(part) && isNegative(part) === isNegative(line.difference));
      return rightSign && compareDecimals(absolute(total), absolute(line.difference)) <= 0 && parts.every(({ complete }, index) => complete === (index === parts.length - 1 && total === line.difference));
    });
  });

  it('applied to what is expected gives what is there, where it is complete', () => {
    always((line, input) => {
      const parts = explain(line, input);
      return parts.at(-1)?.complete !== true || add(line.expected, sum(parts.map(({ quantity: part }) => part))) === line.actual;
    });
  });

  it('is the same for the same evidence, in whatever order it comes', () => {
    always((line, input) => {
      const turned: ExplanationInput = { ...input, others: input.others.toReversed(), state: { ...input.state, pending: input.state.pending.toReversed(), ambiguous: input.state.ambiguous.toReversed(), late: input.state.late.toReversed(), counted: input.state.counted.toReversed(), unknown: input.state.unknown.toReversed(), withdrawn: input.state.withdrawn.toReversed() } };
      return JSON.stringify(explain(line, input)) === JSON.stringify(explain(line, turned));
    });
  });

  it('uses no transaction and no account for two parts', () => {
    always((line, input) => {
      const ids = explain(line, input).flatMap(({ evidence }) => [...new Set(evidence.flatMap(({ id }) => (id === null ? [] : [id])))]);
      return new Set(ids).size === ids.length;
    });
  });

  it('is none where nothing differs', () => {
    always((line, input) => line.outcome !== 'matched' || explain(line, input).length === 0);
  });
});
