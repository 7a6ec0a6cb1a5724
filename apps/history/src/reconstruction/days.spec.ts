/** Market days through the calendar: daylight saving, leap days, accounts elsewhere, and links late in the evening. */
import { describe, expect, it } from '@jest/globals';
import { given } from './account.fixture.js';

describe('days', () => {
  it('of the spring change of hours are one each: 7, 8 and 9 March 2026', () => {
    const then = given().snapshot('2026-03-09T20:00:00Z', { USD: '130' }).deposit('2026-03-08', '10').deposit('2026-03-09', '20').when('2026-03-07', '2026-03-09');
    expect(then.values()).toEqual(['100', '110', '130']);
  });

  it('close an hour earlier in UTC after it: a snapshot at 20:00 UTC is of the day, a second later of the next', () => {
    expect(given().snapshot('2026-03-06T21:00:00Z', { USD: '1' }).snapshots[0]?.day).toBe(given().snapshot('2026-03-06', { USD: '1' }).snapshots[0]?.day);
    const [before, after] = [given().snapshot('2026-03-09T20:00:00Z', {}), given().snapshot('2026-03-09T20:00:01Z', {})];
    expect((after.snapshots[0]?.day ?? 0) - (before.snapshots[0]?.day ?? 0)).toBe(1);
  });

  it('of the autumn change are one each: 31 October, 1 and 2 November 2026', () => {
    expect(given().snapshot('2026-11-02', { USD: '130' }).deposit('2026-11-01', '10').deposit('2026-11-02', '20').when('2026-10-31', '2026-11-02').values()).toEqual(['100', '110', '130']);
  });

  it('have a 29 February in 2028', () => {
    const then = given().snapshot('2028-03-01', { USD: '130' }).deposit('2028-02-29', '10').deposit('2028-03-01', '20').when('2028-02-28', '2028-03-01');
    expect(then.values()).toEqual(['100', '110', '130']);
  });
});

describe('a trade in the evening', () => {
  const evening = (at: string) => given().snapshot('2026-10-19', { 'crypto:BTC': '1', USD: '22.22' }).buy('2026-10-16', 'crypto:BTC', '1', '677.78', { at }).closes('crypto:BTC', { '2026-10-16': '700', '2026-10-17': '710', '2026-10-18': '720', '2026-10-19': '730' }).when('2026-10-16', '2026-10-18');

  it('at 20:30 in New York belongs to the next day: the close at 16:00 does not show it', () => expect(evening('2026-10-17T00:30:00Z').values()).toEqual(['700', '732.22', '742.22']));
  it('at 15:59 belongs to its day', () => expect(evening('2026-10-16T19:59:00Z').values()).toEqual(['722.22', '732.22', '742.22']));
  it('that was booked days later belongs to the date that the provider gives', () => expect(evening('2026-10-18T15:00:00Z').values()).toEqual(['722.22', '732.22', '742.22']));
});

describe('an account linked at 23:59 in New York', () => {
  /** Thursday 19 November 2026, 23:59:30 in New York. */
  const linked = () => given().snapshot('2026-11-20T04:59:30Z', { AAPL: '10', USD: '500' }).closes('AAPL', { '2026-11-18': '99', '2026-11-19': '100', '2026-11-20': '101' });

  it('is captured on the market day that had begun at the close', () => {
    const then = linked().when('2026-11-19', '2026-11-20');
    expect(then.values()).toEqual(['1500', '1510']);
    expect(then.result.days.map(({ origin }) => origin)).toEqual(['reconstructed', 'captured']);
  });

  it('has what was dated that Thursday in it, and what is dated Friday not', () => {
    const then = linked().buy('2026-11-19', 'AAPL', '1', '100').buy('2026-11-20', 'AAPL', '2', '200').when('2026-11-18', '2026-11-20');
    expect(then.values()).toEqual(['1491', '1500', '1512']);
    expect(then.day('2026-11-20')).toMatchObject({ securities: 1, cash: '300', origin: 'captured' });
  });

  it('is not sure of its captured day’s close until a later snapshot confirms it: the trading came after', () => {
    expect(linked().when('2026-11-19', '2026-11-20').day('2026-11-20').reasons).toContain('carried');
    const confirmed = linked().snapshot('2026-11-20T17:00:00Z', { AAPL: '10', USD: '500' }).when('2026-11-19', '2026-11-20');
    expect(confirmed.day('2026-11-20').reasons).not.toContain('carried');
  });

  it('does not halve over a split on Friday', () => {
    const then = given().snapshot('2026-11-20T04:59:30Z', { AAPL: '10', USD: '0' }).trade('split', '2026-11-20', 'AAPL', '10', '0').closes('AAPL', { '2026-11-19': '100', '2026-11-20': '50' }, [{ day: '2026-11-20', ratio: '2:1' }]).when('2026-11-19', '2026-11-20');
    expect(then.values()).toEqual(['1000', '1000']);
  });
});

describe('an account of another market', () => {
  it('has days that close there: 17:00 in Tokyo is the next market day, in New York still the same one', () => {
    const at = '2026-11-19T08:00:00Z';
    const [tokyo, york] = [given().zone('Asia/Tokyo').snapshot(at, { JPY: '1000' }), given().snapshot(at, { JPY: '1000' })];
    expect(tokyo.when('2026-11-19', '2026-11-20').result.days.map(({ origin }) => origin)).toEqual(['reconstructed', 'captured']);
    expect(york.when('2026-11-19', '2026-11-20').result.days.map(({ origin }) => origin)).toEqual(['captured', 'carried']);
  });
});
