/**
 * The life of an account whose provider gives dates alone, day by day: a snapshot every night at 02:00 in New York, a run at 03:00, trades at any hour of
 * the clock. The basis moves as the service moves it: to the newest snapshot, after a run that found nothing, where the books agree from
 * there on too. Nothing is ever found while nothing is lost; one lost trade is found by the next run, and stays the same discrepancy.
 */
import { describe, expect, it } from '@jest/globals';
import { add } from '@tidemark/money';
import { chooseSeed } from '@tidemark/testing';
import fc from 'fast-check';
import { compare, isDiscrepancy } from '../comparison/compare.js';
import { decideDiscrepancies } from '../discrepancy/discrepancy.decide.js';
import type { KnownDiscrepancy } from '../discrepancy/discrepancy.decide.js';
import type { AccountMove } from './account-move.js';
import { bought, heldOf, NEW_YORK, uuid } from './expectation.fixture.js';
import { expectedAgainst } from './expected-against.js';
import type { BasisState } from './expected-state.js';

const seed = chooseSeed();
const HOUR = 3_600_000;
const DAYS = 14;
/** Midnight in New York, in winter time. */
const START = Date.parse('2026-11-09T05:00:00.000Z');

const trade = fc.record({ minute: fc.integer({ min: 0, max: 24 * 60 - 1 }), asset: fc.constantFrom('equity:A', 'crypto:BTC'), units: fc.integer({ min: -5, max: 5 }).filter((units) => units !== 0), cents: fc.integer({ min: 1, max: 9_999 }) });
const days = fc.array(fc.array(trade, { maxLength: 3 }), { minLength: DAYS, maxLength: DAYS });
type Days = typeof days extends fc.Arbitrary<infer T> ? T : never;

/** Thirteen digits after the cents that make every sum of trades another one, so that none passes for another. */
const mark = (number: number): string => String(2n ** BigInt(number)).padStart(13, '0');

interface Happening {
  readonly ms: number;
  readonly move: AccountMove;
}

function happenings(all: Days, hoursLate: number): Happening[] {
  return all.flatMap((trades, day) => trades.map(({ minute, asset, units, cents }, index) => {
    const ms = START + day * 24 * HOUR + minute * 60_000;
    const cash = `${units > 0 ? '-' : ''}${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}${mark(day * 3 + index)}`;
    return { ms, move: bought(1 + day * 10 + index, asset, String(units), cash, { date: new Date(START + day * 24 * HOUR).toISOString().slice(0, 10), recordedAt: new Date(ms + hoursLate * HOUR).toISOString() }) };
  }));
}

function stateAt(all: readonly Happening[], ms: number): Map<string, string> {
  const held = heldOf({ 'equity:A': '1000', 'crypto:BTC': '1000', 'currency:USD': '5000' });
  for (const { ms: at, move } of all) {
    if (at > ms) continue;
    held.set(move.asset as string, add(held.get(move.asset as string) ?? '0', move.units as string));
    held.set('currency:USD', add(held.get('currency:USD') ?? '0', move.cash as string));
  }
  return held;
}

interface Life {
  /** A trade that the provider shows and never tells of. */
  readonly lost?: number;
  /** A trade that the provider tells of and never shows. */
  readonly phantom?: number;
  /** How long after it happened a trade is told of. */
  readonly hoursLate?: number;
  /** How old the provider's data is at every fetch, as it says itself. */
  readonly dataHoursOld?: number;
}

