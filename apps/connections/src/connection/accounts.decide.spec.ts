import { describe, expect, it } from '@jest/globals';
import { eventProblems } from '@tidemark/contracts';
import type { AccountDetails } from '@tidemark/contracts';
import type { ConnectionEvent } from './connection.js';
import { connection, userId, of, T, details, idOf, requested, discovered, active, degraded, relinkNeeded, restored, removed } from './connection.fixture.js';

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

describe('what the user says of an account', () => {
  const change = (more: object) => ({ type: 'change-account' as const, at: T(6), accountId: idOf('a'), ...more });

  it('renames it, and puts the provider\'s name back with null', () => {
    const named: ConnectionEvent = { type: 'AccountUpdated', time: T(6), data: { ...of, accountId: idOf('a'), displayName: 'Nest egg' } };
    connection.given(active).when(change({ displayName: 'Nest egg' })).then([named]);
    connection.given([...active, named]).when(change({ displayName: 'Nest egg' })).then([]);
    connection.given([...active, named]).when(change({ displayName: null })).then([{ ...named, data: { ...named.data, displayName: null } }]);
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
