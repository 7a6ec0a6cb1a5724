import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '../envelope.js';
import { givenAccount, id } from './account.fixture.js';
import { accountName, holdingAt } from './account.js';
import type { Account } from './account.js';
import { foldAccounts } from './fold-accounts.js';

const T1 = '2026-11-01T00:00:00.000Z';
const T2 = '2026-11-02T00:00:00.000Z';
const T3 = '2026-11-03T00:00:00.000Z';

function event(type: string, data: object, time = T1, userid = 'user-1'): EventEnvelope {
  return { specversion: '1.0', id: id(7), type, source: 'connections', subject: 's', time, dataschema: `urn:tidemark:${type}:1`, datacontenttype: 'application/json', userid, epoch: 1, partition: 0, position: 1, streamversion: 1, recordedtime: time, data: { userId: userid, connectionId: id(1001), accountId: id(1), ...data } };
}

const details = { providerAccountId: 'x', name: 'Brokerage', officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD' };
const capabilities = { trading: true, realtime: false, positions: true, transactions: true };
const discovered = (time = T1) => event('AccountDiscovered', { provider: 'snaptrade', institutionId: 'schwab', institutionName: 'Charles Schwab', details, capabilities }, time);

function folded(events: readonly EventEnvelope[], before: readonly Account[] = []): Account {
  const account = foldAccounts(before, events).accounts.get(id(1));
  if (!account) throw new Error('no such account');
  return account;
}

describe('the accounts that connections tells of', () => {
  it('are discovered with what the provider says', () => {
    expect(folded([discovered()])).toMatchObject({ name: 'Brokerage', provider: 'snaptrade', trading: true, changes: [] });
  });

  it('go by the user\'s name for as long as there is one', () => {
    const named = folded([discovered(), event('AccountUpdated', { displayName: 'My pension' }), event('AccountUpdated', { details: { ...details, name: 'Brokerage 2' } })]);
    expect(accountName(named)).toBe('My pension');
    expect(accountName(folded([event('AccountUpdated', { displayName: null })], [named]))).toBe('Brokerage 2');
  });

  it('keep what counted before a change took effect', () => {
    const account = folded([discovered(), event('AccountUpdated', { countInTotals: false, effectiveAt: T2 }), event('AccountUpdated', { countInTotals: true, effectiveAt: T3 })]);
    expect([T1, T2, T3].map((at) => holdingAt(account, 'excluded', at))).toEqual([null, true, false]);
  });

  it('take a change that is told late in its place', () => {
    const account = folded([discovered(), event('AccountUpdated', { countInTotals: true, effectiveAt: T3 }), event('AccountUpdated', { countInTotals: false, effectiveAt: T2 })]);
    expect([T1, T2, T3].map((at) => holdingAt(account, 'excluded', at))).toEqual([null, true, true]);
  });

  it('are disconnected with their connection, and there again when discovered again', () => {
    const account = folded([discovered(), event('ConnectionRemoved', { reason: 'r', erased: false, accountIds: [] }, T2), discovered(T3)]);
    expect([T1, T2, T3].map((at) => holdingAt(account, 'disconnected', at))).toEqual([null, true, false]);
  });

  it('are erased with their connection, also when discovered in the same batch', () => {
    const result = foldAccounts([], [discovered(), event('ConnectionRemoved', { reason: 'r', erased: true, accountIds: [id(1)] }, T2)]);
    expect([[...result.accounts], [...result.changed], [...result.erased]]).toEqual([[], [], [id(1)]]);
  });

  it('are never touched by another user\'s events', () => {
    const mine = givenAccount(1);
    for (const type of ['AccountUpdated', 'AccountClosed', 'DuplicateFlagged', 'ConnectionRemoved', 'UserErased', 'AccountDiscovered']) {
      const data = { displayName: 'x', effectiveAt: T1, duplicateOf: id(2), erased: true, accountIds: [id(1)], details, capabilities };
      const result = foldAccounts([mine], [event(type, data, T1, 'user-2')]);
      expect([result.accounts.get(id(1)), result.changed.size, result.erased.size]).toEqual([mine, 0, 0]);
    }
  });

  it('are left as they are by events about accounts that nobody knows', () => {
    expect(foldAccounts([], [event('AccountUpdated', { displayName: 'x' }), event('AccountClosed', { effectiveAt: T1 })]).changed.size).toBe(0);
  });
});
