/** What holds of every expected state: of a random world that is played forward so simply that it can be believed. */
import { describe, it } from '@jest/globals';
import { add, decimal, isZero } from '@tidemark/money';
import { chooseSeed } from '@tidemark/testing';
import fc from 'fast-check';
import { compare } from '../comparison/compare.js';
import { firstDivergence } from '../divergence/first-divergence.js';
import type { AccountMove } from './account-move.js';
import { basisOf, BASIS, FETCHED, heldOf, move, NEW_YORK, uuid } from './expectation.fixture.js';
import { expectedAgainst } from './expected-against.js';
import { expectedState } from './expected-state.js';

const seed = chooseSeed();
const ASSETS = ['equity:A', 'crypto:BTC', 'provider:dydx:ETH-USD', 'option:A261120C00100000'] as const;
const CURRENCIES = ['USD', 'EUR'] as const;
const quantity = fc.tuple(fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }), fc.integer({ min: 0, max: 10 })).map(([units, scale]) => decimal(`${units}e-${scale}`));
const held = fc.dictionary(fc.constantFrom(...ASSETS, 'currency:USD', 'currency:EUR'), quantity, { maxKeys: 6 });
/** Minutes from the basis: some before it, some on its very instant, and all before the fetch. */
const minutes = fc.oneof(fc.integer({ min: -6_000, max: 25_000 }), fc.constant(0));
const row = fc.record({ minutes, dated: fc.boolean(), asset: fc.constantFrom(...ASSETS), units: quantity, cash: quantity, currency: fc.constantFrom(...CURRENCIES), fromProvider: fc.boolean() });
const world = fc.record({ basis: held, rows: fc.array(row, { maxLength: 30 }) });

const instantAt = (minute: number) => new Date(Date.parse(BASIS.at) + minute * 60_000).toISOString();
/** New York is five hours behind in November; what is on the day of the basis or of the fetch is given its time, so that it is beyond doubt. */
const dayAt = (minute: number) => new Date(Date.parse(BASIS.at) + minute * 60_000 - 5 * 3_600_000).toISOString().slice(0, 10);
const isBorderDay = (day: string) => day === dayAt(0) || day < '2026-11-01' || day >= '2026-11-20';

function played({ basis, rows }: { basis: Record<string, string>; rows: readonly (typeof row extends fc.Arbitrary<infer T> ? T : never)[] }) {
  const truth = heldOf(basis);
  const put = (asset: string, change: string) => truth.set(asset, add(truth.get(asset) ?? '0', change));
  const moves = rows.map((one, index): AccountMove => {
    if (one.minutes > 0) {
      put(one.asset, one.units);
      put(`currency:${one.currency}`, one.cash);
    }
    const date = dayAt(one.minutes);
    return move(index + 1, { kind: 'buy', asset: one.asset, units: one.units, cash: one.cash, currency: one.currency, date, at: one.dated && !isBorderDay(date) ? null : instantAt(one.minutes), recordedAt: one.fromProvider ? null : instantAt(one.minutes) });
  });
  return { truth, moves };
}

const inputOf = (basis: Record<string, string>, moves: readonly AccountMove[]) => ({ basis: basisOf(basis), moves, timeZone: NEW_YORK, accepted: new Map<string, string>(), until: FETCHED });
const agrees = (expected: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>) => compare(expected, actual, {}).every(({ outcome }) => outcome === 'matched');

describe(`every expected state (repeat with TIDEMARK_SEED=${seed})`, () => {
  const always = (holds: (given: { basis: Record<string, string>; moves: readonly AccountMove[]; truth: ReadonlyMap<string, string> }) => boolean, runs = 150) =>
    fc.assert(fc.property(world, (given) => holds({ basis: given.basis, ...played(given) })), { seed, numRuns: runs });

  it('is the state that the same transactions made, whatever they are of', () => {
    always(({ basis, moves, truth }) => agrees(expectedState(inputOf(basis, moves)).quantities, truth));
  });

  it('does not depend on the order in which transactions are told, nor on their being told twice', () => {
    always(({ basis, moves, truth }) => agrees(expectedState(inputOf(basis, [...moves.toReversed(), ...moves])).quantities, truth));
  });

  it('takes every transaction for exactly one thing', () => {
    always(({ basis, moves }) => {
      const { counted, ambiguous, pending, unknown, late } = expectedState(inputOf(basis, moves));
      const ids = [...counted, ...ambiguous, ...pending, ...unknown, ...late].map(({ transactionId }) => transactionId);
      return new Set(ids).size === ids.length;
    });
  });

  it('places nothing where the other side is what the transactions made', () => {
    always(({ basis, moves, truth }) => {
      const { placed, ahead } = expectedAgainst({ ...inputOf(basis, moves), actual: truth, tolerance: {} });
      return placed.length + ahead.length === 0;
    });
  });

  it('parts from the other side between the two snapshots where something unknown happened', () => {
    const at = (day: number) => `2026-11-${String(day).padStart(2, '0')}T22:00:00.000Z`;
    const holds = fc.property(world, fc.integer({ min: 3, max: 18 }), quantity.filter((one) => !isZero(one)), (given, parted, lost) => {
      const { moves } = played({ basis: given.basis, rows: given.rows.map((one) => ({ ...one, dated: false })) });
      const snapshots = Array.from({ length: 16 }, (_, index) => index + 3).map((day) => {
        const { quantities } = expectedState({ ...inputOf(given.basis, moves), until: at(day) });
        const lines = [...quantities].map(([asset, stated]) => ({ asset, quantity: asset === 'equity:A' && day >= parted ? add(stated, lost) : stated }));
        if (day >= parted && !quantities.has('equity:A')) lines.push({ asset: 'equity:A', quantity: lost });
        return { id: uuid(day), at: at(day), currency: 'USD', lines };
      });
      const found = firstDivergence({ basis: BASIS, state: expectedState(inputOf(given.basis, moves)), timeZone: NEW_YORK, snapshots, tolerance: {}, asset: 'equity:A', difference: lost });
      const before = parted === 3 ? BASIS.id : uuid(parted - 1);
      return found?.before.id === before && found.after?.id === uuid(parted) && found.difference === lost;
    });
    fc.assert(holds, { seed, numRuns: 60 });
  });
});
