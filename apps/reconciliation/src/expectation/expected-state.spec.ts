import { describe, expect, it } from '@jest/globals';
import { basisOf, BASIS, BASIS_DAY, bought, expected, FETCHED, move, NEW_YORK, uuid } from './expectation.fixture.js';
import { expectedState, newestExpectedAt } from './expected-state.js';
import type { AccountMove } from './account-move.js';

const state = (moves: readonly AccountMove[], basis: Record<string, string> = {}) => expectedState({ basis: basisOf(basis), moves, timeZone: NEW_YORK, accepted: new Map(), until: FETCHED });
const ids = (moves: readonly AccountMove[]) => moves.map(({ transactionId }) => transactionId);

describe('what is expected of an account', () => {
  it('is its basis where nothing happened since', () => {
    expect(expected({ 'equity:A': '10', 'currency:USD': '-5.25' }, [])).toEqual({ 'currency:USD': '-5.25', 'equity:A': '10' });
  });

  it('is its basis and both sides of a trade since, fees contained', () => {
    expect(expected({ 'equity:A': '10', 'currency:USD': '1000' }, [bought(1, 'equity:A', '2.5', '-375.95', { fees: '0.95' })])).toEqual({ 'currency:USD': '624.05', 'equity:A': '12.5' });
  });

  it('begins an asset that the basis does not name, and ends one at zero', () => {
    expect(expected({ 'equity:A': '10' }, [bought(1, 'equity:A', '-10', '100'), bought(2, 'equity:B', '3', '-30')])).toEqual({ 'currency:USD': '70', 'equity:A': '0', 'equity:B': '3' });
  });

  it('moves foreign cash in its own currency, and both currencies of an exchange', () => {
    expect(expected({ 'currency:USD': '100' }, [move(1, { kind: 'dividend', cash: '12.5', currency: 'EUR' }), move(2, { kind: 'buy', asset: 'currency:EUR', units: '50', cash: '-54.1' })])).toEqual({ 'currency:EUR': '62.5', 'currency:USD': '45.9' });
  });

  it('follows a short position below zero and back', () => {
    expect(expected({}, [bought(1, 'equity:A', '-10', '100', { kind: 'sell_short' }), bought(2, 'equity:A', '4', '-38', { kind: 'buy_to_cover' })])).toEqual({ 'currency:USD': '62', 'equity:A': '-6' });
  });

  it('follows the signed size of a perpetual', () => {
    expect(expected({ 'provider:dydx:ETH-USD': '-1.5' }, [bought(1, 'provider:dydx:ETH-USD', '2', '0')])).toEqual({ 'provider:dydx:ETH-USD': '0.5' });
  });

  it('takes an expired option away, long and short', () => {
    const expiry = (number: number, asset: string, units: string) => move(number, { kind: 'option_expiration', asset, units });
    expect(expected({ 'option:A261120C00100000': '2', 'option:B261120P00100000': '-1' }, [expiry(1, 'option:A261120C00100000', '-2'), expiry(2, 'option:B261120P00100000', '1')])).toEqual({ 'option:A261120C00100000': '0', 'option:B261120P00100000': '0' });
  });

  it('follows a merger row by row and a spin-off', () => {
    const moves = [move(1, { kind: 'merger', asset: 'equity:OLD', units: '-10' }), move(2, { kind: 'merger', asset: 'equity:NEW', units: '5', cash: '12.34' }), move(3, { kind: 'spin_off', asset: 'equity:KID', units: '2.5' })];
    expect(expected({ 'equity:OLD': '10' }, moves)).toEqual({ 'currency:USD': '12.34', 'equity:KID': '2.5', 'equity:NEW': '5', 'equity:OLD': '0' });
  });

  it('adds the units of a reinvestment and spends the income that paid for them', () => {
    const moves = [move(1, { kind: 'dividend', asset: 'fund:F', cash: '40' }), move(2, { kind: 'reinvestment', asset: 'fund:F', units: '1.6', cash: '-40' })];
    expect(expected({ 'fund:F': '100' }, moves)).toEqual({ 'currency:USD': '0', 'fund:F': '101.6' });
  });

  it('spends nothing on a reinvestment whose income no row reports', () => {
    expect(expected({ 'fund:F': '100' }, [move(1, { kind: 'reinvestment', asset: 'fund:F', units: '1.6', cash: '-40' })])).toEqual({ 'fund:F': '101.6' });
  });

  it('adds what a person accepted of this basis', () => {
    expect(expected({ 'equity:A': '10' }, [bought(1, 'equity:A', '1', '-10')], { accepted: new Map([['equity:A', '-0.5'], ['equity:B', '3']]) })).toEqual({ 'currency:USD': '-10', 'equity:A': '10.5', 'equity:B': '3' });
  });

  it('is not changed by the order of the transactions', () => {
    const moves = [bought(1, 'equity:A', '1', '-10'), bought(2, 'equity:A', '-3', '33'), move(3, { kind: 'split', asset: 'equity:A', units: '10' }), move(4, { kind: 'split', asset: 'equity:A', units: '10', date: '2026-11-12' })];
    expect(expected({ 'equity:A': '10' }, moves)).toEqual(expected({ 'equity:A': '10' }, moves.toReversed()));
  });
});

