import { describe, expect, it } from '@jest/globals';
import { givenAccount, id } from './account.fixture.js';
import { withChange } from './account.js';
import type { ChangeKind } from './account.js';
import { notCounted, realAccounts } from './counting.js';

const T1 = '2026-11-01T00:00:00.000Z';
const T2 = '2026-11-02T00:00:00.000Z';

const having = (number: number, kind: ChangeKind, value: string | boolean | null, effectiveAt = T1) => givenAccount(number, { changes: [{ kind, value, effectiveAt }] });
const reasons = (accounts: ReturnType<typeof givenAccount>[], at = T2) => [...notCounted(accounts, at)];

describe('what counts', () => {
  it.each(['excluded', 'closed', 'disconnected'] as const)('is not an account that is %s, from then on', (kind) => {
    const account = having(1, kind, true, T2);
    expect(reasons([account], T2)).toEqual([[id(1), kind]]);
    expect(reasons([account], T1)).toEqual([]);
  });

  it('is one of two twins', () => {
    expect(reasons([givenAccount(1), having(2, 'duplicate', id(1))])).toEqual([[id(2), 'duplicate']]);
  });

  it('is the duplicate where its twin is gone or nobody knows it', () => {
    expect(reasons([having(1, 'closed', true), having(2, 'duplicate', id(1))])).toEqual([[id(1), 'closed']]);
    expect(reasons([having(2, 'duplicate', id(1))])).toEqual([]);
  });

  it('is neither twin where the user excluded the one that counts', () => {
    expect(reasons([having(1, 'excluded', true), having(2, 'duplicate', id(1))])).toEqual([[id(1), 'excluded'], [id(2), 'duplicate']]);
  });

  it('is the end of a chain of duplicates, and exactly one of a circle', () => {
    expect(reasons([givenAccount(1), having(2, 'duplicate', id(1)), having(3, 'duplicate', id(2))]).map(([account]) => account)).toEqual([id(2), id(3)]);
    expect(reasons([having(1, 'duplicate', id(2)), having(2, 'duplicate', id(1))])).toEqual([[id(2), 'duplicate']]);
    expect(reasons([having(1, 'duplicate', id(3)), having(2, 'duplicate', id(1)), having(3, 'duplicate', id(2)), having(4, 'duplicate', id(2))]).map(([account]) => account)).toEqual([id(2), id(3), id(4)]);
    expect(reasons([having(1, 'duplicate', id(1))])).toEqual([]);
  });

  it('is never a duplicate, also before anybody said that it is one', () => {
    expect(reasons([givenAccount(1), having(2, 'duplicate', id(1), T2)], T1)).toEqual([[id(2), 'duplicate']]);
  });

  it('is an account whose flag was taken back, as though it never had one', () => {
    const changes = withChange(having(2, 'duplicate', id(1)).changes, { kind: 'duplicate', value: null, effectiveAt: T2 });
    for (const at of [T1, T2]) expect(reasons([givenAccount(1), givenAccount(2, { changes })], at)).toEqual([]);
  });

  it('is what was said last of a duplicate, whatever the dates', () => {
    const changes = withChange(having(2, 'duplicate', id(3), T2).changes, { kind: 'duplicate', value: id(1), effectiveAt: T1 });
    expect(changes).toEqual([{ kind: 'duplicate', value: id(1), effectiveAt: T1 }]);
  });

  it('is a link until it ends and then the link that followed it: never both, and no instant without either', () => {
    const accounts = [having(1, 'disconnected', true, T2), having(2, 'duplicate', id(1), T2)];
    expect(reasons(accounts, T1)).toEqual([[id(2), 'duplicate']]);
    expect(reasons(accounts, T2)).toEqual([[id(1), 'disconnected']]);
    const third = [givenAccount(1, { changes: [{ kind: 'disconnected', value: true, effectiveAt: T1 }] }), givenAccount(2, { changes: [{ kind: 'duplicate', value: id(1), effectiveAt: T1 }, { kind: 'disconnected', value: true, effectiveAt: T2 }] }), having(3, 'duplicate', id(2), T2)];
    expect(['2026-10-01T00:00:00.000Z', T1, T2].map((at) => [1, 2, 3].filter((one) => !notCounted(third, at).has(id(one))))).toEqual([[1], [2], [3]]);
  });

  it('is one of two whose flags lead to one that is gone, and the one behind a gone one', () => {
    expect(reasons([having(1, 'closed', true), having(2, 'duplicate', id(1)), having(3, 'duplicate', id(1))])).toEqual([[id(1), 'closed'], [id(3), 'duplicate']]);
    const middle = givenAccount(2, { changes: [{ kind: 'duplicate', value: id(1), effectiveAt: T1 }, { kind: 'closed', value: true, effectiveAt: T1 }] });
    expect(reasons([givenAccount(1), middle, having(3, 'duplicate', id(2))])).toEqual([[id(2), 'closed'], [id(3), 'duplicate']]);
  });

  it('is the duplicate while nothing is known of its twin', () => {
    const accounts = [givenAccount(1), having(2, 'duplicate', id(1))];
    expect([...notCounted(accounts, T2, ({ accountId }) => accountId !== id(1))]).toEqual([]);
  });

  it('is one real account for all that flags tie together', () => {
    expect([...realAccounts([givenAccount(1), having(2, 'duplicate', id(1)), having(3, 'duplicate', id(2)), givenAccount(4)]).values()]).toEqual([id(1), id(1), id(1), id(4)]);
  });

  it('does not keep what says nothing new', () => {
    expect(withChange([], { kind: 'closed', value: false, effectiveAt: T1 })).toEqual([]);
  });
});
