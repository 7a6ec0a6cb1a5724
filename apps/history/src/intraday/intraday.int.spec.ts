import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@tidemark/service';
import { closedAt, holds, NOW, startFixture } from './intraday.fixture.js';
import type { IntradayFixture, Replica } from './intraday.fixture.js';

let live: IntradayFixture;
let replica: Replica;
const at = (seconds: number) => Date.parse(NOW) + seconds * 1_000;

beforeAll(async () => {
  live = await startFixture('intraday');
  live.closes.set('AAPL', { close: '200.10', currency: 'USD' }).set('BTCUSD', { close: '90000', currency: 'USD' });
  replica = await live.start();
}, 120_000);
afterAll(async () => { await live.close(); });

describe('a live value', () => {
  it('is there at once, moves with the quotes, and is measured by the close before', async () => {
    const userId = newId();
    const accountId = await holds(live.database, userId, [{ asset: 'equity:AAPL', quantity: '10' }, { asset: 'currency:USD', quantity: '50.5' }]);
    await closedAt(live.database, userId, accountId, '2026-11-19', '2051.5');
    const watching = await live.watch(userId);
    expect(await watching.until(() => true)).toMatchObject({ value: '2051.5', cash: '50.5', previousClose: '2051.5', dayChange: '0', dayChangePercent: '0', currency: 'USD', marketState: 'open', day: '2026-11-20', complete: true, quality: 100, reasons: [] });
    await watching.until(() => live.socket.followed().includes('AAPL'));
    live.clock.set(new Date(at(1)).toISOString());
    live.socket.trade('AAPL', '210.123456789012345678', at(1));
    const up = await watching.until((value) => value.value !== '2051.5');
    expect(up).toMatchObject({ value: '2151.73456789012345678', dayChange: '100.23456789012345678', dayChangePercent: '4.89', open: '2051.5', high: '2151.73456789012345678', low: '2051.5' });
  });
});
