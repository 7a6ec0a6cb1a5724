import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PricesObserved } from '@tidemark/contracts';
import { dayNumber } from '@tidemark/market';
import { newId } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { weekdayCloses } from '../testing/fake-fmp.js';
import { PriceWorld } from '../testing/price-world.fixture.js';
import { introduce } from './introduce.js';
import type { Prices } from './start-prices.js';
import { wantQuarantined, wantRates } from './upkeep.js';
import { pricesSettled, wantPrices } from './want.js';

let world: PriceWorld;
let prices: Prices;

beforeAll(async () => {
  world = await PriceWorld.start('prices');
  prices = (await world.replica()).prices;
}, 60_000);
beforeEach(() => {
  world.fmp.fault = null;
  world.fmp.bulk = false;
});
afterAll(() => world.close());

const NOVEMBER = { from: dayNumber('2026-11-02'), to: dayNumber('2026-11-20') };
const november = (price: (index: number) => string = (index) => `${100 + index}.5`) => weekdayCloses('2026-11-02', '2026-11-20', price);

async function fetched(symbol: string, runId = newId()): Promise<string> {
  await prices.supply.want([{ runId, wants: [{ symbol, ...NOVEMBER }] }]);
  await world.settled(runId);
  return runId;
}

describe('prices that are wanted', () => {
  it('twenty runs that want a symbol cost one call, and later ones none', async () => {
    world.fmp.set('ONE', { closes: november() });
    const runs = Array.from({ length: 20 }, () => newId());
    await Promise.all(runs.map((runId) => prices.supply.want([{ runId, wants: [{ symbol: 'ONE', ...NOVEMBER }] }])));
    await Promise.all(runs.map((runId) => world.settled(runId)));
    expect([world.fmp.asked('historical-price-eod/non-split-adjusted', 'ONE'), world.fmp.asked('splits', 'ONE')]).toEqual([1, 1]);
    expect(await prices.supply.want([{ runId: newId(), wants: [{ symbol: 'ONE', ...NOVEMBER }] }])).toEqual(new Set());
    expect(await world.stored('ONE')).toHaveLength(15);
    const [event] = await world.events<PricesObserved>('~symbol:ONE');
    expect(event).toMatchObject({ type: 'PricesObserved', data: { symbol: 'ONE', kind: 'security', currency: 'USD', source: 'fmp', to: '2026-11-20', corrected: false } });
    expect(event?.data.prices[0]).toEqual({ day: '2026-11-02', close: '100.5' });
  });

  it('are whole to the last digit, and prepared with what is carried', async () => {
    world.fmp.set('DIGITS', { closes: { '2026-11-16': '1234567890123.123456789012345678', '2026-11-18': '1234567890124.5', '2026-11-20': '1234567890124.5' } });
    await fetched('DIGITS');
    const book = await prices.reads.closes(['DIGITS', 'NOTHING'], NOVEMBER.from, NOVEMBER.to + 1);
    const series = book.get('DIGITS');
    expect([series?.scale, series?.newest[13], series?.newest[14], series?.newest[15], series?.newest[19]]).toEqual([18, null, 1234567890123123456789012345678n, 1234567890123123456789012345678n, 1234567890124500000000000000000n]);
    expect([...(series?.age ?? [])].slice(14)).toEqual([0, 1, 0, 1, 0, 1]);
    expect(book.has('NOTHING')).toBe(false);
    expect((await prices.reads.closes(['DIGITS'], NOVEMBER.from, NOVEMBER.to)).get('DIGITS')).toBe(series);
  });

  it('of the day that is not over are not asked for', async () => {
    world.fmp.set('TODAY', { closes: { ...november(), '2026-11-23': '1' } });
    world.clock.set('2026-11-23T20:59:00.000Z');
    await fetched('TODAY');
    await prices.supply.want([{ runId: newId(), wants: [{ symbol: 'TODAY', from: NOVEMBER.from, to: dayNumber('2026-11-23') }] }]);
    expect((await world.stored('TODAY')).at(-1)).toBe('2026-11-20 114.5');
    expect(world.fmp.requests.every(({ to }) => to === null || to < '2026-11-23')).toBe(true);
    world.clock.set('2026-11-20T22:30:00.000Z');
  });

  it('of a currency that nobody is in are fetched when somebody looks through it, and kept fresh', async () => {
    world.fmp.set('SEKUSD', { kind: 'fx', closes: { ...november(() => '0.1'), '2026-11-23': '0.125' } });
    const rate = async (day: number) => (await prices.reads.ratesFor(['SEK', 'USD'], NOVEMBER.from, day)).rate('SEK', 'USD', day);
    expect([await rate(NOVEMBER.to), world.fmp.asked('historical-price-eod/full', 'SEKUSD')]).toEqual(['0.1', 1]);
    world.clock.set('2026-11-23T23:30:00.000Z');
    await wantRates(prices.deps);
    await waitUntil(async () => (await rate(NOVEMBER.to + 3)) === '0.125', { timeoutMs: 5_000, describe: 'the new rate' });
    world.clock.set('2026-11-20T22:30:00.000Z');
    expect((await prices.reads.ratesFor(['QQQ'], NOVEMBER.from, NOVEMBER.to)).rate('QQQ', 'USD', NOVEMBER.to)).toBeNull();
    expect(world.fmp.asked('historical-price-eod/full', 'QQQUSD')).toBe(0);
  });

  it('of currencies give rates through the dollar, the nearest earlier where a day has none', async () => {
    world.fmp.set('EURUSD', { kind: 'fx', closes: november(() => '1.25') }).set('GBPUSD', { kind: 'fx', closes: november(() => '1.5') });
    await Promise.all([fetched('EURUSD'), fetched('GBPUSD')]);
    const rates = await prices.reads.ratesFor(['EUR', 'GBP', 'USD', 'CHF'], NOVEMBER.from, NOVEMBER.to + 2);
    expect([rates.rate('EUR', 'USD', NOVEMBER.to), rates.rate('EUR', 'GBP', NOVEMBER.to), rates.rate('USD', 'EUR', NOVEMBER.to), rates.rate('CHF', 'USD', NOVEMBER.to), rates.rate('CHF', 'CHF', NOVEMBER.to)]).toEqual(['1.25', '0.833333333333333333', '0.8', null, '1']);
    expect([rates.age('EUR', 'GBP', NOVEMBER.to + 2), rates.age('CHF', 'EUR', NOVEMBER.to)]).toEqual([2, null]);
  });
});

