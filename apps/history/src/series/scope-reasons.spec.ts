import { describe, expect, it } from '@jest/globals';
import type { HistoryAccount } from '../projections/accounts/row.js';
import type { AccountWithHead } from './scope-accounts.js';
import { account } from './scope.fixture.js';
import { ofRuns } from './scope-reasons.js';

const given = (run: AccountWithHead['run'], revision: number) => ofRuns({ inScope: [{ account: account('A') as HistoryAccount, revision, firstDay: null, lastDay: null, run }] });

describe('what a scope says of the reconstructions of its accounts', () => {
  it.each([
    ['failed', 0, 'reconstruction_failed', /failed: nothing is known of its days/],
    ['failed', 3, 'reconstruction_failed', /failed: what is shown is of revision 3/],
    [null, 0, 'reconstruction_pending', /begins by itself after its first sync/],
    ['waiting_for_prices', 0, 'reconstruction_pending', /it is under way/],
    ['running', 3, 'reconstruction_running', /being computed again: what is shown is of revision 3/],
    ['queued', 3, 'reconstruction_running', /being computed again/],
  ] as const)('%s at revision %i: %s, with the account', (run, revision, code, detail) => {
    expect(given(run, revision)).toEqual([{ code, detail: expect.stringMatching(detail), accountId: 'A' }]);
  });

  it('is nothing where the newest run has ended, or where days were taken over without one', () => {
    expect([given('completed', 1), given(null, 1)]).toEqual([[], []]);
  });
});
