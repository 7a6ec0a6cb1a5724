import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@tidemark/testing';
import { costsOf } from '../costs/query.js';
import { providerError, transaction } from '../testing/fake-provider.js';
import { START, SyncWorld } from '../testing/sync.fixture.js';
import type { Instance, Linked } from '../testing/sync.fixture.js';
import { refresh } from './refresh.js';
import { refreshMany } from './refresh-many.js';

const HOUR = 3_600_000;
let world: SyncWorld;
let second: Instance;
let count = 0;
let user = '';
beforeAll(async () => {
  world = await SyncWorld.start('refresh');
  second = await world.instance();
}, 60_000);
afterAll(() => world?.close());
beforeEach(async () => {
  await world.idle();
  user = `user-${(count += 1)}`;
  world.clock.set(START);
  for (const one of [world.plaid, world.snaptrade]) {
    one.asked.length = 0;
    one.billed = true;
  }
});

const ask = (linked: Linked, more: { acceptCost?: boolean; full?: boolean; on?: Instance; as?: string } = {}) => refresh((more.on ?? world.first).deps, { userId: more.as ?? linked.userId, connectionId: linked.connectionId, acceptCost: more.acceptCost ?? false, full: more.full ?? false, after: [] });
async function done(linked: Linked, more: { acceptCost?: boolean; full?: boolean } = {}) {
  const asked = await ask(linked, more);
  if (!asked.ok) throw new Error(asked.error.detail);
  return world.finished(linked.userId, asked.value.value.syncId);
}
const costEvents = async () => (await world.events(user, 'RefreshCostReserved', 'RefreshCostSettled', 'RefreshDenied')).map((event) => event.type);

