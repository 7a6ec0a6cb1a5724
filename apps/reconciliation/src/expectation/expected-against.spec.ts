import { describe, expect, it } from '@jest/globals';
import type { AccountMove } from './account-move.js';
import { basisOf, BASIS_DAY, bought, FETCHED, heldOf, move, NEW_YORK } from './expectation.fixture.js';
import { expectedAgainst } from './expected-against.js';
import { expectedState } from './expected-state.js';
import type { BasisState } from './expected-state.js';

const A = 'equity:A';
const USD = 'currency:USD';
const TODAY = '2026-11-20';

function placed(basis: Record<string, string>, moves: readonly AccountMove[], actual: Record<string, string>, given: Partial<BasisState> = {}, tolerance = {}) {
  const state = expectedAgainst({ basis: basisOf(basis, given), moves, timeZone: NEW_YORK, accepted: new Map(), until: FETCHED, actual: heldOf(actual), tolerance });
  const numbers = (all: readonly AccountMove[]) => all.map(({ transactionId }) => Number(transactionId.slice(-4)));
  return { placed: numbers(state.placed), ahead: numbers(state.ahead), expected: Object.fromEntries([...state.quantities].sort()), ambiguous: numbers(state.ambiguous), counted: numbers(state.counted), pending: numbers(state.pending) };
}

describe('a transaction of the very day of the basis', () => {
  const trade = bought(1, A, '3', '-30', { date: BASIS_DAY });

  it('is placed after it where units and cash agree only so', () => {
    expect(placed({ [A]: '10', [USD]: '100' }, [trade], { [A]: '13', [USD]: '70' })).toEqual({ placed: [1], ahead: [], expected: { [A]: '13', [USD]: '70' }, ambiguous: [], counted: [1], pending: [] });
  });

  it('is left alone where the basis holds it', () => {
    expect(placed({ [A]: '13', [USD]: '70' }, [trade], { [A]: '13', [USD]: '70' })).toMatchObject({ placed: [], ambiguous: [1], counted: [] });
  });

  it('is left alone where it would make an asset differ that agrees: that is for a person to see', () => {
    expect(placed({ [A]: '10', [USD]: '100' }, [trade], { [A]: '13', [USD]: '100' })).toMatchObject({ placed: [], expected: { [A]: '10', [USD]: '100' } });
    expect(placed({ [A]: '10', [USD]: '100' }, [trade], { [A]: '10', [USD]: '70' })).toMatchObject({ placed: [], expected: { [A]: '10', [USD]: '100' } });
  });

  it('is placed by its units where the cash differs by something else as well, which is then all that is left', () => {
    expect(placed({ [A]: '10', [USD]: '100' }, [trade], { [A]: '13', [USD]: '69' })).toMatchObject({ placed: [1], expected: { [A]: '13', [USD]: '70' } });
    const dividend = move(2, { kind: 'dividend', cash: '7', date: BASIS_DAY });
    expect(placed({ [A]: '10', [USD]: '100' }, [trade, dividend], { [A]: '13', [USD]: '69' })).toMatchObject({ placed: [1], ambiguous: [2] });
  });

  it('is placed by its units together with every other that fits', () => {
    const moves = [bought(1, A, '3', '-30', { date: BASIS_DAY }), bought(2, 'crypto:BTC', '1', '-40', { date: BASIS_DAY }), bought(3, 'equity:C', '2', '-5', { date: BASIS_DAY })];
    expect(placed({ [A]: '10', 'equity:C': '2', [USD]: '100' }, moves, { [A]: '13', 'crypto:BTC': '1', 'equity:C': '2', [USD]: '50' })).toMatchObject({ placed: [1, 2], ambiguous: [3], expected: { [USD]: '30' } });
  });

  it('is left alone where it does not say its cash', () => {
    expect(placed({ [A]: '10' }, [{ ...trade, cash: null }], { [A]: '13' })).toMatchObject({ placed: [], ambiguous: [1] });
  });

  it('is placed by itself among others of the day that the basis holds', () => {
    const moves = [bought(1, A, '3', '-30', { date: BASIS_DAY }), bought(2, 'equity:B', '1', '-5', { date: BASIS_DAY }), move(3, { kind: 'dividend', cash: '7', date: BASIS_DAY })];
    expect(placed({ [A]: '10', 'equity:B': '1', [USD]: '100' }, moves, { [A]: '13', 'equity:B': '1', [USD]: '77' })).toMatchObject({ placed: [1, 3], ambiguous: [2] });
  });

  it('is placed with all the others of a busy day', () => {
    const moves = Array.from({ length: 30 }, (_, index) => bought(index + 1, `equity:S${index}`, '1', '-1', { date: BASIS_DAY }));
    const actual = Object.fromEntries([...moves.map(({ asset }) => [asset as string, '1']), [USD, '70']]);
    expect(placed({ [USD]: '100' }, moves, actual).placed).toHaveLength(30);
  });
});

