/** Activities, gains and income over RPC: from events to answers, for their user alone. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { historyRpc } from '@tidemark/contracts';
import type { RecordedTransaction, RequestOf, RpcContract } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import { completed, corrected, discover, recorded, snapshotOf, startFixture, stock, trade, usd } from '../history.fixture.js';
import type { GivenAccount, HistoryFixture } from '../history.fixture.js';

const { activities, gains, income } = historyRpc;

let history: HistoryFixture;
let account: GivenAccount;
let other: GivenAccount;
let stranger: GivenAccount;

const cash = (date: string, subtype: string, amount: string, more: Partial<RecordedTransaction> = {}): RecordedTransaction => ({ ...trade(date, 'sell', 'AAPL', '0', amount), providerType: 'cash', providerSubtype: subtype, quantity: '0', ...more });
const bought = trade('2026-01-12', 'buy', 'AAPL', '10', '1000');
const later = trade('2026-02-12', 'buy', 'AAPL', '10', '1500');
const sold = trade('2026-06-12', 'sell', 'AAPL', '5', '900');
const rows = [bought, later, sold, cash('2026-03-16', 'dividend', '10'), cash('2026-03-16', 'tax withheld', '-1.5'), { ...trade('2026-04-01', 'buy', 'AAPL', '1', '1'), providerType: 'levitation' }];

beforeAll(async () => {
  history = await startFixture('asked');
  await history.start({ source: null });
  account = await discover(history);
  other = await discover(history, { userId: account.userId, provider: 'snaptrade' });
  stranger = await discover(history);
  await firstSync(account, [{ ...stock('AAPL', '15'), price: '200', costBasis: '2000' }, usd('100')], rows);
  await firstSync(other, [usd('0.5')], [{ ...trade('2026-05-04', 'buy', 'AAPL', '0', '0'), providerType: 'INTEREST', providerSubtype: null, asset: null, quantity: null, amount: '0.5', original: {} }]);
}, 120_000);
afterAll(async () => { await history.close(); });

async function firstSync(of: GivenAccount, lines: Parameters<typeof snapshotOf>[2], transactions: readonly RecordedTransaction[]): Promise<void> {
  const syncId = newId();
  await history.seen(await history.say('sync', of.userId, [snapshotOf(of, '2026-11-20T21:30:00.000Z', lines, syncId), recorded(of, transactions, syncId), completed(of, syncId)]));
}

async function ask<C extends RpcContract>(contract: C, payload: RequestOf<C>, userId = account.userId): Promise<any> {
  const reply = await history.call(contract, userId, payload);
  return reply.ok ? reply.value : reply.error;
}

describe('activities', () => {
  it('are all there, newest first, a page after the other', async () => {
    const pages: string[][] = [];
    let cursor: string | null | undefined;
    do {
      const page: any = await ask(activities, { limit: 3, ...(cursor ? { cursor } : {}) });
      pages.push(page.items.map(({ date, type }: any) => `${date} ${type}`));
      cursor = page.nextCursor;
    } while (cursor);
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual(['2026-06-12 sell', '2026-05-04 interest', '2026-04-01 unknown', expect.stringMatching(/^2026-03-16 /), expect.stringMatching(/^2026-03-16 /), '2026-02-12 buy', '2026-01-12 buy']);
  });

  it('are those asked for', async () => {
    expect((await ask(activities, { type: 'dividend,interest' })).items).toMatchObject([{ type: 'interest', accountId: other.accountId, amount: '0.5', provider: 'snaptrade' }, { type: 'dividend', amount: '10', quantity: '0' }]);
    expect((await ask(activities, { account: other.accountId })).items).toHaveLength(1);
    expect((await ask(activities, { from: '2026-02-12', to: '2026-03-31' })).items).toHaveLength(3);
    expect((await ask(activities, { source: 'house' })).items).toEqual([]);
  });

  it('are in another currency where one is asked for, and say where no rate is known', async () => {
    const [dividend] = (await ask(activities, { type: 'dividend', currency: 'EUR' })).items;
    expect(dividend).toMatchObject({ currency: 'EUR', amount: null, unconverted: { currency: 'USD', amount: '10' }, reason: { code: 'rate_missing', accountId: account.accountId, from: '2026-03-16' } });
    expect((await ask(activities, { type: 'dividend', currency: 'USD' })).items).toMatchObject([{ currency: 'USD', amount: '10', unconverted: null }]);
    expect(await ask(activities, { currency: 'XQX' })).toMatchObject({ code: 'validation_failed', errors: [{ field: 'currency' }] });
  });

  it('of another user are as unknown as if they were not', async () => {
    expect((await ask(activities, {}, stranger.userId)).items).toEqual([]);
    expect(await ask(activities, { account: account.accountId }, stranger.userId)).toMatchObject({ code: 'not_found' });
  });

  it('say what is wrong with a question', async () => {
    expect(await ask(activities, { cursor: 'nonsense' })).toMatchObject({ code: 'validation_failed', errors: [{ field: 'cursor' }] });
    expect(await ask(activities, { type: 'dividends' })).toMatchObject({ code: 'validation_failed', errors: [{ field: 'type' }] });
    expect(await ask(activities, { from: '2026-02-30' })).toMatchObject({ code: 'validation_failed', errors: [{ field: 'from' }] });
  });
});

describe('gains', () => {
  it('are those of the oldest lot, of the average, or of the lot that is named', async () => {
    expect(await ask(gains, {})).toMatchObject({ currency: 'USD', method: 'fifo', realised: { total: '400', shortTerm: '400', longTerm: '0', lines: [{ transactionId: sold.transactionId, costBasis: '500', proceeds: '900', acquired: '2026-01-12', sold: '2026-06-12' }] } });
    expect(await ask(gains, { method: 'average' })).toMatchObject({ realised: { total: '275', lines: [{ costBasis: '625' }] } });
    expect(await ask(gains, { method: 'specific', lots: `${sold.transactionId}:${later.transactionId}:5` })).toMatchObject({ realised: { total: '150', lines: [{ costBasis: '750', acquired: '2026-02-12' }] } });
  });

  it('that are not realised are value less cost: 15 × 200 − 2000', async () => {
    expect((await ask(gains, {})).unrealised).toMatchObject({ total: '1000', lines: [{ asset: 'equity:AAPL', quantity: '15', value: '3000', costBasis: '2000', gain: '1000', acquired: '2026-01-12' }] });
  });

  it('are of the days, the accounts and the user asked for', async () => {
    expect((await ask(gains, { from: '2026-06-13' })).realised).toMatchObject({ total: '0', lines: [] });
    expect(await ask(gains, { account: other.accountId })).toMatchObject({ realised: { lines: [] }, unrealised: { lines: [] } });
    expect(await ask(gains, {}, stranger.userId)).toMatchObject({ realised: { total: '0' }, unrealised: { total: '0' } });
    expect(await ask(gains, { account: account.accountId }, stranger.userId)).toMatchObject({ code: 'not_found' });
  });

  it('say what is wrong with lots', async () => {
    const refused = await ask(gains, { method: 'specific', lots: `${sold.transactionId}:${later.transactionId}:11` });
    expect(refused).toMatchObject({ code: 'validation_failed', errors: [{ field: 'lots', message: expect.stringContaining('there are no 11 of it left') }] });
    expect(await ask(gains, { method: 'specific', lots: `${sold.transactionId}:${later.transactionId}:1` }, stranger.userId)).toMatchObject({ code: 'validation_failed', errors: [{ field: 'lots', message: expect.stringContaining('is no transaction') }] });
  });
});

describe('income', () => {
  it('is of all accounts, of one, and of no other user', async () => {
    expect(await ask(income, {})).toMatchObject({ currency: 'USD', dividends: '10', interest: '0.5', total: '10.5', withheld: '1.5', reasons: [] });
    expect(await ask(income, { account: other.accountId })).toMatchObject({ dividends: '0', interest: '0.5', months: [{ month: '2026-05' }, { month: '2026-06' }, {}, {}, {}, {}, { month: '2026-11' }] });
    expect(await ask(income, {}, stranger.userId)).toMatchObject({ total: '0' });
  });
});

describe('an account that is taken out on a day', () => {
  it('has its rows of before listed as it has its income counted, and all of them where it is named', async () => {
    const third = await discover(history, { userId: account.userId });
    await firstSync(third, [usd('9')], [cash('2026-05-29', 'dividend', '3'), cash('2026-06-01', 'dividend', '4')]);
    const reached = await history.say('connections', account.userId, [[`connection-${third.connectionId}`, 'AccountUpdated', { userId: account.userId, connectionId: third.connectionId, accountId: third.accountId, countInTotals: false, effectiveAt: '2026-06-01T15:00:00.000Z' }]]);
    await history.seen(reached);
    const listed = async (payload: RequestOf<typeof activities>) => (await ask(activities, { type: 'dividend', ...payload })).items.map(({ date, amount, counted }: any) => [date, amount, counted]);
    expect(await listed({})).toEqual([['2026-05-29', '3', true], ['2026-03-16', '10', true]]);
    expect(await ask(income, {})).toMatchObject({ dividends: '13' });
    expect(await listed({ account: third.accountId })).toEqual([['2026-06-01', '4', false], ['2026-05-29', '3', true]]);
    expect(await ask(income, { account: third.accountId })).toMatchObject({ dividends: '3' });
  });
});

describe('what the provider takes back', () => {
  it('is gone from all of them', async () => {
    await history.seen(await history.say('sync', account.userId, [corrected(account, [], [sold], newId())]));
    expect((await ask(activities, { type: 'sell' })).items).toEqual([]);
    expect((await ask(gains, {})).realised).toMatchObject({ total: '0', lines: [] });
  });
});
