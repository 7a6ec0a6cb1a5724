/** Live values in the history service: real Postgres, NATS and a real quote socket; the gateway's part is played by the spec. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { liveRpc } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { readBars } from './days/intraday-tables.js';
import { closedAt, holds, NOW, startFixture } from './intraday.fixture.js';
import type { IntradayFixture, Replica } from './intraday.fixture.js';

let live: IntradayFixture;
let replica: Replica;
let userId: string;

beforeAll(async () => {
  live = await startFixture('intraday');
  live.closes.set('AAPL', { close: '200.10', currency: 'USD' }).set('BTCUSD', { close: '90000', currency: 'USD' });
  replica = await live.start();
}, 120_000);
afterAll(async () => { await live.close(); });
beforeEach(() => { userId = newId(); });

/** A trade one second later. */
async function trade(symbol: string, price: string): Promise<void> {
  await waitUntil(() => live.socket.followed().includes(symbol), { describe: `${symbol} to be followed` });
  live.clock.advance(1_000);
  live.socket.trade(symbol, price, live.clock.now());
}
const quotes = async (result: string) => Number(new RegExp(`tidemark_quotes_total\\{[^}]*result="${result}"[^}]*\\} (\\d+)`).exec(await replica.metrics())?.[1] ?? 0);
const day = (series: string) => live.database.query('SELECT open, high, low, last, previous_close, closed, day::text FROM intraday_day WHERE series = $1 ORDER BY day', [series]);

