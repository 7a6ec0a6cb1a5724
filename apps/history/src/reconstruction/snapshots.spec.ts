/** Captured days, the days between two snapshots and after the last one, and on which side of a snapshot a transaction lies. */
import { describe, expect, it } from '@jest/globals';
import { given } from './account.fixture.js';

const closes = { '2026-11-16': '100', '2026-11-17': '101', '2026-11-18': '102', '2026-11-19': '103', '2026-11-20': '104' };

describe('a captured day', () => {
  it('is its last snapshot at the closing price, and wins over what is reconstructed', () => {
    const then = given().snapshot('2026-11-18T15:00:00Z', { AAPL: '1', USD: '0' }).snapshot('2026-11-18T20:00:00Z', { AAPL: { units: '2', price: '90' }, USD: '0' }).closes('AAPL', closes).when('2026-11-18', '2026-11-18');
    expect(then.day('2026-11-18')).toMatchObject({ value: '204', origin: 'captured' });
  });

  it('that is empty is worth nothing, which is known', () => {
    const then = given().snapshot('2026-11-18', {}).when('2026-11-18', '2026-11-18');
    expect(then.day('2026-11-18')).toMatchObject({ value: '0', cash: '0', securities: 0, quality: 100, complete: true });
  });

  it('has what is known to have followed the snapshot before the close', () => {
    const then = given().snapshot('2026-11-18T15:00:00Z', { USD: '500' }).deposit('2026-11-18', '100', { at: '2026-11-18T16:00:00Z' }).when('2026-11-18', '2026-11-18');
    expect(then.day('2026-11-18')).toMatchObject({ value: '600', inflow: '100', origin: 'captured', quality: 95, reasons: ['carried'] });
  });

  it('sold assets are gone from it', () => {
    const then = given().snapshot('2026-11-17', { AAPL: '1', USD: '0' }).snapshot('2026-11-18', { USD: '102' }).sell('2026-11-18', 'AAPL', '1', '102', { at: '2026-11-18T15:00:00Z' }).closes('AAPL', closes).when('2026-11-17', '2026-11-18');
    expect(then.values()).toEqual(['101', '102']);
    expect(then.day('2026-11-18').securities).toBe(0);
  });
});

describe('a day between two snapshots', () => {
  const between = () => given().snapshot('2026-11-16', { AAPL: '1', USD: '500' }).closes('AAPL', closes);

  it('is reconstructed at full quality where the transactions join them to the last unit', () => {
    const then = between().snapshot('2026-11-20', { AAPL: '3', USD: '296' }).buy('2026-11-18', 'AAPL', '2', '204').when('2026-11-16', '2026-11-20');
    expect(then.values()).toEqual(['600', '601', '602', '605', '608']);
    expect(then.day('2026-11-18')).toMatchObject({ origin: 'reconstructed' });
    expect(then.result.days.every(({ reasons }) => reasons.every((index) => then.result.reasons[index]?.code === 'cost_basis_missing'))).toBe(true);
    expect(then.result.invariant).toEqual({ holds: true, differences: [] });
  });

  it('is lower where they do not, and the difference is a discrepancy', () => {
    const then = between().snapshot('2026-11-20', { AAPL: '3', USD: '290' }).buy('2026-11-18', 'AAPL', '2', '204').when('2026-11-16', '2026-11-20');
    expect(then.day('2026-11-19')).toMatchObject({ value: '605', quality: 60 });
    expect(then.day('2026-11-19').reasons).toContain('discrepancy');
    expect(then.result.invariant).toEqual({ holds: false, differences: [{ kind: 'between_snapshots', asset: 'currency:USD', from: '2026-11-16T17:00:00Z', to: '2026-11-20T17:00:00Z', expected: '296', actual: '290', difference: '-6' }] });
  });

  it('is carried where nobody tells transactions, and no discrepancy', () => {
    const then = given().whole(null).snapshot('2026-11-16', { AAPL: '1', USD: '0' }).snapshot('2026-11-20', { AAPL: '3', USD: '0' }).closes('AAPL', closes).when('2026-11-10', '2026-11-20');
    expect(then.result.days.map(({ origin }) => origin)).toEqual(['captured', 'carried', 'carried', 'carried', 'captured']);
    expect(then.values()).toEqual(['100', '101', '102', '103', '312']);
    expect(then.result.invariant.holds).toBe(true);
  });

  it('that would be short without being so is undone from the later snapshot', () => {
    const then = given().snapshot('2026-11-16', { USD: '0' }).snapshot('2026-11-20', { AAPL: '1', USD: '103' }).sell('2026-11-19', 'AAPL', '1', '103').closes('AAPL', closes).when('2026-11-16', '2026-11-20');
    expect(then.result.days.map(({ securities }) => securities)).toEqual([0, 1, 1, 1, 1]);
    expect(then.day('2026-11-18')).toMatchObject({ value: '204', quality: 60 });
  });
});

