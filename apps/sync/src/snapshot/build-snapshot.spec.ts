import { describe, expect, it } from '@jest/globals';
import { eventProblems } from '@tidemark/contracts';
import type { FetchedAccount } from '@tidemark/providers';
import { buildSnapshot, snapshotIdOf } from './build-snapshot.js';

const context = {
  userId: 'ada',
  connectionId: '0190a5b0-0000-7000-8000-000000000001',
  accountId: '0190a5b0-0000-7000-8000-00000000000a',
  provider: 'plaid',
  syncId: '0190a5b0-0000-7000-8000-0000000000ff',
  reason: 'scheduled' as const,
  capturedAt: '2026-11-21T09:36:00.000Z',
};

function account(more: Partial<FetchedAccount> = {}): FetchedAccount {
  return {
    account: { providerAccountId: 'p1', name: 'Brokerage', officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: null },
    currency: 'USD',
    providerAsOf: null,
    totals: { balance: '1000.5', available: null, holdingsValue: null, cashValue: '0' },
    balances: [{ asset: 'equity:AAPL', quantity: '10', price: '100.05', currency: 'USD' }, { asset: 'currency:USD', quantity: '0' }],
    providerMetadata: {},
    ...more,
  };
}

function built(more: Partial<FetchedAccount> = {}, reason: 'initial' | 'on_demand' | 'webhook' | 'reconnect' | 'scheduled' = 'scheduled') {
  const result = buildSnapshot(account(more), { ...context, reason });
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

describe('a snapshot of a fetched account', () => {
  it('holds every line, zero cash included, and is a valid event', () => {
    const snapshot = built();
    expect(snapshot.balances.map((line) => [line.asset, line.quantity])).toEqual([['equity:AAPL', '10'], ['currency:USD', '0']]);
    expect(eventProblems('BalanceSnapshotCaptured', snapshot)).toBeNull();
  });

  it('has an id of (sync, account), so a repeated run makes the same one', () => {
    expect(built().snapshotId).toBe(snapshotIdOf(context.syncId, context.accountId));
    expect(snapshotIdOf(context.syncId, context.connectionId)).not.toBe(snapshotIdOf(context.syncId, context.accountId));
  });

  it('is valid when the account is empty', () => {
    expect(built({ balances: [], totals: { balance: null, available: null, holdingsValue: null, cashValue: null } }).balances).toEqual([]);
  });

  it.each([['initial', 'initial_connection'], ['scheduled', 'scheduled_sync'], ['on_demand', 'manual_sync'], ['webhook', 'webhook'], ['reconnect', 'account_sync']] as const)('of a sync with reason %s comes from %s', (reason, source) => {
    expect(built({}, reason).source).toBe(source);
  });

  it('takes the one currency of its lines where the provider states none', () => {
    expect(built({ currency: null, balances: [{ asset: 'currency:CAD', quantity: '5' }, { asset: 'equity:SHOP', quantity: '1', currency: 'CAD' }] }).currency).toBe('CAD');
  });

  it('is refused rather than given a guessed currency', () => {
    const two = buildSnapshot(account({ currency: null, balances: [{ asset: 'currency:CAD', quantity: '5' }, { asset: 'currency:USD', quantity: '1' }] }), context);
    expect(two).toMatchObject({ ok: false, error: { kind: 'no_currency' } });
    expect(buildSnapshot(account({ currency: null, balances: [] }), context)).toMatchObject({ ok: false, error: { kind: 'no_currency' } });
    expect(buildSnapshot(account({ currency: 'USDC', balances: [] }), context)).toMatchObject({ ok: false, error: { kind: 'no_currency' } });
  });

  it('is refused where the provider did not say what the account holds: empty is not zero', () => {
    expect(buildSnapshot(account({ balances: [], incomplete: 'its holdings are not available' }), context)).toMatchObject({ ok: false, error: { kind: 'incomplete' } });
  });

  it('is refused where a line cannot be recorded', () => {
    expect(buildSnapshot(account({ balances: [{ asset: 'shares:AAPL', quantity: '1' }] }), context)).toMatchObject({ ok: false, error: { kind: 'malformed' } });
    expect(buildSnapshot(account({ balances: [{ asset: 'equity:AAPL', quantity: '1e5' }] }), context)).toMatchObject({ ok: false, error: { kind: 'malformed' } });
  });

  it('keeps metadata as received, without numbers and secrets at any level', () => {
    const kept = built({ providerMetadata: { balances: { current: 1, account_number: '000123456789' }, numbers: [{ routing: '011401533', mask: '6789' }], accessToken: 'access-x', userSecret: 's' } }).providerMetadata;
    expect(kept).toEqual({ balances: { current: 1 }, numbers: [{ mask: '6789' }] });
  });
});
