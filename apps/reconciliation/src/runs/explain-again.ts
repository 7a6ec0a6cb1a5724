/**
 * With the last task of a run all of its differences are known, and one account's may be the other side of another's. So whatever differs
 * is explained once more before the run ends. What another run or a person holds at this moment is left as it is: the next run sees it.
 */
import type { AuditAnchor, DiscrepancyExplained, reconciliationRpc } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { canonicalJson } from '@tidemark/kernel';
import { appendAudit } from '../audit/append-audit.js';
import { readEvidence } from '../accounts/kept-evidence.js';
import { otherAccounts } from '../accounts/other-accounts.js';
import type { ReconciliationDeps } from '../deps.js';
import { statusOf } from '../discrepancies/write-discrepancies.js';
import { explain } from '../explanation/explain.js';
import { findDiscrepancy } from '../reads/discrepancies.js';
import { appended, discrepancyStream, eventId } from './run-events.js';

type Line = reconciliationRpc.ReconciliationLine;

interface Kept {
  readonly accountId: string;
  readonly lines: readonly Line[];
  readonly evidence: string;
}

/** Only where at least two accounts differ: one alone has seen everything already. */
export async function explainAgain(deps: ReconciliationDeps, tx: LogTransaction, run: { readonly runId: string; readonly userId: string }, now: string): Promise<void> {
  const { rows } = await tx.query<Kept>('SELECT account_id AS "accountId", lines, evidence::text AS evidence FROM account_report WHERE run_id = $1 AND evidence IS NOT NULL ORDER BY account_id', [run.runId]);
  if (rows.length === 0) return;
  await tx.query('UPDATE account_report SET evidence = NULL WHERE run_id = $1 AND evidence IS NOT NULL', [run.runId]);
  if (rows.length < 2) return;
  const all = rows.map((row) => ({ ...row, own: readEvidence(row.evidence) }));
  const since = all.map(({ own }) => own.basis.at).sort()[0] as string;
  const everyone = await otherAccounts(tx, { ...run, since, overlapDays: deps.settings.overlapDays });
  for (const { accountId, lines, own } of all) {
    const others = everyone.filter((one) => one.accountId !== accountId);
    const again = lines.map((line) => (line.discrepancyId === null ? line : { ...line, explanations: explain(line, { ...own, others }) }));
    const changed = again.filter((line, index) => canonicalJson(line.explanations) !== canonicalJson(lines[index]?.explanations));
    if (changed.length === 0) continue;
    await tx.query('UPDATE account_report SET lines = $3 WHERE run_id = $1 AND account_id = $2', [run.runId, accountId, JSON.stringify(again)]);
    for (const line of changed) await tell(deps, tx, run, line, now);
  }
}

async function tell(deps: ReconciliationDeps, tx: LogTransaction, { userId, runId }: { readonly runId: string; readonly userId: string }, { discrepancyId, explanations }: Line, now: string): Promise<void> {
  const found = await findDiscrepancy(tx, userId, discrepancyId ?? '', 'FOR UPDATE SKIP LOCKED');
  if (!found || found.status === 'resolved' || found.lastSeenBy !== runId) return;
  const { id, accountId, asset, kind, basis, expected, actual, difference, divergence } = found;
  await tx.query('UPDATE discrepancy SET explanations = $2, status = $3 WHERE discrepancy_id = $1', [id, JSON.stringify(explanations), statusOf(explanations, found.timesSeen === 1)]);
  const [audit] = await appendAudit(tx, deps.auditKey, userId, [{ at: now, kind: 'discrepancy_explained', subject: id, data: { runId, accountId, asset, kind, basis, expected, actual, difference, explanations: explanations.map(({ kind: why, quantity }) => ({ kind: why, quantity })) } }]);
  const data = { userId, discrepancyId: id, accountId, asset, kind, runId, expected, actual, difference, divergence, explanations: explanations.slice(0, 10), audit: audit as AuditAnchor } satisfies DiscrepancyExplained;
  tx.append(appended(userId, discrepancyStream(id), { id: eventId(`${runId}/discrepancy/${id}/explained-again`), type: 'DiscrepancyExplained', time: now, data, correlationId: runId }));
}

