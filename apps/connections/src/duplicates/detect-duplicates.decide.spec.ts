import { describe, expect, it } from '@jest/globals';
import { detectDuplicates } from './detect-duplicates.decide.js';
import type { Candidate } from './detect-duplicates.decide.js';

const held = { 'equity:AAPL': '100', 'etf:VTI': '12.5', 'fund:VFIAX': '3.2', 'equity:MSFT': '7', 'currency:USD': '250.10' };
const schwab: Candidate = {
  accountId: 'schwab-snaptrade', connectionId: 'c1', provider: 'snaptrade', institutionId: 'charles-schwab', institutionName: 'Charles Schwab', name: 'Individual', type: 'investment',
  mask: '4321', numberHash: null, currency: 'USD', holdings: held, firstSeenAt: '2026-11-02T00:00:00.000Z', goneAt: null, duplicateOf: null, duplicateBy: null,
};
const byPlaid: Candidate = { ...schwab, accountId: 'schwab-plaid', connectionId: 'c2', provider: 'plaid', name: 'Brokerage', type: 'brokerage', mask: '321', firstSeenAt: '2026-11-01T00:00:00.000Z' };
const flagged = (account: Candidate, duplicateOf: string | null, duplicateBy: Candidate['duplicateBy'] = 'detection'): Candidate => ({ ...account, duplicateOf, duplicateBy });

describe('the same real account', () => {
  it('through two providers counts through the one of higher priority, whichever was linked first', () => {
    expect(detectDuplicates([schwab, byPlaid])).toEqual([
      {
        accountId: 'schwab-plaid', duplicateOf: 'schwab-snaptrade',
        evidence: ['same institution: Charles Schwab', 'same last characters of the number: 321', 'same type: investment', '100 % of 4 holdings agree', 'linked through plaid and snaptrade; snaptrade counts before plaid'],
      },
    ]);
  });

  it('twice through one provider counts through the link that was made first', () => {
    const again = { ...byPlaid, accountId: 'again', connectionId: 'c3', firstSeenAt: '2026-11-05T00:00:00.000Z' };
    expect(detectDuplicates([again, byPlaid])).toMatchObject([{ accountId: 'again', duplicateOf: 'schwab-plaid' }]);
  });

  it('is known by its full number before any snapshot', () => {
    const numbered = { ...schwab, numberHash: 'h', holdings: null };
    expect(detectDuplicates([numbered, { ...byPlaid, numberHash: 'h', mask: null, holdings: null }])).toHaveLength(1);
  });

  it('is known although quantities moved a little between two readings', () => {
    expect(detectDuplicates([schwab, { ...byPlaid, holdings: { ...held, 'fund:VFIAX': '3.21', 'currency:USD': '0.05' } }])).toHaveLength(1);
  });

  it('is known although one provider counts a money-market sweep into cash and the other does not', () => {
    const sweep = { 'fund:VFIAX': '151.318', 'fund:VTSAX': '310.004', 'fund:VMFXX': '1250' };
    expect(detectDuplicates([{ ...schwab, holdings: { ...sweep, 'currency:USD': '1295.1' } }, { ...byPlaid, holdings: { ...sweep, 'currency:USD': '45.1' } }])).toHaveLength(1);
  });

  it('is known although one provider has codes of its own for some assets', () => {
    expect(detectDuplicates([schwab, { ...byPlaid, holdings: { ...held, 'provider:plaid:x1': '9' } }])).toHaveLength(1);
  });

  it('kept by hand beside a link is known by identical holdings, or by its name', () => {
    const manual = { ...byPlaid, accountId: 'manual', connectionId: 'manual', provider: 'manual', institutionId: null, institutionName: null, name: 'My portfolio', mask: null };
    expect(detectDuplicates([schwab, manual])).toMatchObject([{ accountId: 'manual', duplicateOf: 'schwab-snaptrade' }]);
    const named = { ...manual, name: 'Schwab IRA ...4321', holdings: { ...held, 'currency:USD': '1' } };
    expect(detectDuplicates([schwab, named])).toHaveLength(1);
  });

  it('three times makes one group with one that counts', () => {
    const third = { ...byPlaid, accountId: 'third', connectionId: 'c3' };
    expect(detectDuplicates([byPlaid, third, schwab]).map((flag) => [flag.accountId, flag.duplicateOf])).toEqual([['schwab-plaid', 'schwab-snaptrade'], ['third', 'schwab-snaptrade']]);
  });
});

