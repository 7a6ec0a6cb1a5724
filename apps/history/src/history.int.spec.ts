import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@tidemark/service';
import { completed, discover, recorded, snapshotOf, startFixture, stock, trade, usd } from './history.fixture.js';
import type { HistoryFixture } from './history.fixture.js';
import { pricesOf } from './jobs/prices.fixture.js';

let history: HistoryFixture;
const prices = pricesOf({ AAPL: () => '100' });

beforeAll(async () => {
  history = await startFixture('history');
  await history.start({ supply: prices });
}, 120_000);
afterAll(async () => { await history.close(); });

describe('reconstruction', () => {
  it('begins by itself at the first sync and leaves two years of days', async () => {
    const account = await discover(history);
    const syncId = newId();
    const buy = trade('2025-06-02', 'buy', 'AAPL', '10', '900');
    await history.say('sync', account.userId, [snapshotOf(account, '2026-11-20T15:00:00.000Z', [stock('AAPL', '10'), usd('100')], syncId), recorded(account, [buy], syncId), completed(account, syncId)]);
    const found = await history.finished(account);
    expect(found).toMatchObject({ status: 'completed', cause: 'first_sync', revision: 1, from: '2024-11-20', to: '2026-11-20', unknownTransactions: [], error: null });
    expect(await history.told(account)).toMatchObject([{ type: 'HistoryReconstructed', data: { revision: 1, days: 731 } }]);
  });
});
