import { describe, expect, it } from '@jest/globals';
import { PERMISSION_EXPIRING } from './connection.decide.js';
import type { ConnectionEvent } from './connection.js';
import { connection, laterSync, of, T, details, idOf, requested, linked, discovered, active, degraded, relinkNeeded, expiring, restored, removed, complete } from './connection.fixture.js';

describe('linking', () => {
  it('is requested once, with the routing that was chosen', () => {
    const { type: _, time: at, data } = requested;
    connection.given([]).when({ type: 'request', at, ...data }).then([requested]);
    connection.given([requested]).when({ type: 'request', at, ...data }).thenRefused({ code: 'conflict' });
  });

  it('links and discovers every account in one decision, and names the first sync', () => {
    connection.given([requested]).when(complete()).then([linked, discovered('a'), discovered('b')]);
  });

  it.each([
    ['the coverage rule forbids it', { ...requested, data: { ...requested.data, tradingAllowed: false } }, true, false],
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

describe('the health of a connection', () => {
  const degrade = { type: 'degrade' as const, at: T(2), code: 'provider_unreachable', detail: 'down' };
  const relink = { type: 'require-reauthentication' as const, at: T(3), code: 'provider_auth', detail: 'sign in again' };
  const warn = { ...degrade, code: PERMISSION_EXPIRING, detail: 'ends soon' };
  const restore = { type: 'restore' as const, at: T(4) };

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
  it('is restored by a sync that went well or by the word of the provider', () => {
    connection.given([...active, degraded]).when(restore).then([restored]);
    connection.given([...active, relinkNeeded]).when(restore).then([restored]);
    connection.given(active).when(restore).then([]);
  });
  it('is not degraded for ever by a warning about an ending permission', () => {
    connection.given([...active, degraded]).when({ ...warn, at: T(3) }).then([{ ...expiring, time: T(3) }]);
    connection.given([...active, expiring]).when({ ...warn, at: T(3) }).then([]);
    connection.given([...active, expiring]).when(restore).then([restored]);
  });
  it('ignores failures from before the newest link', () => {
    const again: ConnectionEvent = { type: 'ConnectionRestored', time: T(9), data: { ...of, syncId: laterSync } };
    connection.given([...active, relinkNeeded, again]).when({ ...relink, at: T(8) }).then([]);
    connection.given([...active, relinkNeeded, again]).when({ ...degrade, at: T(8) }).then([]);
  });
  it('does not touch a connection that is pending or removed', () => {
    for (const past of [[requested], [...active, removed(false)]]) for (const command of [degrade, relink, restore]) connection.given(past).when({ ...command, at: T(6) }).then([]);
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