describe('an on-demand refresh', () => {
  it('reserves its cost, asks the provider once, settles and syncs', async () => {
    const linked = await world.linked(user);
    expect(await done(linked)).toMatchObject({ status: 'completed', reason: 'on_demand', steps: expect.arrayContaining([expect.objectContaining({ name: 'refresh', status: 'done' })]) });
    expect(world.plaid.count('requestRefresh')).toBe(1);
    expect(await costEvents()).toEqual(['RefreshCostReserved', 'RefreshCostSettled']);
    expect((await world.events(user, 'BalanceSnapshotCaptured')).at(-1)?.data['source']).toBe('manual_sync');
  });

  it('is refused a second time within 24 hours, free at exactly 24 hours, and runs with consent; the costs are summed', async () => {
    const linked = await world.linked(user);
    await done(linked);
    world.clock.advance(24 * HOUR - 1);
    const refused = await ask(linked);
    expect(refused).toMatchObject({ ok: false, error: { code: 'refresh_limited', extra: { nextFreeRefreshAt: '2026-11-21T12:00:00.000Z', overrideCost: { amount: '0.01', currency: 'USD' } } } });
    await ask(linked);
    expect(await costEvents()).toEqual(['RefreshCostReserved', 'RefreshCostSettled', 'RefreshDenied']);
    await done(linked, { acceptCost: true });
    expect((await world.events(user, 'RefreshCostReserved')).at(-1)?.data).toMatchObject({ override: true, cost: { amount: '0.01', currency: 'USD' } });
    world.clock.advance(24 * HOUR);
    await done(linked);
    expect(world.plaid.count('requestRefresh')).toBe(3);
    const items = await waitUntil(async () => {
      const found = await costsOf(world.database, user, '2026-11');
      return found[0]?.calls === 3 ? found : null;
    });
    expect(items).toEqual([{ month: '2026-11', provider: 'plaid', calls: 3, total: { amount: '0.03', currency: 'USD' } }]);
    expect(await costsOf(world.database, user, '2026-10')).toEqual([]);
    expect(await costsOf(world.database, 'somebody-else', null)).toEqual([]);
  });

  it('has no window at SnapTrade, where each is recorded', async () => {
    const linked = await world.linked(user, 'snaptrade');
    await done(linked);
    await done(linked);
    expect((await world.events(user, 'RefreshCostSettled')).map((event) => event.data['cost'])).toEqual([{ amount: '0.05', currency: 'USD' }, { amount: '0.05', currency: 'USD' }]);
  });

  it('joins the sync that is open', async () => {
    const linked = await world.linked(user);
    const gate = Promise.withResolvers<void>();
    world.plaid.once('fetchAccounts', () => gate.promise);
    const first = await ask(linked);
    const joined = await ask(linked);
    expect(first.ok && joined.ok && joined.value.value).toMatchObject({ syncId: first.ok ? first.value.value.syncId : '', joined: true, cost: { amount: '0' } });
    gate.resolve();
    if (first.ok) await world.finished(user, first.value.value.syncId);
    expect(await costEvents()).toEqual(['RefreshCostReserved', 'RefreshCostSettled']);
  });

  it('asked for twenty times at once on two replicas makes one paid call', async () => {
    const linked = await world.linked(user);
    const asked = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(linked, { on: index % 2 === 0 ? world.first : second })));
    const syncs = new Set(asked.flatMap((one) => (one.ok ? [one.value.value.syncId] : [])));
    expect(syncs.size).toBe(1);
    expect(asked.every((one) => one.ok || one.error.code === 'refresh_limited')).toBe(true);
    for (const id of syncs) await world.finished(user, id);
    expect(world.plaid.count('requestRefresh')).toBe(1);
    expect((await world.events(user, 'RefreshCostReserved'))).toHaveLength(1);
  });

  it('that the provider did for nothing is the one of its 24 hours all the same', async () => {
    const linked = await world.linked(user);
    world.plaid.billed = false;
    await done(linked);
    expect((await world.events(user, 'RefreshCostSettled'))[0]?.data).toMatchObject({ billed: false, made: true, cost: { amount: '0' } });
    expect(await ask(linked)).toMatchObject({ ok: false, error: { code: 'refresh_limited' } });
    await done(linked, { acceptCost: true });
  });

  it('that failed and was billed counts; what the provider has is read all the same, and said', async () => {
    const linked = await world.linked(user);
    world.plaid.once('requestRefresh', providerError({ billed: true }));
    expect(await done(linked)).toMatchObject({ status: 'completed' });
    expect((await world.events(user, 'SyncCompleted')).at(-1)?.data['notes']).toEqual([expect.stringContaining('would not fetch anew')]);
    expect((await ask(linked)).ok).toBe(false);
  });

  it('that failed unbilled is asked for again, under one reservation', async () => {
    const linked = await world.linked(user);
    world.plaid.once('requestRefresh', providerError());
    expect(await done(linked)).toMatchObject({ status: 'completed' });
    expect(world.plaid.count('requestRefresh')).toBe(2);
    expect(await costEvents()).toEqual(['RefreshCostReserved', 'RefreshCostSettled']);
  });

  it('that never succeeds gives its reservation back', async () => {
    const linked = await world.linked(user);
    for (let tries = 0; tries < 3; tries += 1) world.plaid.once('requestRefresh', providerError());
    expect(await done(linked)).toMatchObject({ status: 'failed' });
    expect((await world.events(user, 'RefreshCostSettled'))[0]?.data).toMatchObject({ billed: false });
    await done(linked);
  });

  it('is for the owner of an active connection alone', async () => {
    const linked = await world.linked(user);
    expect(await ask(linked, { as: 'somebody-else' })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    await world.connectionEvent(user, linked.connectionId, 'ReauthenticationRequired', { code: 'ITEM_LOGIN_REQUIRED', detail: 'sign in again' });
    await waitUntil(async () => { const one = await ask(linked); return !one.ok && one.error.code === 'reauth_required'; });
    await world.connectionEvent(user, linked.connectionId, 'ConnectionRemoved', { reason: 'asked for', erased: false, accountIds: [] });
    await waitUntil(async () => { const one = await ask(linked); return !one.ok && one.error.code === 'connection_not_active'; });
  });
});

