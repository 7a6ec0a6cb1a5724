import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { historyRpc } from '@tidemark/contracts';
import type { BalanceLine, EventEnvelope, RecordedTransaction } from '@tidemark/contracts';
import { dayNumber, dayOf } from '@tidemark/market';
import { openDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { newId } from '@tidemark/service';
import type { RunningService } from '@tidemark/service';
import { completed, corrected, discover, NOW, recorded, snapshotOf, startFixture, stock, trade, usd, workerDeps } from './history.fixture.js';
import type { GivenAccount, HistoryFixture } from './history.fixture.js';
import type { PriceSupply, RunDeps } from './jobs/deps.js';
import { pricesOf } from './jobs/prices.fixture.js';
import type { PriceRules } from './jobs/prices.fixture.js';
import type { Job } from './jobs/job.js';
import { claimJobs, failRuns } from './jobs/queue.js';
import { marketReactor } from './jobs/react.js';
import { runBatch } from './jobs/run-batch.js';
import { readAccountDays } from './storage/read-days.js';

const { getReconstruction, performance, portfolioHistory, startReconstruction } = historyRpc;
const CAPTURED = '2026-11-20T15:00:00.000Z';
let history: HistoryFixture;
let service: RunningService;
/** AAPL is worth as many dollars as the day of the month. */
const closes: PriceRules = { AAPL: (day) => String(Number(dayOf(day).slice(8))), SLOW: () => '5', LATE: null };
const prices = pricesOf(closes);

beforeAll(async () => {
  history = await startFixture('history');
  service = await history.start({ supply: prices });
}, 120_000);
afterAll(async () => { await history.close(); });

/** The first sync of an account, in one commit, as sync writes it. */
async function firstSync(account: GivenAccount, lines: readonly BalanceLine[], transactions: readonly RecordedTransaction[], capturedAt = CAPTURED): Promise<void> {
  const syncId = newId();
  await history.say('sync', account.userId, [snapshotOf(account, capturedAt, lines, syncId), ...(transactions.length > 0 ? [recorded(account, transactions, syncId)] : []), completed(account, syncId)]);
}

const depsOn = (database: Database, supply: PriceSupply): RunDeps => workerDeps(database, supply, history.clock);

async function waitsForPrices({ accountId, userId }: GivenAccount): Promise<void> {
  while (((await history.call(getReconstruction, userId, { accountId })) as { value?: historyRpc.Reconstruction }).value?.status !== 'waiting_for_prices');
}

async function valueOn(account: GivenAccount, days: readonly string[], revision?: number): Promise<(string | undefined)[]> {
  const stored = (await readAccountDays(history.database, [account.accountId], dayNumber(days[0] ?? ''), dayNumber(days.at(-1) ?? ''), revision)).get(account.accountId) ?? [];
  return days.map((day) => stored.find((one) => one.day === dayNumber(day))?.value.find((amount) => amount.currency === 'USD')?.amount);
}

describe('reconstruction', () => {
  it('begins by itself at the first sync and leaves two years of days', async () => {
    const account = await discover(history);
    await firstSync(account, [stock('AAPL', '10'), usd('100')], [trade('2026-06-10', 'buy', 'AAPL', '4', '20')]);
    const found = await history.finished(account);
    expect(found).toMatchObject({ status: 'completed', cause: 'first_sync', revision: 1, from: '2024-11-20', to: '2026-11-20', unknownTransactions: [], unpriced: [], error: null, progress: { stage: 'completed', done: 731, total: 731 } });
    expect(await valueOn(account, ['2026-06-09', '2026-06-10', '2026-11-19'])).toEqual(['174', '200', '290']);
    expect(await history.told(account)).toMatchObject([{ type: 'HistoryReconstructed', data: { revision: 1, days: 731, cause: 'first_sync', runId: found.runId } }]);
  });

  it('gathers what a sync brings until the sync is through, and computes once', async () => {
    const account = await discover(history);
    const syncId = newId();
    await history.say('sync', account.userId, [snapshotOf(account, CAPTURED, [stock('AAPL', '10'), usd('100')], syncId)]);
    await history.seen(await history.say('sync', account.userId, [recorded(account, [trade('2026-06-10', 'buy', 'AAPL', '4', '20')], syncId)]));
    expect(await history.call(getReconstruction, account.userId, { accountId: account.accountId })).toMatchObject({ ok: true, value: { status: 'queued', revision: 0, invariant: null, quality: null } });
    await history.say('sync', account.userId, [recorded(account, [trade('2026-07-01', 'buy', 'AAPL', '1', '1')], syncId), completed(account, syncId)]);
    await history.finished(account);
    expect(await valueOn(account, ['2026-06-09'])).toEqual(['166']);
    expect(await history.told(account)).toHaveLength(1);
  });

  it('is joined where it is asked for twice, and waits for its prices where they are still to come', async () => {
    const account = await discover(history);
    prices.pending.add('SLOW');
    await firstSync(account, [stock('SLOW', '10')], []);
    await waitsForPrices(account);
    const asked = await Promise.all([1, 2].map(() => history.call(startReconstruction, account.userId, { accountId: account.accountId })));
    expect(asked).toMatchObject([{ ok: true, value: { joined: true } }, { ok: true, value: { joined: true } }]);
    prices.pending.clear();
    await history.database.query('UPDATE reconstruction SET due_at = now() WHERE account_id = $1', [account.accountId]);
    expect(await history.finished(account)).toMatchObject({ runId: (asked[0] as { value?: { runId: string } }).value?.runId, revision: 1 });
  });

  it('that changes nothing makes no revision and tells nobody', async () => {
    const account = await discover(history);
    await firstSync(account, [stock('AAPL', '10')], []);
    await history.finished(account);
    const again = await history.call(startReconstruction, account.userId, { accountId: account.accountId });
    expect(again).toMatchObject({ ok: true, value: { joined: false } });
    expect(await history.finished(account)).toMatchObject({ revision: 1, cause: 'requested', runId: (again as { value?: { runId: string } }).value?.runId });
    expect(await history.told(account)).toHaveLength(1);
  });

  it('that failed is told with every answer, and has not the invariant of the one before', async () => {
    const account = await discover(history);
    const { accountId, userId } = account;
    const reasons = async (contract: typeof portfolioHistory | typeof performance) => {
      const reply = await history.call(contract, userId, { period: '1M' });
      return reply.ok ? (reply.value as { reasons: historyRpc.HistoryReason[] }).reasons : reply;
    };
    expect(await reasons(portfolioHistory)).toMatchObject([{ code: 'reconstruction_pending', accountId }]);
    await firstSync(account, [stock('AAPL', '10'), usd('100')], []);
    expect(await history.finished(account)).toMatchObject({ invariant: { differences: [] }, quality: { minimum: 92 } });
    // Taken by a worker that cannot compute it.
    const { rows: [job] } = await history.database.query(`UPDATE reconstruction SET status = 'running', locked_by = 'spec', locked_until = now() + interval '1 minute', fence = fence + 1 WHERE account_id = $1 RETURNING account_id AS "accountId", fence`, [accountId]);
    for (const contract of [portfolioHistory, performance]) expect(await reasons(contract)).toContainEqual({ code: 'reconstruction_running', accountId, detail: expect.stringContaining('what is shown is of revision 1') });
    await failRuns(history.database, 'spec', [job as unknown as Job], 'it cannot be computed');
    expect(await history.call(getReconstruction, userId, { accountId })).toMatchObject({ ok: true, value: { status: 'failed', revision: 1, from: '2024-11-20', invariant: null, quality: null, error: 'it cannot be computed' } });
    for (const contract of [portfolioHistory, performance]) expect(await reasons(contract)).toContainEqual({ code: 'reconstruction_failed', accountId, detail: expect.stringContaining(`/portfolio/reconstructions/${accountId}`) });
    await history.call(startReconstruction, userId, { accountId });
    await history.finished(account);
    expect((await reasons(portfolioHistory) as historyRpc.HistoryReason[]).filter(({ code }) => code.startsWith('reconstruction_'))).toEqual([]);
  });

  it('is nobody else\'s, and cannot be asked for before there is a snapshot', async () => {
    const account = await discover(history);
    const { accountId } = account;
    expect(await history.call(startReconstruction, account.userId, { accountId })).toMatchObject({ ok: false, error: { code: 'no_snapshot' } });
    for (const contract of [getReconstruction, startReconstruction]) expect(await history.call(contract, newId(), { accountId })).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });
});

describe('what comes later', () => {
  it('a backdated transaction makes revision 2 and says which days moved, by how much; revision 1 stays readable', async () => {
    const account = await discover(history);
    await firstSync(account, [stock('AAPL', '10'), usd('100')], []);
    await history.finished(account);
    const syncId = newId();
    await history.say('sync', account.userId, [recorded(account, [trade('2026-11-10', 'buy', 'AAPL', '4', '20')], syncId), completed(account, syncId)]);
    expect(await history.finished(account, 2)).toMatchObject({ cause: 'transactions', revision: 2 });
    expect(await valueOn(account, ['2026-11-09', '2026-11-10'])).toEqual(['174', '200']);
    expect(await valueOn(account, ['2026-11-09', '2026-11-10'], 1)).toEqual(['190', '200']);
    const told = await history.told(account);
    expect(told.map(({ type }) => type)).toEqual(['HistoryReconstructed', 'HistoryReconstructed', 'HistoryRevised']);
    const revised = told[2]?.data as { daysMoved: number; moved: object[] };
    expect(revised).toMatchObject({ revision: 2, previousRevision: 1, cause: 'transactions' });
    expect(revised.moved).toContainEqual({ day: '2026-11-09', currency: 'USD', before: '190', after: '174' });
    // 5 dollars a share were paid: on every fifth of a month it makes no difference.
    expect(revised.daysMoved).toBe(720 - 24);
  });

  it('a correction is followed, and a withdrawal takes it back', async () => {
    const account = await discover(history);
    const buy = trade('2026-11-10', 'buy', 'AAPL', '4', '20');
    await firstSync(account, [stock('AAPL', '10'), usd('100')], [buy]);
    await history.finished(account);
    const say = async (changed: RecordedTransaction[], withdrawn: RecordedTransaction[]) => {
      const syncId = newId();
      await history.say('sync', account.userId, [corrected(account, changed, withdrawn, syncId), completed(account, syncId)]);
    };
    await say([{ ...buy, quantity: '5' }], []);
    await history.finished(account, 2);
    expect(await valueOn(account, ['2026-11-09'])).toEqual(['165']);
    await say([], [buy]);
    expect(await history.finished(account, 3)).toMatchObject({ cause: 'correction' });
    expect(await valueOn(account, ['2026-11-09'])).toEqual(['190']);
    expect(await Promise.all([1, 2, 3].map((revision) => valueOn(account, ['2026-11-09'], revision)))).toEqual([['174'], ['165'], ['190']]);
  });

  it('a transaction that nobody understands is listed in the provider\'s words', async () => {
    const account = await discover(history);
    await firstSync(account, [usd('100')], [trade('2026-11-10', 'buy', 'AAPL', '4', '20', { providerType: 'quantum', providerSubtype: 'leap', description: 'Who knows' })]);
    const { unknownTransactions } = await history.finished(account);
    expect(unknownTransactions).toMatchObject([{ date: '2026-11-10', provider: 'plaid', providerType: 'quantum', providerSubtype: 'leap', description: 'Who knows', amount: '-20' }]);
  });

  it('a second snapshot of the day it was linked on leaves the past alone, and what nothing explains is a difference', async () => {
    const account = await discover(history);
    await firstSync(account, [stock('AAPL', '10'), usd('100')], [trade('2026-06-10', 'buy', 'AAPL', '4', '20')]);
    await history.finished(account);
    await history.seen(await history.say('sync', account.userId, [snapshotOf(account, '2026-11-20T19:00:00.000Z', [usd('300')], null)]));
    await history.call(startReconstruction, account.userId, { accountId: account.accountId });
    const { invariant } = await history.finished(account, 2);
    expect(await valueOn(account, ['2026-06-09', '2026-06-10', '2026-11-19', '2026-11-20'])).toEqual(['174', '200', '290', '300']);
    expect(invariant).toMatchObject({ holds: false, differences: [{ kind: 'between_snapshots', asset: 'currency:USD', difference: '200' }, { kind: 'between_snapshots', asset: 'equity:AAPL', difference: '-10' }] });
  });

  it('a late, older snapshot changes what was and not what is held', async () => {
    const account = await discover(history);
    await firstSync(account, [stock('AAPL', '10')], []);
    await history.finished(account);
    await history.say('sync', account.userId, [snapshotOf(account, '2026-11-12T15:00:00.000Z', [stock('AAPL', '3')], null)]);
    await history.finished(account, 2);
    expect(await valueOn(account, ['2026-11-12'])).toEqual(['36']);
    const { rows } = await history.database.query('SELECT asset, quantity FROM holding WHERE account_id = $1', [account.accountId]);
    expect(rows).toEqual([{ asset: 'equity:AAPL', quantity: '10' }]);
  });
});

describe('a fact of the market', () => {
  const fact = (type: string, data: object) => ({ id: newId(), type, data }) as EventEnvelope;

  it('is told to whom it was missing, and to whom it was wrong, and to nobody else', async () => {
    const [late, used, other] = [await discover(history), await discover(history), await discover(history)];
    await firstSync(late, [stock('LATE', '10')], []);
    await firstSync(used, [stock('AAPL', '10'), stock('RENAMED', '1')], []);
    await firstSync(other, [stock('SLOW', '10')], []);
    const before = await Promise.all([late, used, other].map(async (account) => history.finished(account)));
    expect(before[0]).toMatchObject({ unpriced: [{ asset: 'equity:LATE' }], quality: { daysBelowFull: 731 } });
    const reactor = marketReactor(depsOn(history.database, prices));
    closes['LATE'] = () => '7';
    await reactor.react(fact('PricesObserved', { symbol: 'LATE', corrected: false, prices: [{ day: '2026-11-19', close: '7' }], splits: [] }));
    expect(await history.finished(late, 2)).toMatchObject({ cause: 'prices', unpriced: [] });
    expect(await valueOn(late, ['2026-11-19'])).toEqual(['70']);
    await reactor.react(fact('PricesObserved', { symbol: 'AAPL', corrected: false, prices: [{ day: '2026-11-21', close: '7' }], splits: [] }));
    closes['RENAMED'] = () => '3';
    await reactor.react(fact('SymbolMapped', { asset: 'equity:RENAMED', symbol: 'RENAMED', previous: null }));
    expect(await history.finished(used, 2)).toMatchObject({ cause: 'symbol_changed', unpriced: [] });
    await reactor.react(fact('SymbolUnmapped', { asset: 'equity:RENAMED', reason: 'nothing was found' }));
    delete closes['RENAMED'];
    await reactor.react(fact('SymbolUnmapped', { asset: 'equity:RENAMED', reason: 'taken back', previous: 'RENAMED' }));
    expect(await history.finished(used, 3)).toMatchObject({ cause: 'symbol_changed', unpriced: [{ asset: 'equity:RENAMED' }] });
    expect(await history.finished(other)).toMatchObject({ runId: before[2]?.runId, revision: 1 });
  });
});

describe('a run whose patience is over', () => {
  it('goes on with the closes that are there, and once more when others come', async () => {
    const account = await discover(history);
    prices.pending.add('TARDY');
    closes['TARDY'] = () => '5';
    await firstSync(account, [stock('TARDY', '10')], []);
    await waitsForPrices(account);
    await history.database.query(`UPDATE reconstruction SET due_at = now(), prices_since = now() - interval '1 day' WHERE account_id = $1`, [account.accountId]);
    expect(await history.finished(account)).toMatchObject({ revision: 1, unpriced: [] });
    prices.pending.clear();
    closes['TARDY'] = () => '6';
    await marketReactor(depsOn(history.database, prices)).react({ id: newId(), type: 'PricesObserved', data: { symbol: 'TARDY', corrected: false, prices: [{ day: '2026-11-19', close: '6' }], splits: [] } } as EventEnvelope);
    expect(await history.finished(account, 2)).toMatchObject({ cause: 'prices' });
    expect(await valueOn(account, ['2026-11-19'])).toEqual(['60']);
  });
});

describe('a worker that dies', () => {
  it('is followed by another within its lock, and writes nothing when it wakes after all', async () => {
    const account = await discover(history);
    const database = await openDatabase({ url: history.urls.serviceUrl, application: 'dying', poolSize: 2 });
    const { promise: slept, resolve: wakeUp } = Promise.withResolvers<void>();
    const supply = { ...prices, closes: async (...given: Parameters<typeof prices.closes>) => { await slept; return prices.closes(...given); } };
    const deps = depsOn(database, supply);
    // Held back from the living one, which has no business with it until the lock of the dying one lapses.
    const syncId = newId();
    await history.seen(await history.say('sync', account.userId, [snapshotOf(account, CAPTURED, [stock('AAPL', '10')], syncId)]));
    const jobs = await database.transaction(async (tx) => {
      await tx.query(`UPDATE reconstruction SET due_at = now() - interval '1 hour' WHERE account_id = $1`, [account.accountId]);
      return claimJobs(tx, 'dying', { limit: 1, lockMs: 1_000, patienceMs: 1_000 });
    });
    expect(jobs.map((job) => job.accountId)).toEqual([account.accountId]);
    const died = runBatch(deps, 'dying', jobs);
    const found = await history.finished(account);
    expect(found).toMatchObject({ revision: 1, status: 'completed' });
    const told = await history.told(account);
    wakeUp();
    await died;
    expect([await history.told(account), told.length]).toEqual([told, 1]);
    await database.close();
  });
});

describe('erasure', () => {
  it.each(['before', 'after'] as const)('takes everything of an account, and what comes late does not come back: the snapshot %s the erasure', async (order) => {
    const account = await discover(history);
    const { userId, connectionId, accountId } = account;
    const erase = async () => history.seen(await history.say('connections', userId, [[`connection-${connectionId}`, 'ConnectionRemoved', { userId, connectionId, reason: 'asked', erased: true, accountIds: [accountId] }]]));
    if (order === 'after') await erase();
    await firstSync(account, [stock('AAPL', '10')], [trade('2026-11-10', 'buy', 'AAPL', '4', '20')]);
    if (order === 'before') await history.finished(account);
    if (order === 'before') await erase();
    await history.seen(await history.say('sync', userId, [snapshotOf(account, NOW, [stock('AAPL', '11')], null), recorded(account, [trade('2026-11-11', 'buy', 'AAPL', '1', '5')], newId())]));
    for (const table of ['account', 'captured_snapshot', 'held_snapshot', 'holding', 'account_transaction', 'reconstruction', 'history_head', 'account_day', 'account_month', 'external_flow']) {
      expect([table, (await history.owner.query(`SELECT 1 FROM ${table} WHERE account_id = $1`, [accountId])).rowCount]).toEqual([table, 0]);
    }
  });
});

describe('a rebuild', () => {
  it('of the read models from nothing gives the same rows, and the same history', async () => {
    const account = await discover(history);
    await firstSync(account, [stock('AAPL', '10'), usd('7.25')], [trade('2026-06-10', 'buy', 'AAPL', '4', '20')]);
    const before = await history.finished(account);
    const tables = ['account', 'captured_snapshot', 'held_snapshot', 'holding', 'account_transaction', 'erasure'];
    const dump = async () => Promise.all(tables.map(async (table) => (await history.owner.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)).rows.map(({ row }) => row)));
    const rows = await dump();
    await service.close();
    await history.owner.query(`TRUNCATE ${tables.join(', ')}`);
    await history.database.query(`UPDATE projection.checkpoint SET position = 0 WHERE projection NOT LIKE 'reconstruct-%'`);
    service = await history.start({ supply: prices });
    await history.seen(await history.say('sync', account.userId, [completed(account, newId())]));
    expect(await dump()).toEqual(rows);
    await history.call(startReconstruction, account.userId, { accountId: account.accountId });
    const { runId: _, requestedAt: _r, startedAt: _s, finishedAt: _f, cause: _c, invariant, ...after } = await history.finished(account);
    expect(before).toMatchObject({ ...after, invariant: { holds: invariant?.holds } });
    expect(await history.told(account)).toHaveLength(1);
  });
});
