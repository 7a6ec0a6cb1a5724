import { describe, expect, it } from '@jest/globals';
import type { AccountMove } from '../expectation/account-move.js';
import { BASIS, basisOf, bought, FETCHED, NEW_YORK, uuid } from '../expectation/expectation.fixture.js';
import { expectedState } from '../expectation/expected-state.js';
import { firstDivergence } from './first-divergence.js';
import type { DivergenceInput, StatedSnapshot } from './first-divergence.js';

const snapshot = (day: number, quantity: string): StatedSnapshot => ({ id: uuid(100 + day), at: `2026-11-${String(day).padStart(2, '0')}T22:00:00.000Z`, currency: 'USD', lines: [{ asset: 'equity:A', quantity }] });
const of = ({ id, at }: StatedSnapshot) => ({ id, at });

interface Given extends Partial<Pick<DivergenceInput, 'tolerance' | 'difference'>> {
  readonly moves?: readonly AccountMove[];
  readonly accepted?: ReadonlyMap<string, string>;
}

function found(snapshots: readonly StatedSnapshot[], { moves = [], accepted = new Map(), tolerance = {}, difference = '5' }: Given = {}) {
  const state = expectedState({ basis: basisOf({ 'equity:A': '10' }), moves, timeZone: NEW_YORK, accepted, until: FETCHED });
  return firstDivergence({ basis: BASIS, snapshots, state, timeZone: NEW_YORK, tolerance, asset: 'equity:A', difference });
}

describe('where the books parted', () => {
  it('is between the last snapshot that agrees and the first one that does not', () => {
    const snapshots = [snapshot(3, '10'), snapshot(4, '10'), snapshot(5, '12'), snapshot(6, '15')];
    expect(found(snapshots)).toEqual({ before: of(snapshot(4, '')), after: of(snapshot(5, '')), difference: '2' });
  });

  it('is between the basis and the first snapshot where none agrees', () => {
    expect(found([snapshot(3, '15')])).toEqual({ before: { id: BASIS.id, at: BASIS.at }, after: of(snapshot(3, '')), difference: '5' });
  });

  it('is after the newest snapshot where that still agrees, or after the basis where there is none', () => {
    expect(found([snapshot(3, '10')])).toEqual({ before: of(snapshot(3, '')), after: null, difference: '5' });
    expect(found([])).toEqual({ before: { id: BASIS.id, at: BASIS.at }, after: null, difference: '5' });
  });

  it('follows transactions: what they account for is no parting', () => {
    const moves = [bought(1, 'equity:A', '3', '-30', { date: '2026-11-04' })];
    expect(found([snapshot(3, '10'), snapshot(5, '13'), snapshot(6, '18')], { moves })).toEqual({ before: of(snapshot(5, '')), after: of(snapshot(6, '')), difference: '5' });
  });

  it('does not take a snapshot for parted that a transaction of its own day explains', () => {
    const moves = [bought(1, 'equity:A', '3', '-30', { date: '2026-11-04' })];
    expect(found([snapshot(4, '10'), snapshot(5, '13')], { moves })).toMatchObject({ before: of(snapshot(5, '')), after: null });
  });

  it('is where this difference began, not one that came and went before', () => {
    expect(found([snapshot(3, '99'), snapshot(4, '10'), snapshot(5, '15')])).toMatchObject({ before: of(snapshot(4, '')), after: of(snapshot(5, '')) });
  });

  it('is judged by the tolerance of the run', () => {
    expect(found([snapshot(3, '10.5'), snapshot(4, '15')], { tolerance: { absolute: '1' } })).toMatchObject({ before: of(snapshot(3, '')), after: of(snapshot(4, '')) });
  });

  it('counts what a person accepted, and an asset that a snapshot does not name as none', () => {
    expect(found([{ ...snapshot(3, ''), lines: [] }], { accepted: new Map([['equity:A', '-10']]) })).toMatchObject({ before: of(snapshot(3, '')), after: null });
  });

  it('is nowhere where nothing differs', () => {
    expect(found([snapshot(3, '15')], { difference: '0' })).toBeNull();
  });
});
