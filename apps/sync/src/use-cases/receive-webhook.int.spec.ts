import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ok, refuse } from '@tidemark/kernel';
import type { WebhookMeaning } from '@tidemark/providers';
import { waitUntil } from '@tidemark/testing';
import { SyncWorld } from '../testing/sync.fixture.js';
import type { Instance, Linked } from '../testing/sync.fixture.js';
import { receiveWebhook } from './receive-webhook.js';

let world: SyncWorld;
let second: Instance;
let count = 0;
let user = '';
beforeAll(async () => {
  world = await SyncWorld.start('webhook');
  second = await world.instance();
}, 60_000);
afterAll(() => world?.close());
beforeEach(async () => {
  await world.idle();
  user = `user-${(count += 1)}`;
});

function send(linked: Linked | null, key: string, more: Partial<WebhookMeaning> = {}, on = world.first) {
  const meaning: WebhookMeaning = { kind: 'HOLDINGS/DEFAULT_UPDATE', dedupeKey: `${user}/${key}`, action: 'sync', providerConnectionId: linked ? `item-${linked.connectionId}` : 'item-nobody', providerAccountId: null, sentAt: '2026-11-20T11:59:00.000Z', by: null, detail: '', body: { item_id: 'x', access_token: 'access-sandbox-secret-1' }, ...more };
  world.plaid.webhook = ok(meaning);
  return receiveWebhook(on.deps, { provider: 'plaid', headers: {}, bodyBase64: '' });
}

describe('a webhook', () => {
  it('starts a sync, and is stored before it is answered', async () => {
    const linked = await world.linked(user);
    expect(await send(linked, '1')).toEqual(ok({ accepted: true, duplicate: false, action: 'sync' }));
    const [received] = await world.events(user, 'WebhookReceived');
    expect(received?.data).toMatchObject({ connectionId: linked.connectionId, kind: 'HOLDINGS/DEFAULT_UPDATE', action: 'sync' });
    expect(JSON.stringify(received)).not.toContain('access-sandbox');
    await waitUntil(async () => (await world.events(user, 'SyncCompleted')).length === 2);
    expect((await world.events(user, 'BalanceSnapshotCaptured')).at(-1)?.data['source']).toBe('webhook');
  });

  it('that warns of an end of the permission says when', async () => {
    const linked = await world.linked(user);
    await send(linked, 'ends', { kind: 'ITEM/PENDING_EXPIRATION', action: 'expiring', by: '2026-12-01T00:00:00.000Z' });
    expect((await world.events(user, 'WebhookReceived'))[0]?.data).toMatchObject({ action: 'expiring', by: '2026-12-01T00:00:00.000Z' });
  });

  it('that comes ten times at once on two replicas is acted on once', async () => {
    const linked = await world.linked(user);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => send(linked, 'same', {}, index % 2 ? second : world.first)));
    expect(answers.filter((one) => one.ok && !one.value.duplicate)).toHaveLength(1);
    expect(await world.events(user, 'WebhookReceived')).toHaveLength(1);
    await waitUntil(async () => (await world.events(user, 'SyncCompleted')).length === 2);
  });

  it('that comes again after the inbox has forgotten it is known to the log', async () => {
    const linked = await world.linked(user);
    await send(linked, 'old');
    await world.database.query('DELETE FROM webhook_inbox');
    expect(await send(linked, 'old')).toMatchObject({ ok: true, value: { duplicate: true } });
  });

  it.each(['forged', 'stale', 'malformed', 'unverifiable'] as const)('that is %s is refused and leaves nothing', async (reason) => {
    await world.linked(user);
    world.plaid.webhook = refuse({ reason, detail: 'no' });
    expect(await receiveWebhook(world.first.deps, { provider: 'plaid', headers: {}, bodyBase64: 'AA==' })).toMatchObject({ ok: false, error: { code: 'webhook_refused', extra: { reason } } });
    expect(await world.events(user, 'WebhookReceived')).toEqual([]);
  });

  it('of a provider that we do not have is not found', async () => {
    expect(await receiveWebhook(world.first.deps, { provider: 'yodlee', headers: {}, bodyBase64: '' })).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });

  it('of a connection that nobody has is kept, answered and not acted on', async () => {
    expect(await send(null, 'stranger')).toMatchObject({ ok: true, value: { accepted: true, action: 'unknown_connection' } });
    expect((await world.database.query('SELECT connection_id FROM webhook_inbox WHERE action = $1', ['unknown_connection'])).rows).toEqual([{ connection_id: null }]);
  });

  it('during a sync makes one more after it: the first may have missed what changed', async () => {
    const linked = await world.linked(user);
    const gate = Promise.withResolvers<void>();
    world.plaid.once('fetchAccounts', () => gate.promise);
    const before = world.plaid.count('fetchAccounts');
    await send(linked, 'a');
    await waitUntil(() => world.plaid.count('fetchAccounts') === before + 1);
    await send(linked, 'b');
    await send(linked, 'c');
    gate.resolve();
    await waitUntil(async () => (await world.events(user, 'SyncCompleted')).length === 3);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await world.events(user, 'SyncStarted')).toHaveLength(3);
  });

  it('that says the link is broken stops the schedule, and a later one that it works again starts a sync', async () => {
    const linked = await world.linked(user);
    const blocked = async () => (await world.database.query<{ blocked: string | null }>('SELECT blocked FROM connection_sync WHERE connection_id = $1', [linked.connectionId])).rows[0]?.blocked;
    await send(linked, 'broken', { action: 'reauth_required', kind: 'ITEM/ERROR', sentAt: '2026-11-20T12:00:01.000Z' });
    expect(await blocked()).toBe('relink');
    await send(linked, 'repaired', { action: 'restored', kind: 'ITEM/LOGIN_REPAIRED' });
    await waitUntil(async () => (await blocked()) === null);
  });

  it('from before the newest good sync does no harm', async () => {
    const linked = await world.linked(user);
    expect(await send(linked, 'late', { action: 'reauth_required', sentAt: '2026-11-20T11:00:00.000Z' })).toMatchObject({ ok: true, value: { action: 'overtaken' } });
    expect((await world.database.query('SELECT blocked FROM connection_sync WHERE connection_id = $1', [linked.connectionId])).rows).toEqual([{ blocked: null }]);
  });

  it('about older transactions makes the next sync ask for the whole range, once', async () => {
    const linked = await world.linked(user);
    const lastFrom = () => world.plaid.asked.filter((one) => one.what === 'fetchTransactions').at(-1)?.from;
    await send(linked, 'history', { kind: 'INVESTMENTS_TRANSACTIONS/HISTORICAL_UPDATE' });
    await waitUntil(async () => (await world.events(user, 'SyncCompleted')).length === 2);
    expect(lastFrom()).toBe('2024-11-20');
    await send(linked, 'next');
    await waitUntil(async () => (await world.events(user, 'SyncCompleted')).length === 3);
    expect(lastFrom()).toBe('2026-11-06');
  });
});
