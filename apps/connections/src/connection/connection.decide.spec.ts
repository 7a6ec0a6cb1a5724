import { describe, expect, it } from '@jest/globals';
import { eventProblems } from '@tidemark/contracts';
import type { AccountDetails } from '@tidemark/contracts';
import { accountIdOf } from '@tidemark/kernel';
import { decider } from '@tidemark/testing';
import { evolve, NO_CONNECTION } from './connection.js';
import type { ConnectionEvent } from './connection.js';
import { decide, PERMISSION_EXPIRING } from './connection.decide.js';
import type { Complete } from './connection.commands.js';

const connection = decider(decide, evolve, NO_CONNECTION);

const userId = 'ada';
const connectionId = '0196f3a0-0000-7000-8000-000000000001';
const syncId = '0196f3a0-0000-7000-8000-0000000000a1';
const laterSync = '0196f3a0-0000-7000-8000-0000000000a2';
const of = { userId, connectionId };
const T = (minute: number) => `2026-11-21T10:${String(minute).padStart(2, '0')}:00.000Z`;
const routing = { reason: 'snaptrade is the preferred provider for Charles Schwab', alternatives: ['plaid'] };
const details = (providerAccountId: string, more: Partial<AccountDetails> = {}): AccountDetails => ({ providerAccountId, name: `Account ${providerAccountId}`, officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD', ...more });
const idOf = (providerAccountId: string) => accountIdOf(connectionId, providerAccountId);
const capable = { trading: true, realtime: true, positions: true, transactions: true };

const requested: ConnectionEvent = { type: 'ConnectionRequested', time: T(0), data: { ...of, institutionId: 'charles-schwab', institutionName: 'Charles Schwab', provider: 'snaptrade', needTrading: false, tradingAllowed: true, routing } };
const link = { providerConnectionId: 'auth-1', credentialRef: `connection/${connectionId}` };
const linked: ConnectionEvent = { type: 'ConnectionLinked', time: T(1), data: { ...of, provider: 'snaptrade', institutionId: 'charles-schwab', ...link, firstSyncId: syncId, tradingGranted: true } };
const discovered = (id: string, minute = 1, capabilities = capable, more: Partial<AccountDetails> = {}): ConnectionEvent => ({
  type: 'AccountDiscovered', time: T(minute), data: { ...of, accountId: idOf(id), provider: 'snaptrade', institutionId: 'charles-schwab', institutionName: 'Charles Schwab', details: details(id, more), capabilities },
});
const active = [requested, linked, discovered('a'), discovered('b')];
const degraded: ConnectionEvent = { type: 'ConnectionDegraded', time: T(2), data: { ...of, code: 'provider_unreachable', detail: 'down' } };
const relinkNeeded: ConnectionEvent = { type: 'ReauthenticationRequired', time: T(3), data: { ...of, code: 'provider_auth', detail: 'sign in again' } };
const expiring: ConnectionEvent = { type: 'ConnectionDegraded', time: T(2), data: { ...of, code: PERMISSION_EXPIRING, detail: 'ends soon' } };
const restored: ConnectionEvent = { type: 'ConnectionRestored', time: T(4), data: of };
const removed = (erased: boolean, minute = 5): ConnectionEvent => ({ type: 'ConnectionRemoved', time: T(minute), data: { ...of, reason: 'asked by the user', erased, accountIds: [idOf('a'), idOf('b')] } });
const complete = (more: Partial<Complete> = {}): Complete => ({ type: 'complete', at: T(1), ...link, syncId, tradingGranted: true, accounts: [details('a'), details('b')], ...more });

describe('linking', () => {
  it('is requested once, with the routing that was chosen', () => {
    const { type: _, time: at, data } = requested as Extract<ConnectionEvent, { type: 'ConnectionRequested' }>;
    connection.given([]).when({ type: 'request', at, ...data }).then([requested]);
    connection.given([requested]).when({ type: 'request', at, ...data }).thenRefused({ code: 'conflict' });
  });

  it('links and discovers every account in one decision, and names the first sync', () => {
    connection.given([requested]).when(complete()).then([linked, discovered('a'), discovered('b')]);
  });

  it.each([
    ['the coverage rule forbids it', { ...requested, data: { ...requested.data, tradingAllowed: false } } as ConnectionEvent, true, false],
    ['the link was granted reading only', requested, false, false],
    ['the provider does not say what was granted', requested, null, true],
  ])('derives trading where %s', (_what, given, tradingGranted, trading) => {
    const decided = connection.given([given]).when(complete({ tradingGranted, accounts: [details('a')] }));
    expect(decided.state().accounts.get(idOf('a'))?.capabilities.trading).toBe(trading);
  });

  it('reads a bank account through balances: no positions and no trading', () => {
    const decided = connection.given([requested]).when(complete({ accounts: [details('a', { type: 'depository' })] }));
    expect(decided.state().accounts.get(idOf('a'))?.capabilities).toMatchObject({ positions: false, trading: false, transactions: true });
  });

  it('cannot be completed before it is requested or after it is removed', () => {
    connection.given([]).when(complete()).thenRefused({ code: 'not_found' });
    connection.given([...active, removed(false)]).when(complete()).thenRefused({ code: 'connection_not_active' });
  });

  it('restores the same link when the person links again, and starts a sync', () => {
    connection.given([...active, relinkNeeded]).when(complete({ at: T(6), syncId: laterSync })).then([{ type: 'ConnectionRestored', time: T(6), data: { ...of, syncId: laterSync } }]);
  });

  it('links anew when the provider made a new link, keeping the accounts and closing none', () => {
    const decided = connection.given([...active, relinkNeeded]).when(complete({ at: T(6), syncId: laterSync, providerConnectionId: 'auth-2', accounts: [details('a')] }));
    decided.then([{ type: 'ConnectionLinked', time: T(6), data: { ...(linked.data as object), providerConnectionId: 'auth-2', firstSyncId: laterSync } as never }]);
    expect(decided.state().status).toBe('active');
    expect(decided.state().accounts.get(idOf('b'))?.status).toBe('active');
  });
});

describe('what a sync observes', () => {
  const observe = (accounts: AccountDetails[], whole = true, minute = 7) => ({ type: 'observe' as const, at: T(minute), accounts, whole });
  const closed = (id: string, minute = 7): ConnectionEvent => ({ type: 'AccountClosed', time: T(minute), data: { ...of, accountId: idOf(id), reason: 'snaptrade no longer lists it', effectiveAt: T(minute) } });

  it('says nothing when nothing changed', () => connection.given(active).when(observe([details('b'), details('a')])).then([]));
  it('discovers what is new', () => connection.given(active).when(observe([details('a'), details('b'), details('c')])).then([discovered('c', 7)]));
  it('updates what changed', () =>
    connection.given(active).when(observe([details('a', { name: 'Roth IRA' }), details('b')])).then([{ type: 'AccountUpdated', time: T(7), data: { ...of, accountId: idOf('a'), details: details('a', { name: 'Roth IRA' }) } }]));
  it('closes what is missing from a whole answer', () => connection.given(active).when(observe([details('a')])).then([closed('b')]));
  it('closes nothing because of a part of an answer', () => connection.given(active).when(observe([details('a')], false)).then([]));
  it('closes nothing because of an answer older than the account', () => connection.given([...active, discovered('c', 8)]).when(observe([details('a'), details('b')])).then([]));
  it('does not close twice', () => connection.given([...active, closed('b')]).when(observe([details('a')], true, 8)).then([]));

  it('opens a closed account again when it is seen again, with what the user had set', () => {
    const renamed: ConnectionEvent = { type: 'AccountUpdated', time: T(2), data: { ...of, accountId: idOf('b'), displayName: 'Nest egg', countInTotals: false } };
    const decided = connection.given([...active, renamed, closed('b')]).when(observe([details('a'), details('b')], true, 9));
    decided.then([discovered('b', 9)]);
    expect(decided.state().accounts.get(idOf('b'))).toMatchObject({ status: 'active', displayName: 'Nest egg', countInTotals: false });
  });

  it('is refused before linking and after removal', () => {
    connection.given([requested]).when(observe([])).thenRefused({ code: 'connection_not_active' });
    connection.given([...active, removed(false)]).when(observe([])).thenRefused({ code: 'connection_not_active' });
  });
});

describe('the health of a connection', () => {
  const degrade = { type: 'degrade' as const, at: T(2), code: 'provider_unreachable', detail: 'down' };
  const relink = { type: 'require-reauthentication' as const, at: T(3), code: 'provider_auth', detail: 'sign in again' };
  const warn = { ...degrade, code: PERMISSION_EXPIRING, detail: 'ends soon' };
  const restore = (because: 'sync' | 'provider') => ({ type: 'restore' as const, at: T(4), because });

  it('degrades once, however many syncs fail', () => {
    connection.given(active).when(degrade).then([degraded]);
    connection.given([...active, degraded]).when({ ...degrade, at: T(3) }).then([]);
  });
  it('asks for a new sign-in from active and from degraded, once', () => {
    connection.given(active).when(relink).then([relinkNeeded]);
    connection.given([...active, degraded]).when(relink).then([relinkNeeded]);
    connection.given([...active, relinkNeeded]).when({ ...relink, at: T(4) }).then([]);
    connection.given([...active, relinkNeeded]).when({ ...degrade, at: T(4) }).then([]);
  });
  it('is restored by a sync that went well', () => {
    connection.given([...active, degraded]).when(restore('sync')).then([restored]);
    connection.given([...active, relinkNeeded]).when(restore('sync')).then([restored]);
    connection.given(active).when(restore('sync')).then([]);
  });
  it('keeps a warning about an ending permission until the provider takes it back or the person links again', () => {
    connection.given([...active, degraded]).when({ ...warn, at: T(3) }).then([{ ...expiring, time: T(3) }]);
    connection.given([...active, expiring]).when(restore('sync')).then([]);
    connection.given([...active, expiring]).when(restore('provider')).then([restored]);
  });
  it('ignores failures from before the newest link', () => {
    const again: ConnectionEvent = { type: 'ConnectionRestored', time: T(9), data: { ...of, syncId: laterSync } };
    connection.given([...active, relinkNeeded, again]).when({ ...relink, at: T(8) }).then([]);
    connection.given([...active, relinkNeeded, again]).when({ ...degrade, at: T(8) }).then([]);
  });
  it('does not touch a connection that is pending or removed', () => {
    for (const past of [[requested], [...active, removed(false)]]) for (const command of [degrade, relink, restore('sync')]) connection.given(past).when({ ...command, at: T(6) }).then([]);
  });
});

describe('removal', () => {
  const remove = (erase: boolean, minute = 5) => ({ type: 'remove' as const, at: T(minute), reason: 'asked by the user', erase });

  it('disconnects every account', () => {
    const decided = connection.given(active).when(remove(false));
    decided.then([removed(false)]);
    expect([...decided.state().accounts.values()].map((account) => account.status)).toEqual(['disconnected', 'disconnected']);
  });
  it('is done once; erasing may follow, once', () => {
    connection.given([...active, removed(false)]).when(remove(false, 6)).then([]);
    connection.given([...active, removed(false)]).when(remove(true, 6)).then([removed(true, 6)]);
    connection.given([...active, removed(true)]).when(remove(true, 6)).then([]);
  });
  it('takes back a link that was never completed', () => connection.given([requested]).when(remove(false)).then([{ type: 'ConnectionRemoved', time: T(5), data: { ...of, reason: 'asked by the user', erased: false, accountIds: [] } }]));
  it('of what is not there is refused', () => connection.given([]).when(remove(false)).thenRefused({ code: 'not_found' }));
});

describe('what the user says of an account', () => {
  const change = (more: object) => ({ type: 'change-account' as const, at: T(6), accountId: idOf('a'), ...more });

  it('renames it, and puts the provider\'s name back with null', () => {
    const named: ConnectionEvent = { type: 'AccountUpdated', time: T(6), data: { ...of, accountId: idOf('a'), displayName: 'Nest egg' } };
    connection.given(active).when(change({ displayName: 'Nest egg' })).then([named]);
    connection.given([...active, named]).when(change({ displayName: 'Nest egg' })).then([]);
    connection.given([...active, named]).when(change({ displayName: null })).then([{ ...named, data: { ...named.data, displayName: null } } as ConnectionEvent]);
  });
  it('leaves it out of totals from an instant on', () =>
    connection.given(active).when(change({ countInTotals: false })).then([{ type: 'AccountUpdated', time: T(6), data: { ...of, accountId: idOf('a'), countInTotals: false, effectiveAt: T(6) } }]));
  it('is refused for an account that is not there or was erased', () => {
    connection.given(active).when({ ...change({}), accountId: idOf('z') }).thenRefused({ code: 'not_found' });
    connection.given([...active, removed(true)]).when(change({ displayName: 'x' })).thenRefused({ code: 'not_found' });
  });
});

describe('duplicates', () => {
  const other = idOf('elsewhere');
  const flag = (duplicateOf: string | null, by: 'detection' | 'user') => ({ type: 'flag-duplicate' as const, at: T(6), accountId: idOf('a'), duplicateOf, by, evidence: ['same number'] });
  const flagged = (duplicateOf: string | null, by: 'detection' | 'user'): ConnectionEvent => ({ type: 'DuplicateFlagged', time: T(6), data: { ...of, accountId: idOf('a'), duplicateOf, by, evidence: ['same number'], effectiveAt: T(6) } });

  it('are flagged once and taken back', () => {
    connection.given(active).when(flag(other, 'detection')).then([flagged(other, 'detection')]);
    connection.given([...active, flagged(other, 'detection')]).when(flag(other, 'detection')).then([]);
    connection.given([...active, flagged(other, 'detection')]).when(flag(null, 'detection')).then([flagged(null, 'detection')]);
  });
  it('stay as the user decided, whatever detection finds', () => {
    connection.given([...active, flagged(other, 'detection')]).when(flag(null, 'user')).then([flagged(null, 'user')]);
    connection.given([...active, flagged(null, 'user')]).when(flag(other, 'detection')).then([]);
    connection.given([...active, flagged(other, 'user')]).when(flag(null, 'detection')).then([]);
    connection.given([...active, flagged(null, 'user')]).when(flag(null, 'user')).then([]);
  });
  it('are never of themselves', () => connection.given(active).when(flag(idOf('a'), 'user')).thenRefused({ code: 'validation_failed' }));
});

describe('a manual account', () => {
  const accountId = '0196f3a0-0000-7000-8000-0000000000ff';
  const open = { type: 'open-manual' as const, at: T(0), userId, accountId, name: 'Gold in the safe', accountType: 'other', currency: 'USD' };

  it('is a connection of its own that is never linked', () => {
    const opened = connection.given([]).when(open);
    expect(opened.state()).toMatchObject({ status: 'active', provider: 'manual', connectionId: accountId, link: null });
    expect(opened.state().accounts.get(accountId)).toMatchObject({ status: 'active', capabilities: { trading: false, transactions: false } });
  });

  it('makes events that hold to the catalogue', () => {
    const history = [...active, degraded, relinkNeeded, restored, removed(true)];
    const opened = connection.given([]).when(open).result;
    for (const event of [...history, ...(opened.ok ? opened.value : [])]) expect([event.type, eventProblems(event.type, event.data)]).toEqual([event.type, null]);
  });
});