describe('a source that is wrong', () => {
  it.each([
    ['ZERO', '0', 'not_positive'],
    ['NEGATIVE', '-107.5', 'not_positive'],
    ['SPIKE', '10750', 'spike'],
    ['DIVIDEND', '0.26', 'far_below'],
  ])('%s: stores nothing wrong, keeps it apart, and recovers by itself', async (symbol, wrong, reason) => {
    const right = november();
    world.fmp.set(symbol, { closes: { ...right, '2026-11-11': wrong } });
    await fetched(symbol);
    expect(await world.stored(symbol)).toHaveLength(14);
    expect(await world.quarantined(symbol)).toEqual([{ day: dayNumber('2026-11-11'), close: wrong, reason }]);
    world.fmp.set(symbol, { closes: right });
    await world.database.query(`UPDATE price_quarantine SET again_at = now() WHERE symbol = $1`, [symbol]);
    await wantQuarantined(prices.deps);
    await waitUntil(async () => (await world.stored(symbol)).length === 15, { timeoutMs: 5_000, describe: 'the good close to be stored' });
    expect(await world.quarantined(symbol)).toEqual([]);
    // Whoever carried the day before into it is told as of a correction.
    expect((await world.events<PricesObserved>(`~symbol:${symbol}`)).at(-1)?.data).toMatchObject({ corrected: true, prices: [{ day: '2026-11-11', close: '107.5' }] });
  });

  it('answers two closes for a day: neither is stored', async () => {
    world.fmp.set('TWICE', { closes: { ...november(), '2026-11-11 ': '108.9' } });
    await fetched('TWICE');
    expect((await world.stored('TWICE')).some((line) => line.startsWith('2026-11-11'))).toBe(false);
    expect((await world.quarantined('TWICE'))[0]).toMatchObject({ reason: 'duplicate_differs' });
  });
});