describe('near misses', () => {
  const others: [string, Partial<Candidate>][] = [
    ['another institution with the same ending and holdings', { institutionId: 'fidelity', institutionName: 'Fidelity' }],
    ['another type', { type: 'depository' }],
    ['another ending', { mask: '9321' }],
    ['different holdings', { holdings: { 'equity:AAPL': '50', 'equity:TSLA': '3', 'currency:USD': '10' } }],
    ['the same assets in other quantities', { holdings: { 'equity:AAPL': '10', 'etf:VTI': '1', 'fund:VFIAX': '8', 'equity:MSFT': '70', 'currency:USD': '250.10' } }],
    ['no snapshot yet and no number', { holdings: null }],
    ['another currency', { currency: 'CAD' }],
    ['the same connection: a provider lists an account once', { connectionId: 'c1' }],
    ['no number and only cash in common', { mask: null, holdings: { 'currency:USD': '250.10' } }],
    ['both empty', { mask: null, holdings: {} }],
  ];
  it.each(others)('%s: not flagged', (_what, difference) => expect(detectDuplicates([schwab, { ...byPlaid, ...difference }])).toEqual([]));

  it('two accounts of one provider with different full numbers are two, whatever else agrees', () => {
    expect(detectDuplicates([{ ...byPlaid, numberHash: 'a' }, { ...byPlaid, accountId: 'other', connectionId: 'c3', numberHash: 'b' }])).toEqual([]);
  });
});

describe('a flag', () => {
  it('stands as long as nothing speaks against it', () => {
    expect(detectDuplicates([schwab, flagged(byPlaid, 'schwab-snaptrade')])).toEqual([]);
    const parting = { ...held, 'equity:AAPL': '60', 'etf:VTI': '1', 'equity:MSFT': '0' };
    expect(detectDuplicates([schwab, flagged({ ...byPlaid, holdings: parting }, 'schwab-snaptrade')])).toEqual([]);
  });

  it('is taken back when the other account is gone, so that the real account counts once and not never', () => {
    expect(detectDuplicates([flagged(byPlaid, 'schwab-snaptrade')])).toMatchObject([{ accountId: 'schwab-plaid', duplicateOf: null }]);
  });

  it('is taken back when holdings have clearly parted', () => {
    expect(detectDuplicates([schwab, flagged({ ...byPlaid, holdings: { 'equity:TSLA': '1', 'currency:USD': '1' } }, 'schwab-snaptrade')])).toMatchObject([{ duplicateOf: null }]);
  });

  it('moves to an account of higher priority that is linked later', () => {
    const again = flagged({ ...byPlaid, accountId: 'again', connectionId: 'c3', firstSeenAt: '2026-11-05T00:00:00.000Z' }, 'schwab-plaid');
    expect(detectDuplicates([byPlaid, again, schwab]).map((flag) => [flag.accountId, flag.duplicateOf])).toEqual([['schwab-plaid', 'schwab-snaptrade'], ['again', 'schwab-snaptrade']]);
  });

  it('follows the user: what they decided is left alone, and what they called a duplicate never counts', () => {
    expect(detectDuplicates([schwab, flagged(byPlaid, null, 'user')])).toEqual([]);
    expect(detectDuplicates([flagged(schwab, 'schwab-plaid', 'user'), flagged(byPlaid, null, 'user')])).toEqual([]);
    expect(detectDuplicates([flagged(schwab, 'schwab-plaid', 'user'), byPlaid])).toEqual([]);
    const third = { ...byPlaid, accountId: 'third', connectionId: 'c3', firstSeenAt: '2026-11-09T00:00:00.000Z' };
    expect(detectDuplicates([flagged(schwab, 'schwab-plaid', 'user'), byPlaid, third])).toMatchObject([{ accountId: 'third', duplicateOf: 'schwab-plaid' }]);
  });
});