describe('which transactions count', () => {
  it('are those after the instant of the basis, where they have one', () => {
    const at = (number: number, instant: string) => bought(number, 'equity:A', '1', '-1', { date: BASIS_DAY, at: instant });
    expect(ids(state([at(1, '2026-11-02T21:59:59.999Z'), at(2, BASIS.at), at(3, '2026-11-02T22:00:00.001Z')]).counted)).toEqual([uuid(3)]);
  });

  it('are those of a later day in the zone of the account, where they have a date alone', () => {
    const late = { ...basisOf({}), at: '2026-11-03T03:00:00.000Z' };
    const moves = [bought(1, 'equity:A', '1', '-1', { date: '2026-11-02' }), bought(2, 'equity:A', '1', '-1', { date: '2026-11-03' })];
    const { counted, ambiguous } = expectedState({ basis: late, moves, timeZone: NEW_YORK, accepted: new Map(), until: FETCHED });
    expect([ids(counted), ids(ambiguous)]).toEqual([[uuid(2)], [uuid(1)]]);
    const tokyo = expectedState({ basis: late, moves, timeZone: 'Asia/Tokyo', accepted: new Map(), until: FETCHED });
    expect([ids(tokyo.counted), ids(tokyo.ambiguous)]).toEqual([[], [uuid(2)]]);
  });

  it('are not those of the day of the basis without a time: they are ambiguous', () => {
    const { counted, ambiguous } = state([bought(1, 'equity:A', '1', '-1', { date: BASIS_DAY })]);
    expect([ids(counted), ids(ambiguous)]).toEqual([[], [uuid(1)]]);
  });

  it('are not those that are pending, or dated after the fetch', () => {
    const { counted, pending } = state([bought(1, 'equity:A', '1', '-1', { pending: true }), bought(2, 'equity:A', '1', '-1', { date: '2026-11-21' }), bought(3, 'equity:A', '1', '-1', { date: '2026-11-20' })]);
    expect([ids(counted), ids(pending)]).toEqual([[uuid(3)], [uuid(1), uuid(2)]]);
  });

  it('are not those that the provider took back; the basis may hold one of before it', () => {
    const before = bought(1, 'equity:A', '1', '-1', { date: '2026-10-30', withdrawnAt: '2026-11-05T10:00:00.000Z' });
    const since = bought(2, 'equity:A', '1', '-1', { withdrawnAt: '2026-11-12T10:00:00.000Z' });
    const longAgo = bought(3, 'equity:A', '1', '-1', { date: '2026-10-01', withdrawnAt: '2026-10-05T10:00:00.000Z' });
    const { counted, withdrawn } = state([before, since, longAgo]);
    expect([ids(counted), ids(withdrawn)]).toEqual([[], [uuid(1)]]);
  });

  it('count in their newest form where they were corrected: the later in the list of one id', () => {
    expect(expected({ 'equity:A': '10' }, [bought(1, 'equity:A', '1', '-10'), bought(1, 'equity:A', '2', '-20')])).toEqual({ 'currency:USD': '-20', 'equity:A': '12' });
  });

  it('are not those dated before the basis, and those that came to light after it are told apart', () => {
    const { counted, late } = state([bought(1, 'equity:A', '1', '-1', { date: '2026-10-30' }), bought(2, 'equity:A', '1', '-1', { date: '2026-10-30', recordedAt: '2026-11-05T10:00:00.000Z' }), bought(3, 'equity:A', '1', '-1', { date: '2026-10-30', recordedAt: null })]);
    expect([ids(counted), ids(late)]).toEqual([[], [uuid(2), uuid(3)]]);
  });

  it('are not those that are not understood; of one that does not say its cash the units count', () => {
    const moves = [move(1, { kind: 'unknown', units: '3', asset: 'equity:A', providerType: 'FOO' }), bought(2, 'equity:A', '1', '-1'), { ...bought(3, 'equity:A', '1', '-1'), cash: null }, move(4, { kind: 'split', asset: 'equity:A', units: null })];
    const { quantities, unknown } = state(moves);
    expect(Object.fromEntries(quantities)).toEqual({ 'equity:A': '2', 'currency:USD': '-1' });
    expect(ids(unknown)).toEqual([uuid(1), uuid(3), uuid(4)]);
  });

  it('are neither a cancelled transaction nor its cancellation', () => {
    expect(expected({}, [bought(1, 'equity:A', '1', '-10'), move(2, { kind: 'cancel', asset: 'equity:A', units: '1', cash: '-10' })])).toEqual({});
  });

  it('are not a cancellation of what the basis holds: it is left to a person', () => {
    const { quantities, counted, unknown } = state([bought(1, 'equity:A', '1', '-10', { date: '2026-10-29' }), move(2, { kind: 'cancel', asset: 'equity:A', units: '1', cash: '-10' })], { 'equity:A': '1' });
    expect([Object.fromEntries(quantities), ids(counted), ids(unknown)]).toEqual([{ 'equity:A': '1' }, [], [uuid(2)]]);
  });
});