describe('a day after the last snapshot', () => {
  it('has its units and moves with prices: carried', () => {
    const then = given().snapshot('2026-11-18', { AAPL: '2', USD: '10' }).closes('AAPL', closes).when('2026-11-18', '2026-11-20');
    expect(then.values()).toEqual(['214', '216', '218']);
    expect(then.day('2026-11-20')).toMatchObject({ origin: 'carried', quality: 90, reasons: ['carried', 'cost_basis_missing'] });
  });

  it('is reconstructed up to the newest transaction, carried from then on', () => {
    const then = given().snapshot('2026-11-17', { USD: '500' }).deposit('2026-11-19', '100').when('2026-11-17', '2026-11-20');
    expect(then.values()).toEqual(['500', '500', '600', '600']);
    expect(then.result.days.map(({ origin, quality }) => `${origin} ${quality}`)).toEqual(['captured 100', 'reconstructed 95', 'reconstructed 95', 'carried 90']);
  });

  it('yields when a later snapshot confirms or corrects it', () => {
    const first = given().snapshot('2026-11-17', { USD: '500' });
    expect(first.when('2026-11-17', '2026-11-19').day('2026-11-18')).toMatchObject({ origin: 'carried', quality: 90 });
    expect(first.snapshot('2026-11-19', { USD: '500' }).when('2026-11-17', '2026-11-19').day('2026-11-18')).toMatchObject({ origin: 'reconstructed', quality: 100, value: '500' });
  });
});

