import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@tidemark/testing';
import { account, providerError, transaction } from '../testing/fake-provider.js';
import { SyncWorld } from '../testing/sync.fixture.js';

let world: SyncWorld;
let count = 0;
let user = '';
beforeAll(async () => { world = await SyncWorld.start('run sync'); }, 60_000);
afterAll(() => world?.close());
beforeEach(async () => {
  await world.idle();
  user = `user-${(count += 1)}`;
  world.plaid.accounts = [account('a', [{ asset: 'equity:AAPL', quantity: '10', price: '100', currency: 'USD' }, { asset: 'currency:USD', quantity: '0' }])];
  world.plaid.transactions = { a: [transaction('t1'), transaction('t2', { amount: '-50' })] };
  world.plaid.asked.length = 0;
});

describe('the first sync', () => {
  it('follows a link under the promised id and appends everything at once', async () => {
    const linked = await world.link(user);
    const sync = await world.finished(user, linked.syncId);
    expect(sync).toMatchObject({ id: linked.syncId, reason: 'initial', status: 'completed', counts: { accounts: 1, snapshots: 1, transactions: 2 }, error: null });
    expect(sync.steps.map((step) => [step.name, step.status])).toEqual([['accounts', 'done'], ['register', 'done'], ['transactions', 'done']]);
    const events = await world.events(user);
    expect(events.map((event) => event.type)).toEqual(['SyncStarted', 'BalanceSnapshotCaptured', 'TransactionsRecorded', 'SyncCompleted']);
    expect(new Set(events.slice(1).map((event) => event.recordedtime)).size).toBe(1);
    expect(events[1]?.data).toMatchObject({ accountId: linked.accountId('a'), source: 'initial_connection', currency: 'USD', providerMetadata: { kept: true } });
    expect(JSON.stringify(events)).not.toMatch(/000123456789|011401533|access-sandbox/);
    expect(world.plaid.asked.find((one) => one.what === 'fetchTransactions')?.from).toBe('2024-11-20');
  });

  it('says once it has ended where its last event stands, so that reads can wait for its snapshots', async () => {
    const linked = await world.linked(user);
    const { epoch, partition, position } = (await world.events(user)).at(-1) ?? {};
    expect((await world.found(user, linked.syncId))?.positions).toEqual([{ log: 'sync', epoch, partition, position }]);
    await world.database.query(`UPDATE sync_job SET status = 'running' WHERE sync_id = $1`, [linked.syncId]);
    expect((await world.found(user, linked.syncId))?.positions).toEqual([]);
    await world.database.query(`UPDATE sync_job SET status = 'completed' WHERE sync_id = $1`, [linked.syncId]);
  });

  it('is not to be seen by another user', async () => {
    const linked = await world.linked(user);
    expect(await world.sync('somebody-else', linked.syncId)).toBeNull();
  });

  it('takes an empty account for what it is', async () => {
    world.plaid.accounts = [account('a', [])];
    world.plaid.transactions = {};
    await world.linked(user);
    expect((await world.events(user, 'BalanceSnapshotCaptured'))[0]?.data['balances']).toEqual([]);
  });

  it('leaves out an account without a currency and says so', async () => {
    const stranger = account('b', [], { currency: null });
    world.plaid.accounts = [account('a', []), { ...stranger, account: { ...stranger.account, currency: null } }];
    const linked = await world.linked(user);
    expect(await world.sync(user, linked.syncId)).toMatchObject({ status: 'completed', counts: { accounts: 2, snapshots: 1 } });
    const [completed] = await world.events(user, 'SyncCompleted');
    expect(completed?.data['notes']).toEqual([expect.stringContaining('no ISO 4217 currency')]);
  });
});