describe('a split', () => {
  const split = (number: number, units: string, date = '2026-11-10', kind: 'split' | 'stock_dividend' = 'split') => move(number, { kind, asset: 'equity:A', units, date });

  it('counts once an account and asset though it is reported twice', () => {
    expect(expected({ 'equity:A': '10' }, [split(1, '10'), split(2, '10', '2026-11-13')])).toEqual({ 'equity:A': '20' });
    expect(expected({ 'equity:A': '10' }, [split(1, '10'), split(2, '10', '2026-11-12', 'stock_dividend')])).toEqual({ 'equity:A': '20' });
  });

  it('counts with both its rows where the old units leave and the new ones come', () => {
    expect(expected({ 'equity:A': '10' }, [split(1, '-10'), split(2, '40')])).toEqual({ 'equity:A': '40' });
  });

  it('counts again where it is more than a week later, or of another asset', () => {
    expect(expected({ 'equity:A': '10', 'equity:B': '10' }, [split(1, '10', '2026-11-05'), split(2, '10', '2026-11-13'), move(3, { kind: 'split', asset: 'equity:B', units: '10', date: '2026-11-06' })])).toEqual({ 'equity:A': '30', 'equity:B': '20' });
  });

  it('is ambiguous where one of its reports lies before the basis and one after it', () => {
    const { counted, ambiguous } = state([split(1, '10', '2026-10-30'), split(2, '10', '2026-11-04')], { 'equity:A': '20' });
    expect([ids(counted), ids(ambiguous)]).toEqual([[], [uuid(1)]]);
  });
});

describe('how new what is expected of an asset is', () => {
  it('is the newest transaction that moved it, as early as it may have been; else the basis', () => {
    const given = state([bought(1, 'equity:A', '1', '-1', { date: '2026-11-10' }), bought(2, 'equity:B', '1', '0', { date: '2026-11-05', at: '2026-11-05T15:30:00.000Z' })]);
    const newest = newestExpectedAt(given, BASIS, NEW_YORK);
    expect(['equity:A', 'equity:B', 'currency:USD', 'equity:C'].map(newest)).toEqual(['2026-11-10T05:00:00.000Z', '2026-11-05T15:30:00.000Z', '2026-11-10T05:00:00.000Z', BASIS.at]);
  });

  it('begins a day at midnight of the zone, daylight saving time or not', () => {
    const at = (date: string, timeZone: string) => newestExpectedAt(state([bought(1, 'equity:A', '1', '-1', { date })]), BASIS, timeZone)('equity:A');
    expect([at('2026-11-10', 'Asia/Tokyo'), at('2026-11-10', 'Europe/Berlin'), at('2026-11-10', 'UTC')]).toEqual(['2026-11-09T15:00:00.000Z', '2026-11-09T23:00:00.000Z', '2026-11-10T00:00:00.000Z']);
  });
});