describe('a link that ended', () => {
  const ended: Candidate = { ...schwab, accountId: 'ended', connectionId: 'c0', firstSeenAt: '2026-01-01T00:00:00.000Z', goneAt: '2026-11-01T20:00:00.000Z' };
  const flags = (accounts: readonly Candidate[]) => detectDuplicates(accounts).map((flag) => [flag.accountId, flag.duplicateOf]);
  const LATER = { firstSeenAt: '2026-11-20T00:00:00.000Z' };

  it('is followed by the account that is linked again, which says so', () => {
    expect(detectDuplicates([ended, schwab])).toEqual([
      { accountId: 'schwab-snaptrade', duplicateOf: 'ended', evidence: expect.arrayContaining(['same last characters of the number: 4321', 'the other was there until 2026-11-01: it counts up to then, and this one from then on']) },
    ]);
    expect(flags([ended, flagged(schwab, 'ended')])).toEqual([]);
  });

  it('is followed through another provider too, and the follower stays one when holdings have moved on', () => {
    expect(flags([{ ...ended, numberHash: 'h' }, { ...byPlaid, ...LATER, numberHash: 'h' }])).toEqual([['schwab-plaid', 'ended']]);
    expect(flags([ended, flagged({ ...schwab, holdings: { 'equity:TSLA': '1' } }, 'ended')])).toEqual([]);
  });

  it('keeps the flags that stood when it ended: its duplicate counts from then on', () => {
    expect(flags([{ ...schwab, goneAt: '2026-11-09T00:00:00.000Z' }, flagged(byPlaid, 'schwab-snaptrade')])).toEqual([]);
    expect(flags([flagged({ ...byPlaid, goneAt: '2026-11-09T00:00:00.000Z' }, 'schwab-snaptrade'), schwab])).toEqual([]);
  });

  it('leaves one of two duplicates as the one that counts, and that one follows it', () => {
    const third = flagged({ ...byPlaid, accountId: 'third', connectionId: 'c3', firstSeenAt: '2026-11-05T00:00:00.000Z' }, 'schwab-snaptrade');
    const accounts = [{ ...schwab, goneAt: '2026-11-09T00:00:00.000Z' }, flagged(byPlaid, 'schwab-snaptrade'), third];
    expect(flags(accounts)).toEqual([['third', 'schwab-plaid']]);
  });

  it('may have ended before, and each follows the one before it', () => {
    const again = flagged({ ...ended, accountId: 'again', connectionId: 'c4', firstSeenAt: '2026-11-02T00:00:00.000Z', goneAt: '2026-11-10T00:00:00.000Z' }, 'ended');
    expect(flags([ended, again, { ...schwab, ...LATER }])).toEqual([['schwab-snaptrade', 'again']]);
    expect(flags([ended, { ...again, duplicateOf: null }, { ...schwab, ...LATER }])).toEqual(expect.arrayContaining([['again', 'ended'], ['schwab-snaptrade', 'again']]));
  });

  it('stands aside for one that was there with it and counts before it', () => {
    expect(flags([schwab, { ...byPlaid, goneAt: '2026-11-09T00:00:00.000Z' }])).toEqual([['schwab-plaid', 'schwab-snaptrade']]);
    expect(flags([byPlaid, { ...schwab, goneAt: '2026-11-09T00:00:00.000Z' }])).toEqual([['schwab-plaid', 'schwab-snaptrade']]);
  });

  it('is followed within one connection where the provider gave the account another id', () => {
    expect(flags([{ ...ended, connectionId: 'c1' }, schwab])).toEqual([['schwab-snaptrade', 'ended']]);
    expect(flags([{ ...ended, connectionId: 'c1', goneAt: '2026-11-05T00:00:00.000Z' }, schwab])).toEqual([]);
  });

  it('has no past where it was never read, and none where the user says that they are two', () => {
    expect(flags([{ ...ended, holdings: null, numberHash: 'h' }, { ...schwab, numberHash: 'h' }])).toEqual([]);
    expect(flags([ended, flagged(schwab, null, 'user')])).toEqual([]);
    expect(flags([ended, flagged({ ...schwab, goneAt: '2026-11-09T00:00:00.000Z' }, null, 'user'), { ...schwab, ...LATER, accountId: 'now', connectionId: 'c5' }])).toEqual([['now', 'ended']]);
  });
});