describe('a fetch that fails', () => {
  it('makes no snapshot, is tried again and completes under the same id', async () => {
    world.plaid.once('fetchAccounts', providerError({ code: 'provider_rate_limited', retryAfterMs: 60 }));
    const linked = await world.linked(user);
    const types = (await world.events(user)).map((event) => event.type);
    expect(types).toEqual(['SyncStarted', 'SyncFailed', 'BalanceSnapshotCaptured', 'TransactionsRecorded', 'SyncCompleted']);
    const [failed] = await world.events(user, 'SyncFailed');
    expect(failed?.data).toMatchObject({ syncId: linked.syncId, code: 'provider_rate_limited', class: 'retry', retryable: true, retryAt: expect.any(String) });
  });

  it('makes no snapshot where it fails half way', async () => {
    for (let tries = 0; tries < 3; tries += 1) world.plaid.once('fetchTransactions', providerError());
    const linked = await world.link(user);
    const sync = await world.finished(user, linked.syncId);
    expect(sync).toMatchObject({ status: 'failed', counts: { snapshots: 0 }, error: { code: 'provider_unreachable', retryable: true } });
    expect(sync.steps.map((step) => [step.name, step.status])).toEqual([['accounts', 'done'], ['register', 'done'], ['transactions', 'failed']]);
    expect((await world.events(user)).map((event) => event.type)).toEqual(['SyncStarted', 'SyncFailed', 'SyncFailed', 'SyncFailed']);
    expect((await world.events(user, 'SyncFailed')).map((event) => [event.data['attempt'], event.data['retryAt'] === null])).toEqual([[1, false], [2, false], [3, true]]);
  });

  it.each([['relink', 'provider_auth'], ['final', 'provider_error']] as const)('for a reason that is %s is not tried again and stops the schedule', async (errorClass, code) => {
    world.plaid.once('fetchAccounts', providerError({ class: errorClass, code, providerCode: 'SOME_CODE' }));
    const linked = await world.link(user);
    expect(await world.finished(user, linked.syncId)).toMatchObject({ status: 'failed', error: { code, retryable: false, detail: expect.stringContaining('SOME_CODE') } });
    expect((await world.events(user, 'SyncFailed'))[0]?.data).toMatchObject({ class: errorClass, retryable: false, retryAt: null });
    const { rows } = await world.database.query('SELECT blocked FROM connection_sync WHERE connection_id = $1', [linked.connectionId]);
    expect(rows).toEqual([{ blocked: errorClass }]);
  });

  it('asks the person to link again where the credential is gone', async () => {
    const linked = await world.link(user, 'plaid', { credentialRef: 'gone/1' });
    await world.finished(user, linked.syncId);
    expect((await world.events(user, 'SyncFailed'))[0]?.data).toMatchObject({ class: 'relink', code: 'provider_auth' });
  });

  it('because what came cannot be recorded is malformed, and every other connection goes on', async () => {
    world.plaid.accounts = [account('a', [{ asset: 'equity:AAPL', quantity: '1e400' }])];
    const bad = await world.link(user);
    expect(await world.finished(user, bad.syncId)).toMatchObject({ status: 'failed', error: { code: 'provider_malformed' } });
    world.plaid.accounts = [account('a', [])];
    await world.linked(`${user}-other`);
  });

  it('waits for the connections service a while before it fetches anew', async () => {
    const answer = world.observe;
    world.observe = null;
    const linked = await world.link(user);
    await waitUntil(async () => (await world.events(user, 'SyncFailed')).length > 0);
    world.observe = answer;
    expect((await world.finished(user, linked.syncId)).status).toBe('completed');
  });
});

describe('the log', () => {
  it('holds no secret and no number, however often things went wrong', () => {
    expect(world.lines.length).toBeGreaterThan(10);
    expect(world.lines.join('')).not.toMatch(/access-sandbox|000123456789|011401533/);
  });
});

