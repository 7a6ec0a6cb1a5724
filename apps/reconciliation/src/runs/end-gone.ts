/**
 * When an account closes or its connection is removed, what was open of it ends with it, now and not at the next run, which may never come:
 * a run of those accounts finds nothing left to compare and says so. Only where something is open.
 */
import type { AccountClosed, ConnectionRemoved } from '@tidemark/contracts';
import { waitForPositions } from '@tidemark/projections';
import type { Reactor } from '@tidemark/projections';
import type { ReconciliationDeps } from '../deps.js';
import { requestRun } from './request.js';

export function ender(deps: ReconciliationDeps): Reactor {
  return {
    name: 'end-discrepancies-of-gone-accounts',
    logs: ['connections'],
    types: ['ConnectionRemoved', 'AccountClosed'],
    async react(event) {
      const data = event.data as Partial<ConnectionRemoved> & Partial<AccountClosed>;
      if (data.erased === true) return;
      const { source: log, epoch, partition, position, userid: userId } = event;
      if (!(await waitForPositions(deps.database, ['accounts', 'connections'], [{ log, epoch, partition, position }], 5_000))) throw new Error('the view of accounts has not come as far yet');
      const { rows } = await deps.database.query<{ id: string }>(
        `SELECT DISTINCT account_id AS id FROM discrepancy WHERE user_id = $1 AND account_id = ANY($2::uuid[]) AND status <> 'resolved'`,
        [userId, data.accountIds ?? (data.accountId === undefined ? [] : [data.accountId])],
      );
      if (rows.length === 0) return;
      const done = await requestRun(deps, { userId, reason: 'scheduled', accountIds: rows.map(({ id }) => id) });
      if (!done.ok) throw new Error(done.error.detail);
    },
  };
}
