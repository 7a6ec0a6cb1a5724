import { describe, expect, it } from '@jest/globals';
import { givenAccount, id } from './account.fixture.js';
import { withChange } from './account.js';
import type { ChangeKind } from './account.js';
import { notCounted } from './counting.js';

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

  it('is an account again whose flag was taken back', () => {
    const changes = withChange(having(2, 'duplicate', id(1)).changes, { kind: 'duplicate', value: null, effectiveAt: T2 });
    expect(reasons([givenAccount(1), givenAccount(2, { changes })], T2)).toEqual([]);
    expect(reasons([givenAccount(1), givenAccount(2, { changes })], T1)).toEqual([[id(2), 'duplicate']]);
  });

  it('does not keep what says nothing new', () => {
    expect(withChange([], { kind: 'closed', value: false, effectiveAt: T1 })).toEqual([]);
  });
});
