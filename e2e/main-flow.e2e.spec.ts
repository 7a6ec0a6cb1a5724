/** The main job, end to end, over real HTTP, NATS and Postgres: what "Must be shown" 1 and 2 of the main job ask for. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { connectionsRpc, snapshotsRpc } from '@tidemark/contracts';
import { waitUntil } from '@tidemark/testing';
import { Client } from './client.js';
import { startStack } from './stack.js';
import type { Stack } from './stack.js';

let stack: Stack;
let ada: Client;

beforeAll(async () => {
  stack = await startStack({ without: ['history'] });
  ada = await Client.of(stack, 'ada');
  await ada.calmSandbox();
}, 120_000);
afterAll(async () => { await stack?.close(); }, 60_000);

describe('linking', () => {
  it.each([
    ['charles-schwab', 'snaptrade', true],
    ['fidelity', 'snaptrade', false],
    ['chase', 'plaid', false],
  ])('routes %s to %s, trading %s', async (institutionId, provider, trading) => {
    const { connection, completed, sync } = await ada.link(institutionId);
    expect(connection.provider).toBe(provider);
    expect(connection.routing.reason.length).toBeGreaterThan(10);
    expect(sync).toMatchObject({ status: 'completed', error: null });
    expect(completed.accounts.length).toBeGreaterThan(0);
    expect(completed.accounts.map((account) => account.capabilities.trading)).toEqual(completed.accounts.map(() => trading));
  }, 60_000);

  it('refuses trading where nobody can trade, and an institution nobody knows', async () => {
    expect(await ada.call('POST', '/connections', { institutionId: 'fidelity', needTrading: true })).toMatchObject({ status: 422, body: { code: 'trading_not_supported' } });
    expect(await ada.call('POST', '/connections', { institutionId: 'bank-of-nowhere' })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('the portfolio', () => {
  it('consolidates AAPL of two providers into one position with two rows beneath', async () => {
    await ada.link('vanguard');
    const { positions, totals } = await waitUntil(async () => {
      const answer = await ada.must<snapshotsRpc.PortfolioPositions>('GET', '/portfolio/positions');
      return answer.positions.some((position) => position.asset.kind === 'fund') ? answer : null;
    }, { describe: 'the funds of Vanguard' });
    const aapl = positions.find((position) => position.asset.id === 'equity:AAPL');
    expect(aapl?.quantity).toBe('150');
    expect(aapl?.accounts.map((row) => row.quantity).sort()).toEqual(['100', '50']);
    const value = await ada.must<snapshotsRpc.PortfolioValue>('GET', '/portfolio/value');
    expect(value.value).toBe(totals.value);
  }, 60_000);

  it('reads its own write', async () => {
    const account = await ada.call<connectionsRpc.Account>('POST', '/accounts', { name: 'Safe', type: 'other', currency: 'USD' });
    const written = await ada.call('POST', `/accounts/${account.body.id}/snapshots`, { balances: [{ asset: 'currency:USD', quantity: '0' }] }, { 'tidemark-position': account.position ?? '' });
    expect(written.status).toBe(201);
    const read = await ada.call<snapshotsRpc.Snapshot>('GET', `/accounts/${account.body.id}/snapshots/latest`, undefined, { 'tidemark-position': written.position ?? '' });
    expect(read).toMatchObject({ status: 200, stale: false });
    expect(read.body.balances.map((line) => [line.asset.id, line.quantity])).toEqual([['currency:USD', '0']]);
  });

  it('forgets a sold asset, and remembers that it was there before', async () => {
    const { items } = await ada.must<{ items: connectionsRpc.Account[] }>('GET', '/accounts');
    const account = items.find((one) => one.institution?.id === 'charles-schwab' && /brokerage/i.test(one.name)) as connectionsRpc.Account;
    const before = await ada.must<snapshotsRpc.Snapshot>('GET', `/accounts/${account.id}/snapshots/latest`);
    const sold = 'equity:AAPL';
    expect(before.balances.map((line) => line.asset.id)).toContain(sold);
    await ada.changeWorld((world) => {
      for (const one of world.accounts) if (one.institution === 'schwab') one.holdings = (one.holdings ?? []).filter((holding) => !/aapl/i.test(holding.security));
    });
    const refreshed = await ada.must<{ syncId: string }>('POST', `/connections/${account.connectionId}/refresh`, { acceptCost: true });
    expect((await ada.synced(refreshed.syncId)).status).toBe('completed');
    const after = await waitUntil(async () => {
      const latest = await ada.must<snapshotsRpc.Snapshot>('GET', `/accounts/${account.id}/snapshots/latest`);
      return latest.snapshotId === before.snapshotId ? null : latest;
    }, { describe: 'the new snapshot' });
    expect(after.balances.map((line) => line.asset.id)).not.toContain(sold);
    const past = await ada.must<snapshotsRpc.Snapshot>('GET', `/accounts/${account.id}/snapshots/latest?asOf=${before.capturedAt}`);
    expect(past.balances.map((line) => line.asset.id)).toContain(sold);
  }, 60_000);
});

describe('the cost guard', () => {
  it('refuses a second Plaid refresh within 24 h, says when the next is free and what an override costs, and records the override', async () => {
    const { connection: retirement } = await ada.link('empower');
    expect(retirement.provider).toBe('plaid');
    const spent = async (): Promise<string> => (await ada.must<{ items: { provider: string; total: { amount: string } }[] }>('GET', '/costs')).items.find((line) => line.provider === 'plaid')?.total.amount ?? '0';
    const before = Number(await spent());
    const first = await ada.must<{ syncId: string; cost: { amount: string } }>('POST', `/connections/${retirement.id}/refresh`, {});
    expect((await ada.synced(first.syncId)).status).toBe('completed');
    const second = await ada.call('POST', `/connections/${retirement.id}/refresh`, {});
    expect(second).toMatchObject({ status: 429, body: { code: 'refresh_limited', overrideCost: { amount: '0.01', currency: 'USD' } } });
    const next = Date.parse(String((second.body as { nextFreeRefreshAt: string }).nextFreeRefreshAt));
    expect(Math.abs(next - Date.now() - 24 * 3600_000)).toBeLessThan(120_000);
    const override = await ada.must<{ syncId: string; cost: { amount: string } }>('POST', `/connections/${retirement.id}/refresh`, { acceptCost: true });
    expect(override.cost).toEqual({ amount: '0.01', currency: 'USD' });
    expect((await ada.synced(override.syncId)).status).toBe('completed');
    await waitUntil(async () => Math.abs(Number(await spent()) - before - 0.02) < 1e-9, { describe: 'the cost of both to be recorded' });
  }, 60_000);
});

describe('the same real account through both providers', () => {
  it('counts once', async () => {
    const cem = await Client.of(stack, 'cem');
    await cem.link('vanguard', { provider: 'plaid' });
    const once = await waitUntil(async () => {
      const value = await cem.must<snapshotsRpc.PortfolioValue>('GET', '/portfolio/value');
      return value.value === null ? null : value;
    }, { describe: 'the value of the first link' });
    await cem.link('vanguard', { provider: 'snaptrade' });
    const twice = await waitUntil(async () => {
      const value = await cem.must<snapshotsRpc.PortfolioValue>('GET', '/portfolio/value');
      return value.accounts.some((account) => !account.counted) ? value : null;
    }, { describe: 'the duplicate to be flagged', timeoutMs: 20_000 });
    expect(twice.value).toBe(once.value);
    expect(twice.accounts.filter((account) => !account.counted).map((account) => [account.provider, account.percent])).toEqual([['plaid', null]]);
  }, 90_000);
});