describe('a symbol that does not exist', () => {
  it('is asked for once, whoever wants it, and again after a month', async () => {
    await fetched('NOWHERE');
    expect(world.fmp.asked('profile', 'NOWHERE')).toBe(1);
    const [runId, forced] = [newId(), newId()];
    expect(await prices.supply.want([{ runId, wants: [{ symbol: 'NOWHERE', ...NOVEMBER }] }])).toEqual(new Set());
    await wantPrices(prices.deps, world.database, [{ runId: forced, wants: [{ symbol: 'NOWHERE', ...NOVEMBER }] }], { force: true });
    expect((await world.database.query(`SELECT 1 FROM price_want WHERE symbol = 'NOWHERE'`)).rowCount).toBe(0);
    await world.database.query(`UPDATE price_series SET absent_until = now(), next_attempt_at = now() WHERE symbol = 'NOWHERE'`);
    world.fmp.set('NOWHERE', { closes: november() });
    await fetched('NOWHERE');
    expect([world.fmp.asked('profile', 'NOWHERE'), (await world.stored('NOWHERE')).length]).toEqual([2, 15]);
  });

  it('may be a coin, or a currency that has no rates', async () => {
    world.fmp.set('DOGEUSD', { kind: 'crypto', closes: november(() => '0.4') });
    await fetched('DOGEUSD');
    await waitUntil(async () => (await world.stored('DOGEUSD')).length === 15, { timeoutMs: 5_000, describe: 'the coin' });
    await fetched('KPWUSD');
    const asked = world.fmp.requests.length;
    // An empty answer is all that says so of a currency: that stands for a day, not for a month.
    expect((await world.database.query(`SELECT symbol FROM price_series WHERE symbol = ANY('{DOGEUSD,KPWUSD}') AND absent_until BETWEEN now() + interval '23 hours' AND now() + interval '1 day'`)).rows).toEqual([{ symbol: 'KPWUSD' }]);
    expect(await prices.supply.want([{ runId: newId(), wants: [{ symbol: 'KPWUSD', ...NOVEMBER }] }])).toEqual(new Set());
    expect(world.fmp.requests).toHaveLength(asked);
  });

  it('is introduced by a user a few times a day, and costs nothing once it is known not to be', async () => {
    const by = (userId: string, symbol: string) => introduce(world.database, { userId, symbol, most: 2 });
    expect(await by('bea', 'NOWHERE')).toEqual({ kind: 'known' });
    expect([await by('bea', 'NEW1'), await by('bea', 'NEW1'), await by('bea', 'NEW2')]).toEqual([{ kind: 'introduced' }, { kind: 'introduced' }, { kind: 'introduced' }]);
    expect(await by('bea', 'NEW3')).toMatchObject({ kind: 'too_many', again: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(await by('bob', 'NEW3')).toEqual({ kind: 'introduced' });
    await fetched('NEW3');
    expect(await by('bob', 'NEW3')).toMatchObject({ kind: 'absent', until: expect.stringMatching(/^\d{4}-.*Z$/) });
    await world.database.query(`UPDATE benchmark_introduced SET at = at - interval '1 day'`);
    expect(await by('bea', 'NEW4')).toEqual({ kind: 'introduced' });
  });
});

describe('a source that is down, slow or limits', () => {
  it.each([
    ['DOWN', { kind: 'status', status: 503, message: 'down' }],
    ['LIMITED', { kind: 'status', status: 429, message: 'Limit Reach', headers: { 'retry-after': '0' } }],
    ['LIMITED200', { kind: 'limit_as_200' }],
    ['SLOW', { kind: 'slow', ms: 700 }],
    ['CUT', { kind: 'cut' }],
  ] as const)('%s: nothing is stored, it says why, and it recovers by itself', async (symbol, fault) => {
    world.fmp.set(symbol, { closes: november() });
    world.fmp.fault = fault;
    const runId = newId();
    expect(await prices.supply.want([{ runId, wants: [{ symbol, ...NOVEMBER }] }])).toEqual(new Set([runId]));
    const waiting = await waitUntil(async () => {
      const now = await pricesSettled(world.database, runId);
      return now.waiting[0]?.reason ? now : null;
    }, { timeoutMs: 5_000, describe: 'a reason' });
    expect([waiting.settled, await world.stored(symbol)]).toEqual([false, []]);
    world.fmp.fault = null;
    await world.settled(runId);
    expect(await world.stored(symbol)).toHaveLength(15);
  });

  it('does not let runs wait for what will not come by itself', async () => {
    world.fmp.set('PLAN', { closes: november() });
    world.fmp.fault = { kind: 'status', status: 402, message: 'Premium Query Parameter: not available under your current subscription' };
    const runId = await fetched('PLAN');
    expect(await pricesSettled(world.database, runId)).toEqual({ settled: true, waiting: [], failed: [{ symbol: 'PLAN', reason: 'the plan at fmp does not include this' }] });
  });

  it('never lets the key into a log or a URL', () => {
    const text = world.lines.join('\n');
    expect(text.length).toBeGreaterThan(1_000);
    expect(text).not.toContain(world.fmp.key);
    expect(JSON.stringify(world.fmp.requests)).not.toContain(world.fmp.key);
  });
});