describe('a transaction that is dated before the basis and came to light after it', () => {
  const trade = (date: string, recordedAt: string | null) => bought(1, A, '3', '-30', { date, recordedAt });
  const there = { [A]: '13', [USD]: '70' };

  it('is placed after it where units and cash agree only so', () => {
    for (const recordedAt of [null, '2026-11-04T07:00:00.000Z']) expect(placed({ [A]: '10', [USD]: '100' }, [trade('2026-10-30', recordedAt)], there).placed).toEqual([1]);
  });

  it('is not where it came with the basis itself, nor where it is dated more than a week before it', () => {
    for (const one of [trade('2026-10-30', '2026-11-02T22:04:00.000Z'), trade('2026-10-25', null)]) expect(placed({ [A]: '10', [USD]: '100' }, [one], there).placed).toEqual([]);
  });
});

describe('a transaction of the very day of the fetch', () => {
  const trade = bought(1, A, '3', '-30', { date: TODAY });

  it('counts where the balance shows it', () => {
    expect(placed({ [A]: '10', [USD]: '100' }, [trade], { [A]: '13', [USD]: '70' })).toMatchObject({ ahead: [], counted: [1] });
  });

  it('is taken not to be in the balance yet where units and cash agree only so', () => {
    expect(placed({ [A]: '10', [USD]: '100' }, [trade], { [A]: '10', [USD]: '100' })).toEqual({ placed: [], ahead: [1], expected: { [A]: '10', [USD]: '100' }, ambiguous: [], counted: [], pending: [1] });
  });

  it('counts where it has an instant before the fetch', () => {
    expect(placed({ [A]: '10', [USD]: '100' }, [{ ...trade, at: '2026-11-20T15:00:00.000Z' }], { [A]: '10', [USD]: '100' })).toMatchObject({ ahead: [], counted: [1] });
  });
});

describe('a basis whose data is older than its capture', () => {
  const trade = bought(1, A, '3', '-30', { date: '2026-10-30', at: '2026-10-30T15:00:00.000Z' });
  const fresh = { freshAt: '2026-10-29T21:00:00.000Z' };

  it('may not hold what happened in between', () => {
    expect(placed({ [A]: '10', [USD]: '100' }, [trade], { [A]: '13', [USD]: '70' }, fresh).placed).toEqual([1]);
    expect(placed({ [A]: '13', [USD]: '70' }, [trade], { [A]: '13', [USD]: '70' }, fresh)).toMatchObject({ placed: [], ambiguous: [1] });
  });

  it('holds what happened before its data', () => {
    expect(placed({ [A]: '10', [USD]: '100' }, [trade], { [A]: '13', [USD]: '70' }, { freshAt: '2026-10-30T21:00:00.000Z' }).placed).toEqual([]);
  });
});

describe('nothing is placed', () => {
  it('where nothing differs by more than is tolerated, or no transaction is on a border', () => {
    const moves = [bought(1, A, '3', '-30', { date: BASIS_DAY })];
    expect(placed({ [A]: '10', [USD]: '100' }, moves, { [A]: '13', [USD]: '70' }, {}, { absolute: '50' }).placed).toEqual([]);
    expect(placed({ [A]: '10' }, [bought(1, A, '3', '-30')], { [A]: '99' }).placed).toEqual([]);
  });

  it('and what is expected is as without a view of the other side', () => {
    const input = { basis: basisOf({ [A]: '10' }), moves: [bought(1, A, '1', '-1')], timeZone: NEW_YORK, accepted: new Map(), until: FETCHED };
    expect(expectedAgainst({ ...input, actual: new Map(), tolerance: {} })).toEqual({ ...expectedState(input), placed: [], ahead: [] });
  });
});