describe('a transaction of the snapshot’s own day', () => {
  it('with an instant lies on the side of its instant', () => {
    const noon = () => given().snapshot('2026-11-18T17:00:00Z', { USD: '500' });
    expect(noon().deposit('2026-11-18', '100', { at: '2026-11-18T16:59:59Z' }).when('2026-11-17', '2026-11-18').values()).toEqual(['400', '500']);
    expect(noon().deposit('2026-11-18', '100', { at: '2026-11-18T17:00:01Z' }).when('2026-11-17', '2026-11-18').values()).toEqual(['500', '600']);
  });

  it('without one lies before it', () => {
    expect(given().snapshot('2026-11-18', { USD: '500' }).deposit('2026-11-18', '100').when('2026-11-17', '2026-11-19').values()).toEqual(['400', '500', '500']);
  });

  it('lies after it if only then the next snapshot agrees, and counts once', () => {
    const then = given().snapshot('2026-11-18', { USD: '500' }).snapshot('2026-11-20', { USD: '600' }).deposit('2026-11-18', '100').when('2026-11-17', '2026-11-20');
    expect(then.values()).toEqual(['500', '600', '600', '600']);
    expect(then.result.invariant.holds).toBe(true);
  });

  it('of several, each lies where the snapshots agree', () => {
    const then = given().snapshot('2026-11-16', { USD: '0' }).snapshot('2026-11-18', { USD: '100' }).snapshot('2026-11-20', { USD: '130' }).deposit('2026-11-18', '100').deposit('2026-11-18', '30').when('2026-11-17', '2026-11-19');
    expect(then.values()).toEqual(['0', '130', '130']);
    expect(then.result.invariant.holds).toBe(true);
  });

  it('that settles after a snapshot which shows it already lies before it', () => {
    const then = given().snapshot('2026-11-17', { USD: '100' }).snapshot('2026-11-18', { AAPL: '1', USD: '0' }).snapshot('2026-11-20', { AAPL: '1', USD: '0' }).buy('2026-11-19', 'AAPL', '1', '100', { provider: 'plaid' }).closes('AAPL', closes).when('2026-11-17', '2026-11-20');
    expect(then.values()).toEqual(['100', '102', '103', '104']);
    expect(then.result.invariant.holds).toBe(true);
  });

  it('that a snapshot of the evening does not show: whether it came after the close, or the snapshot was old, is not known', () => {
    const evening = '2026-11-16T21:00:30Z';
    const then = given().deposit('2026-11-13', '333.39').snapshot(evening, { USD: '333.39' }).snapshot('2026-11-19', { USD: '317.7' }).row('fee', '2026-11-16', { cash: '-15.69' }).when('2026-11-15', '2026-11-18');
    expect(then.values()).toEqual(['333.39', '333.39', '317.7', '317.7']);
    expect(then.day('2026-11-16')).toMatchObject({ quality: 98, reasons: ['side_assumed'] });
    expect(then.day('2026-11-17')).toMatchObject({ quality: 100, reasons: [] });
    // What crossed the border is not known to have crossed it on the day after, either.
    const paid = given().deposit('2026-11-13', '300').snapshot(evening, { USD: '300' }).snapshot('2026-11-19', { USD: '400' }).deposit('2026-11-16', '100').when('2026-11-15', '2026-11-18');
    expect(paid.day('2026-11-17')).toMatchObject({ inflow: '100', quality: 98 });
    expect(paid.day('2026-11-18').quality).toBe(100);
  });

  it('that a snapshot of noon does not show is of its day all the same', () => {
    const then = given().deposit('2026-11-13', '333.39').snapshot('2026-11-16', { USD: '333.39' }).snapshot('2026-11-19', { USD: '317.7' }).row('fee', '2026-11-16', { cash: '-15.69' }).when('2026-11-16', '2026-11-18');
    expect(then.values()).toEqual(['317.7', '317.7', '317.7']);
    expect(then.result.days.map(({ quality }) => quality)).toEqual([100, 100, 100]);
  });

  it('that settles after a snapshot which shows it happened on one of the days before', () => {
    const then = given().snapshot('2026-11-13', { USD: '100' }).snapshot('2026-11-17', { AAPL: { units: '1', costBasis: '100' }, USD: '0' }).snapshot('2026-11-20', { AAPL: { units: '1', costBasis: '100' }, USD: '0' }).buy('2026-11-18', 'AAPL', '1', '100', { provider: 'plaid' }).closes('AAPL', closes).when('2026-11-13', '2026-11-19');
    expect(then.result.days.map(({ quality }) => quality)).toEqual([100, 100, 98, 98, 100, 100, 100]);
    expect(then.result.invariant.holds).toBe(true);
  });

  it('of the amount that is missing elsewhere proves nothing where its other side is not confirmed', () => {
    // Without the deposit of 100 on the 18th, that of the 16th would do for it, if it came after the snapshot.
    const then = given().deposit('2026-11-13', '400').deposit('2026-11-16', '100').snapshot('2026-11-16', { USD: '500' }).snapshot('2026-11-19', { USD: '600' }).when('2026-11-13', '2026-11-18');
    expect(then.values()).toEqual(['500', '500', '500', '600', '600', '600']);
    expect(then.day('2026-11-17')).toMatchObject({ quality: 98, reasons: ['side_assumed'] });
    // And after the last snapshot: the 100 that are missing on the 17th, and 100 that left on the day of it.
    const last = given().deposit('2026-11-13', '500').snapshot('2026-11-16', { USD: '500' }).snapshot('2026-11-19', { USD: '500' }).row('fee', '2026-11-17', { cash: '-100' }).row('rebate', '2026-11-19', { cash: '100' }).when('2026-11-16', '2026-11-18');
    expect(last.result.days.map(({ quality }) => quality)).toEqual([100, 100, 100]);
    const gone = given().deposit('2026-11-13', '500').snapshot('2026-11-16', { USD: '500' }).snapshot('2026-11-19', { USD: '500' }).row('rebate', '2026-11-19', { cash: '100' }).when('2026-11-16', '2026-11-18');
    expect(gone.result.days.map(({ quality }) => quality)).toEqual([98, 98, 98]);
  });
});