describe('a live value', () => {
  it('is there at once, moves with the quotes, is measured by the close before, and leaves its day behind', async () => {
    const accountId = await holds(live.database, userId, [{ asset: 'equity:AAPL', quantity: '10' }, { asset: 'currency:USD', quantity: '50.5' }]);
    await closedAt(live.database, userId, accountId, '2026-11-19', '2051.5');
    const watching = await live.watch(userId);
    expect(await watching.until(() => true)).toMatchObject({ value: '2051.5', cash: '50.5', previousClose: '2051.5', dayChange: '0', dayChangePercent: '0', currency: 'USD', marketState: 'open', day: '2026-11-20', complete: true, quality: 100, reasons: [] });
    await trade('AAPL', '210.123456789012345678');
    expect(await watching.until((value) => value.value !== '2051.5')).toMatchObject({ value: '2151.73456789012345678', dayChange: '100.23456789012345678', dayChangePercent: '4.89', open: '2051.5', high: '2151.73456789012345678', low: '2051.5' });
    await trade('AAPL', '190');
    await watching.until((value) => value.value === '1950.5');
    const whole = { open: '2051.5', high: '2151.73456789012345678', low: '1950.5', last: '1950.5', closed: false, day: '2026-11-20' };
    await waitUntil(async () => (await day(accountId)).rows[0]?.['last'] === '1950.5');
    expect((await day(accountId)).rows).toMatchObject([whole]);
    expect(await readBars(live.database, [accountId], NOW, '2026-11-20T15:05:00Z')).toMatchObject([{ at: '2026-11-20T15:00:00.000Z', open: '2051.5', high: '2151.73456789012345678', low: '1950.5', close: '1950.5', currency: 'USD', quality: 100 }]);
  });

  it('drops what cannot be a price, and goes on with the next good one', async () => {
    await holds(live.database, userId, [{ asset: 'crypto:BTC', quantity: '2' }]);
    const watching = await live.watch(userId);
    expect(await watching.until(() => true)).toMatchObject({ value: '180000' });
    const before = await Promise.all(['not_positive', 'spike', 'out_of_order', 'malformed'].map(quotes));
    for (const price of ['0', '-90000', '9000000', '900']) await trade('BTCUSD', price);
    await trade('BTCUSD', '90001');
    await watching.until((value) => value.value === '180002');
    live.socket.trade('BTCUSD', '90500', live.clock.now() - 5_000);
    live.socket.say('{"type":"T","s":"btcusd"}');
    live.socket.say('{"s":"btcusd","t":1,"type":"Q","ap":1,"bp":1}');
    await trade('BTCUSD', '90002');
    await watching.until((value) => value.value === '180004');
    expect(watching.values.map((value) => value.value)).toEqual(['180000', '180002', '180004']);
    expect((await Promise.all(['not_positive', 'spike', 'out_of_order', 'malformed'].map(quotes))).map((count, index) => count - (before[index] as number))).toEqual([2, 2, 1, 1]);
  });

  it('follows a new snapshot, which counts a contract once, and a deposit is no gain', async () => {
    const accountId = await holds(live.database, userId, [{ asset: 'currency:USD', quantity: '1000' }]);
    await closedAt(live.database, userId, accountId, '2026-11-19', '1000');
    const watching = await live.watch(userId);
    await watching.until((value) => value.value === '1000');
    await live.database.query("INSERT INTO account_transaction (transaction_id, account_id, user_id, connection_id, provider, kind, day, units, cash, currency, external, pending, unknown, rules, normalised, recorded) VALUES ($1, $2, $3, $1, 'plaid', 'deposit', '2026-11-20', '0', '500', 'USD', true, false, false, '', '{}', '{}')", [newId(), accountId, userId]);
    await holds(live.database, userId, [{ asset: 'currency:USD', quantity: '1375' }, { asset: 'option:NFLX271217C00355000', quantity: '1', multiplier: '100', price: '1.25' }], { accountId, capturedAt: '2026-11-20T15:00:30Z' });
    expect(await watching.until((value) => value.value === '1500')).toMatchObject({ netFlow: '500', dayChange: '0', cash: '1375' });
  });

  it('takes what a manual account states today for paid in or taken out, and what it held already for a gain', async () => {
    // 10 of a house share at 50 and 100 of cash; today 12 at 55 and 40 of cash: two at 55 came in, 60 went out, ten gained 5 each.
    const share = (quantity: string, price: string) => ({ asset: 'provider:manual:house', quantity, price });
    const accountId = await holds(live.database, userId, [share('10', '50'), { asset: 'currency:USD', quantity: '100' }], { provider: 'manual', capturedAt: '2026-11-19T15:00:00Z' });
    await closedAt(live.database, userId, accountId, '2026-11-19', '600');
    const watching = await live.watch(userId);
    expect(await watching.until((value) => value.value === '600')).toMatchObject({ netFlow: '0', dayChange: '0' });
    await holds(live.database, userId, [share('12', '55'), { asset: 'currency:USD', quantity: '40' }], { accountId, provider: 'manual', capturedAt: '2026-11-20T15:00:30Z' });
    expect(await watching.until((value) => value.value === '700')).toMatchObject({ netFlow: '50', dayChange: '50' });
  });

  it('is in the currency asked for, of the account asked for, and of nobody else', async () => {
    live.dollars.set('EUR', '1.08337');
    const accountId = await holds(live.database, userId, [{ asset: 'currency:EUR', quantity: '100' }], { currency: 'EUR' });
    await holds(live.database, userId, [{ asset: 'currency:USD', quantity: '1' }], { provider: 'manual' });
    expect(await (await live.watch(userId)).until(() => true)).toMatchObject({ value: '109.337', complete: true });
    expect(await (await live.watch(userId, { account: accountId })).until(() => true)).toMatchObject({ account: accountId, value: '108.337' });
    expect(await (await live.watch(userId, { source: 'house' })).until(() => true)).toMatchObject({ source: 'house', value: '1' });
    expect(await (await live.watch(userId, { currency: 'EUR' })).until(() => true)).toMatchObject({ currency: 'EUR', value: '100', complete: false, reasons: expect.arrayContaining([expect.objectContaining({ code: 'rate_missing' })]) });
    const ask = (payload: object, as: string) => live.rpc.call(liveRpc.watch, { watchId: newId(), ...payload }, { userId: as, requestId: newId() });
    expect(await ask({ account: accountId }, 'somebody else')).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await ask({ currency: 'XXX' }, userId)).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'currency' }] } });
  });

  it('is of the market for what a manual account holds without saying in which currency, and of its own listing where it says so', async () => {
    live.dollars.set('EUR', '1.08337');
    await holds(live.database, userId, [{ asset: 'equity:AAPL', quantity: '1' }, { asset: 'currency:EUR', quantity: '80' }], { provider: 'manual', currency: 'EUR' });
    const unstated = await (await live.watch(userId)).until(() => true);
    expect(unstated).toMatchObject({ cash: '86.6696', complete: true });
    expect(Number(unstated?.value)).toBeGreaterThan(200);
    const other = newId();
    await holds(live.database, other, [{ asset: 'equity:AAPL', quantity: '1', currency: 'EUR' }, { asset: 'currency:EUR', quantity: '80' }], { provider: 'manual', currency: 'EUR' });
    expect(await (await live.watch(other)).until(() => true)).toMatchObject({ value: '86.6696', complete: false, reasons: expect.arrayContaining([expect.objectContaining({ code: 'price_missing' })]) });
  });

  it('ends with its watch', async () => {
    await holds(live.database, userId, [{ asset: 'crypto:BTC', quantity: '1' }]);
    const watching = await live.watch(userId);
    await watching.until(() => true);
    expect(await live.rpc.call(liveRpc.keepWatches, { keep: [newId(), watching.watchId], end: [] }, { userId: '~gateway', requestId: newId() })).toMatchObject({ value: { unknown: [expect.any(String)] } });
    await live.rpc.call(liveRpc.keepWatches, { keep: [], end: [watching.watchId] }, { userId: '~gateway', requestId: newId() });
    await waitUntil(async () => (await replica.metrics()).includes('tidemark_live_users') && !(await live.database.query('SELECT 1 FROM intraday_watch WHERE watch_id = $1', [watching.watchId])).rowCount);
  });
});

