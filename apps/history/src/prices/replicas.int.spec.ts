import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayNumber } from '@tidemark/market';
import { newId } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { weekdayCloses } from '../testing/fake-fmp.js';
import { PriceWorld } from '../testing/price-world.fixture.js';

let world: PriceWorld;
beforeAll(async () => {
  world = await PriceWorld.start('price_replicas');
}, 60_000);
afterAll(() => world.close());

const DAYS = { from: dayNumber('2026-11-02'), to: dayNumber('2026-11-20') };
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const CLOSES = 'historical-price-eod/non-split-adjusted';

describe('several replicas', () => {
  it('never pay twice for a symbol', async () => {
    const symbols = names('PAY', 30);
    for (const symbol of symbols) world.fmp.set(symbol, { closes: weekdayCloses('2026-11-02', '2026-11-20', () => '10') });
    const replicas = await Promise.all([world.replica(), world.replica(), world.replica()]);
    const runs = replicas.flatMap(({ prices }) => symbols.slice(0, 30).map((symbol) => ({ prices, runId: newId(), symbol })));
    await Promise.all(runs.map(({ prices, runId, symbol }) => prices.supply.want([{ runId, wants: [{ symbol, ...DAYS }] }])));
    await Promise.all(runs.map(({ runId }) => world.settled(runId)));
    expect(symbols.map((symbol) => world.fmp.asked(CLOSES, symbol))).toEqual(symbols.map(() => 1));
    await Promise.all(replicas.map(({ die }) => die()));
  }, 30_000);

  it('one that dies in the middle of a call leaves it to another, and nothing half done', async () => {
    world.fmp.set('DYING', { closes: weekdayCloses('2026-11-02', '2026-11-20', () => '10') });
    world.fmp.fault = { kind: 'slow', ms: 400 };
    const first = await world.replica();
    const runId = newId();
    await first.prices.supply.want([{ runId, wants: [{ symbol: 'DYING', ...DAYS }] }]);
    await waitUntil(async () => world.fmp.asked('profile', 'DYING') > 0, { timeoutMs: 5_000, describe: 'the call' });
    const dying = first.die();
    world.fmp.fault = null;
    const second = await world.replica();
    await world.settled(runId);
    expect(await world.stored('DYING')).toHaveLength(15);
    await Promise.all([dying, second.die()]);
  }, 30_000);
});

describe('the evening after a close', () => {
  it('one call brings the day of every symbol, and splits come with it; what it lacks is asked for alone', async () => {
    const symbols = names('EVE', 12);
    for (const symbol of symbols) world.fmp.set(symbol, { closes: weekdayCloses('2026-11-02', '2026-11-19', () => '100') });
    world.clock.set('2026-11-19T23:00:00.000Z');
    const { prices, die } = await world.replica();
    const first = newId();
    await prices.supply.want([{ runId: first, wants: symbols.map((symbol) => ({ symbol, from: DAYS.from, to: DAYS.to })) }]);
    await world.settled(first);
    world.fmp.bulk = true;
    world.clock.set('2026-11-20T21:05:00.000Z');
    for (const [index, symbol] of symbols.entries()) world.fmp.symbols.get(symbol)!.closes['2026-11-20'] = index === 0 ? '10050' : index === 1 ? '50.25' : '101.5';
    world.fmp.set('EVE1', { closes: world.fmp.symbols.get('EVE1')!.closes, splits: [{ date: '2026-11-20', numerator: 2, denominator: 1 }] });
    const before = world.fmp.requests.length;
    const second = newId();
    await prices.supply.want([{ runId: second, wants: symbols.map((symbol) => ({ symbol, from: DAYS.from, to: DAYS.to })) }]);
    await world.settled(second);
    expect(world.fmp.requests.slice(before).map(({ path }) => path).sort()).toEqual(['eod-bulk', 'splits-calendar']);
    expect((await world.stored('EVE5')).at(-1)).toBe('2026-11-20 101.5');
    expect((await world.quarantined('EVE0'))[0]).toMatchObject({ close: '10050', reason: 'unconfirmed_jump' });
    expect((await prices.reads.closes(['EVE1'], DAYS.from, DAYS.to)).get('EVE1')?.splits).toEqual([{ day: DAYS.to, numerator: '2', denominator: '1' }]);
    await die();
    world.clock.set('2026-11-20T22:30:00.000Z');
  }, 30_000);

  it('a plan without that call is asked symbol by symbol', async () => {
    world.fmp.bulk = false;
    const symbols = names('OLD', 4);
    for (const symbol of symbols) world.fmp.set(symbol, { closes: weekdayCloses('2026-11-02', '2026-11-19', () => '100') });
    world.clock.set('2026-11-19T23:00:00.000Z');
    const { prices, die } = await world.replica();
    for (const until of ['2026-11-19T23:00:00.000Z', '2026-11-20T21:05:00.000Z']) {
      world.clock.set(until);
      for (const symbol of symbols) if (until > '2026-11-20') world.fmp.symbols.get(symbol)!.closes['2026-11-20'] = '101';
      const runId = newId();
      await prices.supply.want([{ runId, wants: symbols.map((symbol) => ({ symbol, from: DAYS.from, to: DAYS.to })) }]);
      await world.settled(runId);
    }
    expect((await world.stored('OLD3')).at(-1)).toBe('2026-11-20 101');
    expect(world.fmp.asked('eod-bulk')).toBeGreaterThan(0);
    await die();
    world.clock.set('2026-11-20T22:30:00.000Z');
  }, 30_000);
});

describe('a file as the source', () => {
  it('is read again when it changes, and a wrong one says which line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-prices-'));
    const path = join(folder, 'prices.csv');
    const line = (symbol: string) => Object.keys(weekdayCloses('2026-11-02', '2026-11-20', () => '1')).map((day) => `${symbol},${day},12.5,EUR`).join('\n');
    await writeFile(path, `symbol,date,close,currency\nFILE1,2026-11-31,1,EUR\n`);
    const { prices, die } = await world.replica({ env: { PRICE_SOURCE: 'file', PRICE_FILE: path } });
    const runId = newId();
    await prices.supply.want([{ runId, wants: [{ symbol: 'FILE1', ...DAYS }] }]);
    await world.settled(runId);
    expect((await world.database.query('SELECT failure FROM price_series WHERE symbol = $1', ['FILE1'])).rows).toEqual([{ failure: 'PRICE_FILE is wrong: line 2: date: a day such as 2026-11-20 is expected' }]);
    await writeFile(path, `symbol,date,close,currency\n${line('FILE1')}\n`);
    await world.database.query('UPDATE price_series SET next_attempt_at = now()');
    await waitUntil(async () => (await world.stored('FILE1')).length === 15, { timeoutMs: 5_000, describe: 'the closes of the file' });
    await die();
    await rm(folder, { recursive: true });
  }, 30_000);
});