describe('later syncs', () => {
  const again = async (linked: { connectionId: string; userId: string }) => {
    const syncId = crypto.randomUUID();
    await world.database.query(`INSERT INTO sync_job (sync_id, connection_id, user_id, provider, reason, requested_at) VALUES ($1, $2, $3, 'plaid', 'scheduled', now())`, [syncId, linked.connectionId, linked.userId]);
    await world.finished(linked.userId, syncId);
    return syncId;
  };

  it('see what is new, changed and withdrawn, in an overlap of the days before', async () => {
    const linked = await world.linked(user);
    world.plaid.transactions = { a: [transaction('t1', { amount: '-101' }), transaction('t3', { date: '2026-11-19', amount: '7' })] };
    world.plaid.asked.length = 0;
    const syncId = await again(linked);
    expect(world.plaid.asked.find((one) => one.what === 'fetchTransactions')?.from).toBe('2026-11-06');
    const ofSync = (await world.events(user)).filter((event) => event.data['syncId'] === syncId);
    expect(ofSync.map((event) => event.type)).toEqual(['SyncStarted', 'BalanceSnapshotCaptured', 'TransactionsRecorded', 'TransactionsCorrected', 'TransactionsCorrected', 'SyncCompleted']);
    expect(ofSync[2]?.data['transactions']).toEqual([expect.objectContaining({ identity: 't3' })]);
    expect(ofSync[3]?.data).toMatchObject({ changed: [{ identity: 't1', amount: '-101' }], withdrawn: [] });
    expect(ofSync[4]?.data).toMatchObject({ changed: [], withdrawn: [{ identity: 't2' }] });
    const repeat = await again(linked);
    expect((await world.events(user)).filter((event) => event.data['syncId'] === repeat).map((event) => event.type)).toEqual(['SyncStarted', 'BalanceSnapshotCaptured', 'SyncCompleted']);
  });

  it('recognise transactions whose ids the provider has changed', async () => {
    const linked = await world.linked(user);
    world.plaid.transactions = { a: [transaction('n1'), transaction('n2', { amount: '-50' })] };
    const syncId = await again(linked);
    expect((await world.events(user)).filter((event) => event.data['syncId'] === syncId).map((event) => event.type)).toEqual(['SyncStarted', 'BalanceSnapshotCaptured', 'SyncCompleted']);
  });

  it('ask for two years again where an account is new', async () => {
    const linked = await world.linked(user);
    world.plaid.accounts = [...world.plaid.accounts, account('b', [])];
    world.plaid.asked.length = 0;
    await again(linked);
    expect(world.plaid.asked.find((one) => one.what === 'fetchTransactions')?.from).toBe('2024-11-20');
  });

  it('of the whole range take back what is missing in its midst, and nothing from before its first row', async () => {
    world.plaid.transactions = { a: ['2025-01-10', '2026-10-01', '2026-11-10'].map((date, index) => transaction(`w${index}`, { date, amount: `-${index + 1}` })) };
    const linked = await world.linked(user);
    const withdrawn = async () => (await world.events(user, 'TransactionsCorrected')).flatMap((event) => (event.data['withdrawn'] as { identity: string }[]).map(({ identity }) => identity));
    const wholeRead = async () => {
      await world.database.query('UPDATE connection_sync SET whole_wanted = true WHERE connection_id = $1', [linked.connectionId]);
      await again(linked);
    };
    const [first, , last] = world.plaid.transactions['a'] as ReturnType<typeof transaction>[];
    world.plaid.transactions = { a: [] };
    await wholeRead();
    expect(await withdrawn()).toEqual([]);
    world.plaid.transactions = { a: [last as ReturnType<typeof transaction>] };
    await wholeRead();
    expect(await withdrawn()).toEqual([]);
    world.plaid.transactions = { a: [first, last] as ReturnType<typeof transaction>[] };
    await wholeRead();
    expect(await withdrawn()).toEqual(['w1']);
  });

  it('go on from the provider\'s cursor', async () => {
    world.plaid.cursor = 'cursor-1';
    world.plaid.wholeRange = false;
    const linked = await world.linked(user);
    world.plaid.asked.length = 0;
    await again(linked);
    expect(world.plaid.asked.find((one) => one.what === 'fetchTransactions')?.cursor).toBe('cursor-1');
    world.plaid.cursor = null;
    world.plaid.wholeRange = true;
  });

  it('write many transactions in pages of 200', async () => {
    world.plaid.transactions = { a: Array.from({ length: 450 }, (_, index) => transaction(`t${index}`, { amount: `-${index + 1}` })) };
    await world.linked(user);
    const pages = await world.events(user, 'TransactionsRecorded');
    expect(pages.map((event) => [event.data['page'], event.data['pages'], (event.data['transactions'] as unknown[]).length])).toEqual([[1, 3, 200], [2, 3, 200], [3, 3, 50]]);
  });
});