describe('breaks', () => {
  it('of the quote socket are mended, and what is held is followed again', async () => {
    await holds(live.database, userId, [{ asset: 'crypto:BTC', quantity: '1' }]);
    const watching = await live.watch(userId);
    await watching.until(() => true);
    const connections = live.socket.connections();
    live.socket.cut();
    await waitUntil(() => live.socket.connections() > connections);
    await trade('BTCUSD', '91000');
    await watching.until((value) => value.value === '91000');
  });

  it('of a replica: another goes on with those who are watched, and the day goes on from the tables', async () => {
    const accountId = await holds(live.database, userId, [{ asset: 'crypto:BTC', quantity: '1' }]);
    const watching = await live.watch(userId);
    for (const price of ['92000', '88000', '91500']) {
      await trade('BTCUSD', price);
      await watching.until((value) => value.value === price);
    }
    await waitUntil(async () => (await day(accountId)).rows[0]?.['last'] === '91500');
    await replica.die();
    replica = await live.start();
    await trade('BTCUSD', '91600');
    const next = await watching.until((value) => value.value === '91600');
    expect([next.high, next.low]).toEqual(['92000', '88000']);
  });
});

describe('the close', () => {
  it('ends the day with its last value, which the next one is measured by until the end of day has its own', async () => {
    const accountId = await holds(live.database, userId, [{ asset: 'equity:AAPL', quantity: '10' }, { asset: 'crypto:BTC', quantity: '1' }]);
    await closedAt(live.database, userId, accountId, '2026-11-19', '92001');
    const watching = await live.watch(userId);
    await trade('AAPL', '205');
    await trade('BTCUSD', '91000');
    expect(await watching.until((value) => value.value === '93050')).toMatchObject({ dayChange: '1049', marketState: 'open' });
    live.clock.set('2026-11-20T21:00:00.500Z');
    expect(await watching.until((value) => value.marketState === 'closed')).toMatchObject({ day: '2026-11-21', value: '93050', previousClose: '93050', dayChange: '0', open: '93050', high: '93050', low: '93050' });
    await waitUntil(async () => (await day(accountId)).rows[0]?.['closed'] === true);
    expect((await day(accountId)).rows[0]).toMatchObject({ day: '2026-11-20', last: '93050', closed: true, previous_close: '92001' });
    await waitUntil(() => !live.socket.followed().includes('AAPL'), { describe: 'AAPL to be let go' });
    await trade('BTCUSD', '91100');
    expect(await watching.until((value) => value.value === '93150')).toMatchObject({ dayChange: '100' });
    await closedAt(live.database, userId, accountId, '2026-11-20', '93049.5');
    expect(await watching.until((value) => value.previousClose === '93049.5')).toMatchObject({ value: '93150', dayChange: '100.5' });
  });
});