describe('a transaction that the provider adds or changes long after its day', () => {
  const old = (amount: string) => transaction('old', { date: '2025-12-01', amount });
  const found = async () => (await world.events(user, 'TransactionsRecorded', 'TransactionsCorrected')).flatMap(({ type, data }) => [...((data['transactions'] ?? []) as { date: string; amount: string }[]), ...((data['changed'] ?? []) as { date: string; amount: string }[])].filter(({ date }) => date === '2025-12-01').map(({ amount }) => [type, amount]));
  afterEach(() => { world.snaptrade.transactions = { a: [transaction('t1')] }; });

  it('comes with a full refresh, and not with another', async () => {
    const linked = await world.linked(user, 'snaptrade');
    world.snaptrade.transactions = { a: [transaction('t1'), old('-7')] };
    await done(linked);
    expect(await found()).toEqual([]);
    await done(linked, { full: true });
    expect(await found()).toEqual([['TransactionsRecorded', '-7']]);
    world.snaptrade.transactions = { a: [transaction('t1'), old('-8')] };
    await done(linked);
    await done(linked, { full: true });
    expect(await found()).toEqual([['TransactionsRecorded', '-7'], ['TransactionsCorrected', '-8']]);
    expect(world.snaptrade.asked.filter((one) => one.what === 'fetchTransactions').map((one) => one.from)).toEqual(['2024-11-20', '2026-11-06', '2024-11-20', '2026-11-06', '2024-11-20']);
  });

  it('comes with the sync after one that runs, where a full one is asked for meanwhile', async () => {
    const linked = await world.linked(user, 'snaptrade');
    const gate = Promise.withResolvers<void>();
    world.snaptrade.once('fetchTransactions', () => gate.promise);
    await ask(linked);
    await waitUntil(() => world.snaptrade.count('fetchTransactions') === 2);
    world.snaptrade.transactions = { a: [transaction('t1'), old('-7')] };
    expect(await ask(linked, { full: true })).toMatchObject({ ok: true, value: { value: { joined: true, cost: { amount: '0' } } } });
    gate.resolve();
    await waitUntil(async () => (await found()).length > 0);
    await world.idle();
    expect(world.snaptrade.count('requestRefresh')).toBe(1);
  });

  it('comes once a week by itself', async () => {
    const linked = await world.linked(user, 'snaptrade');
    world.snaptrade.transactions = { a: [transaction('t1'), old('-7')] };
    world.clock.advance(3 * 24 * HOUR);
    await done(linked);
    expect(await found()).toEqual([]);
    world.clock.advance(8 * 24 * HOUR);
    await done(linked);
    expect(await found()).toEqual([['TransactionsRecorded', '-7']]);
    await done(linked);
    expect(world.snaptrade.asked.filter((one) => one.what === 'fetchTransactions').at(-1)?.from).toBe('2026-11-17');
  });
});

describe('refreshing all connections', () => {
  it('gives an outcome each, what it costs and what needs consent', async () => {
    const [one, two] = [await world.linked(user), await world.linked(user, 'snaptrade')];
    await done(one);
    await waitUntil(async () => (await world.database.query('SELECT 1 FROM linked_connection WHERE user_id = $1', [user])).rowCount === 2);
    const strange = crypto.randomUUID();
    const { value } = await refreshMany(world.first.deps, { userId: user, connectionIds: [one.connectionId, two.connectionId, strange], acceptCost: false, full: false, after: [] });
    expect(value.outcomes.map((each) => each.outcome)).toEqual(['refresh_limited', 'started', 'not_found']);
    expect(value).toMatchObject({ totalCost: { amount: '0.05', currency: 'USD' }, needsConfirmation: [{ connectionId: one.connectionId, cost: { amount: '0.01', currency: 'USD' } }] });
    const all = await refreshMany(world.first.deps, { userId: user, acceptCost: true, full: false, after: [] });
    expect(all.value.outcomes.map((each) => each.connectionId).sort()).toEqual([one.connectionId, two.connectionId].sort());
    expect((await refreshMany(world.first.deps, { userId: 'somebody-else', acceptCost: true, full: false, after: [] })).value.outcomes).toEqual([]);
  });
});
