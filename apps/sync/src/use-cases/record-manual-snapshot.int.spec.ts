import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { findAccount } from '../connection/query.js';
import { SyncWorld } from '../testing/sync.fixture.js';
import { recordManualSnapshot } from './record-manual-snapshot.js';

let world: SyncWorld;
beforeAll(async () => { world = await SyncWorld.start('manual'); }, 60_000);
afterAll(() => world?.close());

async function manualAccount(userId: string): Promise<string> {
  const accountId = newId();
  const details = { providerAccountId: accountId, name: 'Mattress', officialName: null, type: 'other', subtype: null, mask: null, numberHash: null, currency: 'EUR' };
  const capabilities = { trading: false, realtime: false, positions: true, transactions: false };
  await world.connectionEvent(userId, accountId, 'AccountDiscovered', { accountId, provider: 'manual', institutionId: 'manual', institutionName: 'Manual', details, capabilities });
  await waitUntil(() => findAccount(world.database, accountId, userId));
  return accountId;
}
const record = (userId: string, accountId: string, more: { capturedAt?: string; balances?: { asset: string; quantity: string }[] } = {}) => recordManualSnapshot(world.first.deps, { userId, requestId: newId(), after: [], payload: { accountId, balances: [{ asset: 'currency:EUR', quantity: '12.50' }], ...more } });

describe('a manual snapshot', () => {
  it('is recorded for a manual account in its currency, late ones too', async () => {
    const accountId = await manualAccount('ada');
    const done = await record('ada', accountId);
    expect(done).toMatchObject({ ok: true, value: { value: { accountId, capturedAt: '2026-11-20T12:00:00.000Z' }, positions: [{ log: 'sync' }] } });
    expect((await record('ada', accountId, { capturedAt: '2020-02-29T00:00:00Z' })).ok).toBe(true);
    const events = await world.events('ada', 'BalanceSnapshotCaptured');
    expect(events.map((event) => event.data['capturedAt'])).toEqual(['2026-11-20T12:00:00.000Z', '2020-02-29T00:00:00.000Z']);
    expect(events[0]?.data).toMatchObject({ provider: 'manual', source: 'manual_entry', currency: 'EUR', balances: [{ asset: 'currency:EUR', quantity: '12.5' }] });
  });

  it('is recorded for an account that was made a moment ago, for its own user alone', async () => {
    const accountId = newId();
    world.elsewhere.set(accountId, { userId: 'cleo', provider: 'manual', currency: 'EUR', status: 'active' });
    expect(await record('eve', accountId)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await record('cleo', accountId)).toMatchObject({ ok: true, value: { value: { accountId } } });
    expect((await world.events('cleo', 'BalanceSnapshotCaptured')).map((event) => event.data['currency'])).toEqual(['EUR']);
  });

  it('is refused for the account of another user, of a provider, and for wrong fields', async () => {
    const accountId = await manualAccount('bob');
    expect(await record('eve', accountId)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await record('bob', accountId, { capturedAt: '2026-11-20T12:01:00.001Z' })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'capturedAt' }] } });
    expect(await record('bob', accountId, { balances: [{ asset: 'AAPL', quantity: '1' }] })).toMatchObject({ ok: false, error: { errors: [{ field: 'balances/0/asset' }] } });
    const linked = await world.linked('bob');
    await world.connectionEvent('bob', linked.connectionId, 'AccountDiscovered', { accountId: linked.accountId('a'), provider: 'plaid', institutionId: 'chase', institutionName: 'Chase', details: { providerAccountId: 'a', name: 'A', officialName: null, type: 'investment', subtype: null, mask: null, numberHash: null, currency: 'USD' }, capabilities: { trading: false, realtime: false, positions: true, transactions: true } });
    await waitUntil(() => findAccount(world.database, linked.accountId('a'), 'bob'));
    expect(await record('bob', linked.accountId('a'))).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(await world.events('bob', 'BalanceSnapshotCaptured')).toHaveLength(1);
  });
});
