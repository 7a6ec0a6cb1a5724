/** Crashes, takeovers, limits and the schedule, on real Postgres. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@tidemark/testing';
import { refresh } from '../use-cases/refresh.js';
import { START, SyncWorld } from '../testing/sync.fixture.js';
import { scheduleDue } from './scheduler.js';

const HOUR = 3_600_000;
let world: SyncWorld;
let count = 0;
let user = '';
beforeAll(async () => { world = await SyncWorld.start('worker', { providerConcurrency: 2 }); }, 60_000);
afterAll(() => world?.close());
beforeEach(async () => {
  await world.idle();
  user = `user-${(count += 1)}`;
  world.plaid.asked.length = 0;
});

/** Waits for the call, ends the worker there, then lets the call go on: what a kill between fetch and append leaves. */
async function killDuring(what: 'fetchAccounts' | 'fetchTransactions' | 'requestRefresh', start: () => Promise<string>): Promise<string> {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  world.plaid.once(what, async () => {
    reached.resolve();
    await gate.promise;
  });
  const doomed = await world.instance();
  await world.first.worker.close();
  const syncId = await start();
  doomed.worker.wake();
  await reached.promise;
  const dying = doomed.die();
  gate.resolve();
  await dying;
  return syncId;
}

describe('a worker that dies', () => {
  it.each(['fetchAccounts', 'fetchTransactions'] as const)('in %s loses nothing and doubles nothing', async (where) => {
    const syncId = await killDuring(where, async () => (await world.link(user)).syncId);
    expect((await world.events(user)).map((event) => event.type)).toEqual(['SyncStarted']);
    world.first = await world.instance();
    expect((await world.finished(user, syncId)).status).toBe('completed');
    expect((await world.events(user)).map((event) => event.type)).toEqual(['SyncStarted', 'BalanceSnapshotCaptured', 'TransactionsRecorded', 'SyncCompleted']);
  });

  it('in the paid call does not pay twice, and takes it for billed', async () => {
    const linked = await world.linked(user);
    const syncId = await killDuring('requestRefresh', async () => {
      const asked = await refresh(world.first.deps, { userId: user, connectionId: linked.connectionId, acceptCost: false, full: false, after: [] });
      return asked.ok ? asked.value.value.syncId : '';
    });
    world.first = await world.instance();
    expect((await world.finished(user, syncId)).status).toBe('completed');
    expect(world.plaid.count('requestRefresh')).toBe(1);
    expect((await world.events(user, 'RefreshCostReserved', 'RefreshCostSettled')).map((event) => [event.type, event.data['billed']])).toEqual([['RefreshCostReserved', undefined], ['RefreshCostSettled', true]]);
  });
});

describe('a sync that takes its worker down every time', () => {
  it('is given up', async () => {
    const linked = await world.linked(user);
    const syncId = crypto.randomUUID();
    await world.database.query(
      `INSERT INTO sync_job (sync_id, connection_id, user_id, provider, reason, requested_at, status, attempt, fence, locked_by, locked_until) VALUES ($1, $2, $3, 'plaid', 'scheduled', now(), 'running', 3, 3, 'dead', now())`,
      [syncId, linked.connectionId, user],
    );
    expect(await world.finished(user, syncId)).toMatchObject({ status: 'failed', error: { detail: expect.stringContaining('interrupted') } });
  });
});

