/**
 * Erasure, of what no projection holds: runs, reports, discrepancies and what accounts are compared from. Tasks go first: one that is being
 * written is waited for, and one that would write later finds itself gone. What is left of a run ends without them.
 */
import { instant } from '@tidemark/kernel';
import { erasuresOf, markErased } from '@tidemark/projections';
import type { Erasure, Reactor } from '@tidemark/projections';
import { eraseAudit } from '../audit/erase-audit.js';
import type { ReconciliationDeps } from '../deps.js';
import { eraseImports, eraseImportsOfUser } from '../imports/query.js';
import { completeIfDone } from './complete-run.js';

export const ERASER = 'erase-reconciliations';

export function eraser(deps: ReconciliationDeps): Reactor {
  return {
    name: ERASER,
    logs: ['connections'],
    types: ['ConnectionRemoved', 'UserErased'],
    async react(event) {
      const erasures = erasuresOf(event);
      if (erasures.length === 0) return;
      if (event.type === 'UserErased') await eraseUser(deps, event.userid, erasures);
      else await eraseAccounts(deps, event.userid, erasures);
    },
  };
}

async function eraseUser({ database, auditKey, clock }: ReconciliationDeps, userId: string, erasures: readonly Erasure[]): Promise<void> {
  await database.transaction(async (tx) => {
    await markErased(tx, erasures);
    await tx.query('SELECT 1 FROM reconciliation_run WHERE user_id = $1 ORDER BY run_id FOR UPDATE', [userId]);
    for (const table of ['reconciliation_run', 'discrepancy', 'settled_basis', 'accepted_difference', 'schedule_slot']) await tx.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
    await eraseImportsOfUser(tx, userId);
    await eraseAudit(tx, auditKey, userId, instant(clock.now()));
  });
}

async function eraseAccounts(deps: ReconciliationDeps, userId: string, erasures: readonly Erasure[]): Promise<void> {
  const accountIds = erasures.filter(({ kind }) => kind === 'account').map(({ id }) => id);
  const connectionIds = erasures.filter(({ kind }) => kind === 'connection').map(({ id }) => id);
  const done = await deps.log.transaction(async (tx) => {
    await markErased(tx, erasures);
    const { rows: runs } = await tx.query<{ runId: string }>(`SELECT run_id AS "runId" FROM reconciliation_run WHERE user_id = $1 AND status IN ('queued', 'running') ORDER BY run_id FOR UPDATE`, [userId]);
    await tx.query('DELETE FROM run_task WHERE user_id = $1 AND (connection_id = ANY($2::uuid[]) OR account_ids <@ $3::uuid[])', [userId, connectionIds, accountIds]);
    for (const table of ['account_report', 'discrepancy', 'settled_basis', 'accepted_difference']) await tx.query(`DELETE FROM ${table} WHERE user_id = $1 AND account_id = ANY($2::uuid[])`, [userId, accountIds]);
    await eraseImports(tx, accountIds);
    for (const { runId } of runs) await completeIfDone(deps, tx, runId);
  });
  // Whoever ended one of the runs first has written its event: the next try finds it ended.
  if (!done.ok) throw new Error(`an erasure could not be written: ${done.error.kind}`);
}
