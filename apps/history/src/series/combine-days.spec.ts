import { describe, expect, it } from '@jest/globals';
import { add, subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { withRandom } from '@tidemark/testing';
import { anyDay, plainDay, usd } from '../storage/days.fixture.js';
import { combineDays } from './combine-days.js';
import type { AccountDays } from './combine-days.js';
import { accountDays, day, flow, rates } from './scope.fixture.js';

const none = rates({});
const between = (from: string, to: string, accounts: readonly AccountDays[], given: Partial<Parameters<typeof combineDays>[0]> = {}) =>
  combineDays({ base: 'USD', from: day(from), to: day(to), accounts, rates: none, internal: [], ...given });
const seen = ({ days }: ReturnType<typeof combineDays>) => days.map(({ date, value, inflow, outflow }) => [date.slice(8), value, inflow, outflow]);
const eur = (amount: Decimal) => [{ currency: 'EUR', amount }];

describe('the days of a scope', () => {
  it('are the sum of its accounts, and one whose first day is later has no value before', () => {
    const a = accountDays('a', [plainDay('2026-11-02', '100'), plainDay('2026-11-03', '110'), plainDay('2026-11-04', '120')]);
    const b = accountDays('b', [plainDay('2026-11-03', '50'), plainDay('2026-11-04', '60')]);
    expect(seen(between('2026-11-01', '2026-11-04', [a, b]))).toEqual([['02', '100', '100', '0'], ['03', '160', '50', '0'], ['04', '180', '0', '0']]);
    expect(seen(between('2026-11-01', '2026-11-04', [b]))).toEqual([['03', '50', '50', '0'], ['04', '60', '0', '0']]);
  });

  it('begin without a flow where the account was there the day before', () => {
    const a = accountDays('a', [plainDay('2026-11-02', '100'), plainDay('2026-11-03', '110', { inflow: usd('5'), outflow: usd('2') })]);
    expect(seen(between('2026-11-03', '2026-11-03', [a]))).toEqual([['03', '110', '5', '2']]);
  });

  it('have the difference alone as a flow, where one security stands in the place of another in the next statement', () => {
    const days = [plainDay('2026-11-02', '2774'), plainDay('2026-11-03', '2662.5', { inflow: [...usd('1600'), ...eur('1000')], outflow: usd('2690') })];
    const byHand = { ...accountDays('a', days), stated: true };
    const inDollars = { rates: rates({ EUR: '1.1' }) };
    expect(seen(between('2026-11-02', '2026-11-03', [byHand], inDollars))[1]).toEqual(['03', '2662.5', '10', '0']);
    expect(seen(between('2026-11-02', '2026-11-03', [accountDays('a', days)], inDollars))[1]).toEqual(['03', '2662.5', '2700', '2690']);
    expect(seen(between('2026-11-02', '2026-11-03', [byHand]))[1]?.slice(2)).toEqual([null, '0']);
  });

  it('take an account that stops counting at the value at which it last counted, and its own flows of that day not beside it', () => {
    const a = accountDays('a', [plainDay('2026-11-02', '100'), plainDay('2026-11-03', '100')]);
    const b = accountDays('b', [plainDay('2026-11-02', '50'), plainDay('2026-11-03', '70', { inflow: usd('20') })], (at) => (at >= day('2026-11-03') ? 'excluded' : null));
    const combined = between('2026-11-02', '2026-11-03', [a, b]);
    expect(seen(combined)).toEqual([['02', '150', '150', '0'], ['03', '100', '0', '50']]);
    expect(combined.borders.at(-1)).toEqual({ accountId: 'b', date: '2026-11-03', amount: '-50' });
  });

  it('let one link of a real account follow another with nothing but the difference, and the movement of the day', () => {
    const old = { ...accountDays('old', [plainDay('2026-11-02', '100'), plainDay('2026-11-03', '104'), plainDay('2026-11-04', '104')], (at) => (at >= day('2026-11-04') ? 'disconnected' : null)), real: 'old' };
    const days = [plainDay('2026-11-02', '100'), plainDay('2026-11-03', '105'), plainDay('2026-11-04', '118', { inflow: usd('3') })];
    const again = { ...accountDays('again', days, (at) => (at < day('2026-11-04') ? 'duplicate' : null)), real: 'old' };
    const total = between('2026-11-02', '2026-11-04', [old, again]);
    expect(seen(total)).toEqual([['02', '100', '100', '0'], ['03', '104', '0', '0'], ['04', '118', '4', '0']]);
    expect(total.borders.slice(1)).toEqual([{ accountId: 'again', date: '2026-11-04', amount: '1', takesOver: true }]);
    expect(seen(between('2026-11-02', '2026-11-04', [again]))).toEqual([['04', '118', '108', '0']]);
    const same = { ...old, ...accountDays('old', days.map((one) => ({ ...one, inflow: [] })), old.countsOn) };
    expect(between('2026-11-02', '2026-11-04', [again, same]).borders).toHaveLength(1);
    expect(seen(between('2026-11-04', '2026-11-04', [again, same]))).toEqual([['04', '118', '3', '0']]);
  });

  it('tell of an account that is gone on the first day among the borders of its own series, and as an outflow of the total', () => {
    const gone = accountDays('gone', [plainDay('2026-11-01', '7'), plainDay('2026-11-02', '8'), plainDay('2026-11-03', '9')], (at) => (at === day('2026-11-02') ? 'excluded' : null));
    const alone = between('2026-11-02', '2026-11-03', [gone]);
    expect([seen(alone), alone.borders[0]]).toEqual([[['03', '9', '9', '0']], { accountId: 'gone', date: '2026-11-02', amount: '-7' }]);
    const stays = accountDays('stays', ['2026-11-01', '2026-11-02', '2026-11-03'].map((date) => plainDay(date, '100')));
    expect(seen(between('2026-11-02', '2026-11-03', [stays, gone]))).toEqual([['02', '100', '0', '7'], ['03', '109', '9', '0']]);
  });

  it('let what is owed come in as an outflow', () => {
    const loan = accountDays('loan', [plainDay('2026-11-02', '-500')]);
    expect(seen(between('2026-11-01', '2026-11-02', [loan]))).toEqual([['02', '-500', '0', '500']]);
  });

  it('count an own transfer of one day as no flow of the scope, and as a flow of each account', () => {
    const before = plainDay('2026-11-02', '100');
    const a = accountDays('a', [before, plainDay('2026-11-03', '60', { outflow: usd('40') })]);
    const b = accountDays('b', [before, plainDay('2026-11-03', '147', { inflow: usd('47') })]);
    const parts = [flow('a', '2026-11-03', { amount: '-40' }), flow('b', '2026-11-03', { amount: '40' })];
    expect(seen(between('2026-11-03', '2026-11-03', [a, b], { internal: [parts] }))).toEqual([['03', '207', '7', '0']]);
    expect(seen(between('2026-11-03', '2026-11-03', [a], { internal: [parts] }))).toEqual([['03', '60', '0', '40']]);
  });

  it('convert with the rate of the day, exactly', () => {
    const a = accountDays('a', [plainDay('2026-11-02', '0', { value: eur('100.01'), cash: [], costBasis: eur('90') }), plainDay('2026-11-03', '0', { value: [...eur('100.01'), ...usd('1')], cash: [], costBasis: [] })]);
    const daily = rates({}, (_currency, at) => (at === day('2026-11-02') ? '1.123456789' : '1.2'));
    const { days } = between('2026-11-02', '2026-11-03', [a], { rates: daily });
    expect(days.map((one) => one.value)).toEqual(['112.35691346789', '121.012']);
    expect(days[0]?.costBasis).toBe('101.11111101');
  });

  it('are unknown where a rate is missing: not 1, not 0, and the reason says from when to when', () => {
    const foreign = ['2026-11-02', '2026-11-03', '2026-11-04'].map((date) => plainDay(date, '0', { value: eur('100'), cash: [], costBasis: [] }));
    const a = accountDays('a', foreign);
    const b = accountDays('b', foreign.map((one) => ({ ...one, value: usd('7') })));
    const combined = between('2026-11-02', '2026-11-04', [a, b], { rates: rates({ EUR: '2' }, (_currency, at) => (at === day('2026-11-03') ? null : undefined)) });
    expect(combined.days.map(({ value, quality, complete }) => [value, quality, complete])).toEqual([['207', 100, true], [null, 0, false], ['207', 100, true]]);
    expect(combined.spans).toEqual([{ what: { currency: 'EUR', code: 'rate_missing' }, from: day('2026-11-03'), to: day('2026-11-03') }]);
  });

  it('need no rate for nothing', () => {
    const a = accountDays('a', [plainDay('2026-11-02', '5', { cash: [...eur('0'), ...usd('5')] })]);
    expect(between('2026-11-02', '2026-11-02', [a]).days[0]).toMatchObject({ cash: '5', quality: 100 });
  });

  it('are unknown where nothing of them is known, and not zero; what is known beside it counts', () => {
    const nothing = accountDays('a', [plainDay('2026-11-02', '0', { value: [], complete: false, quality: 0 })]);
    expect(between('2026-11-01', '2026-11-02', [nothing]).days).toMatchObject([{ value: null, complete: false }]);
    expect(between('2026-11-01', '2026-11-02', [nothing, accountDays('b', [plainDay('2026-11-02', '50')])]).days).toMatchObject([{ value: '50', complete: false }]);
  });

  it('carry an account whose close is under way, and say so', () => {
    const a = accountDays('a', [plainDay('2026-11-02', '100'), plainDay('2026-11-03', '110')]);
    const b = accountDays('b', [plainDay('2026-11-02', '50', { inflow: usd('50') })]);
    const { days, spans } = between('2026-11-02', '2026-11-03', [a, b]);
    expect(days[1]).toMatchObject({ value: '160', inflow: '0', quality: 90, origin: 'carried' });
    expect(spans).toEqual([{ what: { accountId: 'b', code: 'carried' }, from: day('2026-11-03'), to: day('2026-11-03') }]);
  });

  it('say a reason once for all the days it holds for', () => {
    const dates = ['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05'];
    const a = accountDays('a', dates.map((date, at) => plainDay(date, '1', { reasons: at === 2 ? [] : [7] })));
    const spans = between('2026-11-02', '2026-11-05', [a]).spans.map(({ from, to }) => [from - day('2026-11-02'), to - day('2026-11-02')]);
    expect(spans).toEqual([[0, 1], [3, 3]]);
  });

  it('have the unknown cost basis of one account as their own', () => {
    const [a, b] = [accountDays('a', [plainDay('2026-11-02', '1')]), accountDays('b', [plainDay('2026-11-02', '1', { costBasis: null, inflow: null })])];
    expect(between('2026-11-02', '2026-11-02', [a, b]).days[0]).toMatchObject({ costBasis: null, value: '2' });
  });

  it('sum exactly to the series of each account alone, whatever the accounts, currencies and days', () =>
    withRandom((random) => {
      for (let round = 0; round < 40; round += 1) {
        const first = day('2026-10-01');
        const accounts = Array.from({ length: random.int(1, 5) }, (_, index) => {
          const start = random.int(0, 20);
          const days = Array.from({ length: 40 - start }, (_, at) => first + start + at).filter(() => random.chance(0.97)).map((number) => anyDay(random, number));
          const gone = random.chance(0.3) ? random.int(20, 45) : 99;
          return accountDays(`a${index}`, days, (at) => (at >= first + gone && at < first + gone + 10 ? 'excluded' : null));
        });
        const given = { base: 'USD', from: first + random.int(0, 10), to: first + 39, rates: rates({ EUR: '1.0823', GBP: '1.27', JPY: '0.0066' }), internal: [] };
        const total = combineDays({ ...given, accounts }).days;
        const alone = accounts.map((one) => combineDays({ ...given, accounts: [one] }));
        const series = alone.map(({ days }) => new Map(days.map((each) => [each.date, each])));
        for (const each of total) {
          const parts = series.flatMap((days) => days.get(each.date) ?? []);
          // An account that went before the first day of its own series is seen going in its borders alone.
          const went = alone.flatMap(({ days, borders }) => borders.filter(({ date }) => date === each.date && date < (days[0]?.date ?? '9')).map(({ amount }) => amount as Decimal));
          expect(each.value ?? '0').toBe(sum(parts.map((part) => part.value ?? '0')));
          for (const field of ['cash', 'costBasis'] as const) if (each[field] !== null) expect(each[field]).toBe(sum(parts.map((part) => part[field] ?? '0')));
          if (each.inflow !== null && each.outflow !== null) expect(subtract(each.inflow, each.outflow)).toBe(sum([...went, ...parts.map((part) => subtract(part.inflow as Decimal, part.outflow as Decimal))]));
        }
        expect(add('0', String(total.length))).not.toBe('0');
      }
    }));
});