describe('a worker that only slept', () => {
  it('cannot write after another has taken over', async () => {
    const gate = Promise.withResolvers<void>();
    world.plaid.once('fetchAccounts', () => gate.promise);
    const linked = await world.link(user);
    await waitUntil(() => world.plaid.count('fetchAccounts') === 1);
    // As if its heartbeats had not come for long.
    await world.database.query(`UPDATE sync_job SET locked_until = now() - interval '1 second', locked_by = 'asleep' WHERE sync_id = $1`, [linked.syncId]);
    await world.finished(user, linked.syncId);
    gate.resolve();
    await waitUntil(() => world.lines.some((line) => line.includes('another worker has taken over') && line.includes(linked.syncId)));
    expect((await world.events(user, 'BalanceSnapshotCaptured'))).toHaveLength(1);
    expect((await world.events(user, 'SyncCompleted'))).toHaveLength(1);
  });

  it('keeps its lock as long as it works', async () => {
    const gate = Promise.withResolvers<void>();
    world.plaid.once('fetchAccounts', () => gate.promise);
    const linked = await world.link(user);
    await waitUntil(() => world.plaid.count('fetchAccounts') === 1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    gate.resolve();
    await world.finished(user, linked.syncId);
    expect(world.plaid.count('fetchAccounts')).toBe(1);
  });
});

describe('the queue', () => {
  it('runs so many at once for a provider and no more', async () => {
    let most = 0;
    let now = 0;
    const users = Array.from({ length: 6 }, (_, index) => `${user}-${index}`);
    for (const _ of users) {
      world.plaid.once('fetchAccounts', async () => {
        most = Math.max(most, (now += 1));
        await new Promise((resolve) => setTimeout(resolve, 60));
        now -= 1;
      });
    }
    // One instance with a limit of two.
    const limited = await world.instance({ providerConcurrency: 2 });
    await world.first.worker.close();
    const linked = await Promise.all(users.map((each) => world.link(each)));
    for (const one of linked) await world.finished(one.userId, one.syncId);
    expect(most).toBe(2);
    world.first = limited;
  });
});

describe('the schedule', () => {
  it('syncs every active connection once an interval, and after a pause once', async () => {
    const linked = await world.linked(user);
    const blocked = await world.linked(`${user}-blocked`);
    await world.database.query(`UPDATE connection_sync SET blocked = 'relink' WHERE connection_id = $1`, [blocked.connectionId]);
    const jobs = async (connectionId: string) => (await world.database.query('SELECT 1 FROM sync_job WHERE connection_id = $1 AND reason = $2', [connectionId, 'scheduled'])).rowCount;
    await scheduleDue(world.first.deps);
    expect(await jobs(linked.connectionId)).toBe(0);
    world.clock.advance(40 * HOUR);
    await Promise.all([scheduleDue(world.first.deps), scheduleDue(world.first.deps)]);
    await scheduleDue(world.first.deps);
    expect(await jobs(linked.connectionId)).toBe(1);
    expect(await jobs(blocked.connectionId)).toBe(0);
    await waitUntil(async () => (await world.events(user, 'SyncCompleted')).length === 2);
    expect((await world.events(user, 'BalanceSnapshotCaptured')).at(-1)?.data['source']).toBe('scheduled_sync');
    world.clock.advance(9 * HOUR + 1);
    await scheduleDue(world.first.deps);
    expect(await jobs(linked.connectionId)).toBe(2);
    world.clock.set(START);
  });
});

describe('a connection that is removed', () => {
  it('while it is read leaves no snapshot', async () => {
    const gate = Promise.withResolvers<void>();
    world.plaid.once('fetchAccounts', () => gate.promise);
    const linked = await world.link(user);
    await waitUntil(() => world.plaid.count('fetchAccounts') === 1);
    await world.connectionEvent(user, linked.connectionId, 'ConnectionRemoved', { reason: 'asked for', erased: false, accountIds: [] });
    await waitUntil(async () => (await world.database.query(`SELECT 1 FROM linked_connection WHERE connection_id = $1 AND status = 'disconnected'`, [linked.connectionId])).rowCount === 1);
    gate.resolve();
    expect(await world.finished(user, linked.syncId)).toMatchObject({ status: 'failed', error: { detail: expect.stringContaining('removed') } });
    expect((await world.events(user)).map((event) => event.type)).toEqual(['SyncStarted']);
  });
});

describe('a reconnect', () => {
  it('unblocks the connection and syncs under the promised id', async () => {
    const linked = await world.linked(user);
    await world.database.query(`UPDATE connection_sync SET blocked = 'relink' WHERE connection_id = $1`, [linked.connectionId]);
    const syncId = crypto.randomUUID();
    await world.connectionEvent(user, linked.connectionId, 'ConnectionRestored', { syncId });
    expect(await world.finished(user, syncId)).toMatchObject({ status: 'completed', reason: 'reconnect' });
    expect((await world.database.query('SELECT blocked FROM connection_sync WHERE connection_id = $1', [linked.connectionId])).rows).toEqual([{ blocked: null }]);
  });

  it('during a sync runs once more after it, under the promised id', async () => {
    const linked = await world.linked(user);
    const gate = Promise.withResolvers<void>();
    world.plaid.once('fetchAccounts', () => gate.promise);
    const running = crypto.randomUUID();
    await world.database.query(`INSERT INTO sync_job (sync_id, connection_id, user_id, provider, reason, requested_at) VALUES ($1, $2, $3, 'plaid', 'scheduled', now())`, [running, linked.connectionId, user]);
    await waitUntil(() => world.plaid.count('fetchAccounts') === 2);
    const promised = crypto.randomUUID();
    await world.connectionEvent(user, linked.connectionId, 'ConnectionRestored', { syncId: promised });
    await waitUntil(async () => (await world.sync(user, promised)) !== null);
    gate.resolve();
    await waitUntil(async () => (await world.events(user, 'SyncCompleted')).length === 3);
    expect((await world.events(user, 'SyncStarted')).map((event) => event.data['reason'])).toEqual(['initial', 'scheduled', 'reconnect']);
    expect(await world.finished(user, promised)).toMatchObject({ status: 'completed', reason: 'reconnect' });
  });
});