/** @returns the open discrepancies after each run */
function lived(all: Days, { lost = -1, phantom = -1, hoursLate = 0, dataHoursOld = 0 }: Life = {}): (readonly KnownDiscrepancy[])[] {
  const happened = happenings(all, hoursLate);
  const world = happened.filter((_one, index) => index !== phantom);
  const told = happened.filter((_one, index) => index !== lost);
  const snapshotAt = (day: number): BasisState => {
    const ms = START + (day * 24 + 2) * HOUR;
    const fresh = ms - dataHoursOld * HOUR;
    return { kind: 'snapshot', id: uuid(500 + day), at: new Date(ms).toISOString(), freshAt: new Date(fresh).toISOString(), currency: 'USD', lines: [...stateAt(world, fresh)].map(([asset, quantity]) => ({ asset, quantity })) };
  };
  let basis = snapshotAt(0);
  let open: readonly KnownDiscrepancy[] = [];
  return Array.from({ length: DAYS - 1 }, (_, index) => index + 1).map((day) => {
    const ms = START + (day * 24 + 3) * HOUR;
    const actual = stateAt(world, ms - dataHoursOld * HOUR);
    const moves = told.filter((one) => one.ms + hoursLate * HOUR <= ms).map(({ move }) => move);
    const against = (from: BasisState) => expectedAgainst({ basis: from, moves, timeZone: NEW_YORK, accepted: new Map(), until: new Date(ms).toISOString(), actual, tolerance: {} });
    const judged = (from: BasisState) => compare(against(from).quantities, actual, {});
    const lines = judged(basis).map((line) => ({ ...line, explanations: [], divergence: null }));
    const decision = decideDiscrepancies({ accountId: uuid(1), basis: { kind: basis.kind, id: basis.id, at: basis.at }, open, lines });
    open = [...decision.open, ...decision.explain, ...decision.persist];
    const newest = snapshotAt(day);
    if (open.length === 0 && against(basis).ahead.length === 0 && !judged(newest).some(({ outcome }) => isDiscrepancy(outcome))) basis = newest;
    return open;
  });
}

describe(`an account whose provider gives dates alone (repeat with TIDEMARK_SEED=${seed})`, () => {
  it('never shows a difference while nothing is lost', () => {
    fc.assert(fc.property(days, (all) => lived(all).every((open) => open.length === 0)), { seed, numRuns: 25 });
  });

  it('never shows one where the data is some hours old at every fetch, as the provider says', () => {
    fc.assert(fc.property(days, fc.constantFrom(1, 4), (all, dataHoursOld) => {
      const inSession = all.map((trades) => trades.map((one) => ({ ...one, minute: 600 + (one.minute % 360) })));
      return lived(inSession, { dataHoursOld }).every((open) => open.length === 0);
    }), { seed, numRuns: 25 });
  });

  it('shows one while a trade is not told of yet, and none once it is', () => {
    fc.assert(fc.property(days, (all) => {
      const quiet = all.map((trades, day) => (day < DAYS - 3 ? trades : []));
      return lived(quiet, { hoursLate: 20 }).at(-1)?.length === 0;
    }), { seed, numRuns: 25 });
  });

  it('shows a trade that is told of and never shown, a day after it at the latest, where the first run could tell', () => {
    fc.assert(fc.property(days, fc.nat(), fc.integer({ min: 0, max: 179 }), (all, pick, minute) => {
      const since = all.slice(1, DAYS - 2).flat().length;
      fc.pre(since > 0);
      const phantom = (all[0]?.length ?? 0) + (pick % since);
      // Told to the run of its own night: that run still has a basis of the day before.
      let index = 0;
      const early = all.map((trades) => trades.map((one) => (index++ === phantom ? { ...one, minute } : one)));
      return (lived(early, { phantom }).at(-1)?.length ?? 0) > 0;
    }), { seed, numRuns: 25 });
  });

  it('shows a lost trade from the next run on, under one identity', () => {
    fc.assert(fc.property(days, fc.nat(), (all, pick) => {
      const before = all[0]?.length ?? 0;
      const since = all.slice(1, DAYS - 2).flat().length;
      fc.pre(since > 0);
      const lost = before + (pick % since);
      const runs = lived(all, { lost });
      const touched = ['currency:USD', all.flat()[lost]?.asset];
      const first = runs.findIndex((open) => open.length > 0);
      expect(first).toBeGreaterThanOrEqual(0);
      const cash = (open: readonly KnownDiscrepancy[]) => open.filter(({ asset }) => asset === 'currency:USD').map(({ id }) => id);
      return runs.slice(first).every((open) => open.every(({ asset }) => touched.includes(asset)) && cash(open).length === 1 && cash(open)[0] === cash(runs[first] ?? [])[0]);
    }), { seed, numRuns: 25 });
  });
});
