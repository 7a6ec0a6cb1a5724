/**
 * Ends a run with its last task, in the same transaction. The run's row is locked by whoever writes for it, so exactly one of them finds
 * nothing left to do. What is told is counted from what its tasks wrote.
 */
import type { ERROR_CODES, Outcome, ProviderFailure, ReconciliationCompleted } from '@tidemark/contracts';
import { OUTCOMES } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { appendAudit } from '../audit/append-audit.js';
import { reportStatus } from '../comparison/status.js';
import type { AccountResult } from '../comparison/status.js';
import type { ReconciliationDeps } from '../deps.js';
import { explainAgain } from './explain-again.js';
import { appended, eventId, runStream } from './run-events.js';

/** As many as the event lists; the report has all of them. */
const LISTED = 100;

interface OpenRun {
  readonly userId: string;
  readonly reason: ReconciliationCompleted['reason'];
  readonly requestedAt: string;
  readonly startedAt: string | null;
}

/** @returns whether the run has ended with this. The caller has locked the run's row, or has just written it. */
export async function completeIfDone(deps: ReconciliationDeps, tx: LogTransaction, runId: string): Promise<boolean> {
  const { rowCount: left } = await tx.query(`SELECT 1 FROM run_task WHERE run_id = $1 AND status <> 'done' LIMIT 1`, [runId]);
  if (left > 0) return false;
  const { rows: [run] } = await tx.query<OpenRun>(`SELECT user_id AS "userId", reason, requested_at AS "requestedAt", started_at AS "startedAt" FROM reconciliation_run WHERE run_id = $1 AND status IN ('queued', 'running') FOR UPDATE`, [runId]);
  if (!run) return false;
  const finishedAt = instant(deps.clock.now());
  await explainAgain(deps, tx, { runId, userId: run.userId }, finishedAt);
  const found = await countsOf(tx, runId);
  const failures = await failuresOf(tx, runId);
  const status = reportStatus(found.results);
  const { accounts, lines, discrepancies } = found;
  const counts = { accounts, lines, discrepancies };
  await tx.query('UPDATE reconciliation_run SET status = $2, started_at = coalesce(started_at, $3), finished_at = $3, counts = $4, error = $5 WHERE run_id = $1', [runId, status, finishedAt, JSON.stringify(counts), status === 'failed' ? whyFailed(failures) : null]);
  const [audit] = await appendAudit(tx, deps.auditKey, run.userId, [{ at: finishedAt, kind: 'run_completed', subject: runId, data: { status, ...counts, failures: failures.length } }]);
  if (!audit) throw new Error('an entry of the audit trail has no anchor');
  const data: ReconciliationCompleted = { userId: run.userId, runId, reason: run.reason, status, startedAt: run.startedAt ?? finishedAt, finishedAt, ...counts, failures: failures.slice(0, LISTED), failuresInAll: failures.length, audit };
  tx.append(appended(run.userId, runStream(runId), { id: eventId(`${runId}/completed`), type: 'ReconciliationCompleted', time: finishedAt, data, correlationId: runId, causationId: eventId(`${runId}/requested`) }));
  deps.metrics.ended(run.reason, status, Math.max(0, Date.parse(finishedAt) - Date.parse(run.requestedAt)));
  return true;
}

interface Found {
  readonly results: readonly AccountResult[];
  readonly accounts: ReconciliationCompleted['accounts'];
  readonly lines: Record<Outcome, number>;
  readonly discrepancies: ReconciliationCompleted['discrepancies'];
}

/** Of as many accounts as there are, in one row a result. */
export async function countsOf(client: SqlClient, runId: string): Promise<Found> {
  const { rows } = await client.query<{ result: AccountResult; accounts: number; opened: number; persisting: number; resolved: number } & Record<Outcome, number>>(
    `SELECT result, count(*) AS accounts, coalesce(sum(opened), 0)::int AS opened, coalesce(sum(persisting), 0)::int AS persisting, coalesce(sum(resolved), 0)::int AS resolved,
       ${OUTCOMES.map((name) => `coalesce(sum((outcomes ->> '${name}')::int), 0)::int AS ${name}`).join(', ')}
     FROM account_report WHERE run_id = $1 GROUP BY result`,
    [runId],
  );
  const total = (pick: (row: (typeof rows)[number]) => number, of: (result: AccountResult) => boolean = () => true) => rows.filter((row) => of(row.result)).reduce((sum, row) => sum + pick(row), 0);
  return {
    results: rows.map((row) => row.result),
    accounts: {
      checked: total((row) => row.accounts, (result) => result !== 'failed' && result !== 'skipped'),
      failed: total((row) => row.accounts, (result) => result === 'failed'),
      skipped: total((row) => row.accounts, (result) => result === 'skipped'),
    },
    lines: Object.fromEntries(OUTCOMES.map((name) => [name, total((row) => row[name])])) as Record<Outcome, number>,
    discrepancies: { opened: total((row) => row.opened), persisting: total((row) => row.persisting), resolved: total((row) => row.resolved) },
  };
}

export async function failuresOf(client: SqlClient, runId: string): Promise<ProviderFailure[]> {
  const { rows } = await client.query<{ failure: ProviderFailure }>('SELECT failure FROM run_task WHERE run_id = $1 AND failure IS NOT NULL ORDER BY task_id', [runId]);
  return rows.map((row) => row.failure);
}

/** One cause in its own words; several by what they have in common. */
function whyFailed(failures: readonly ProviderFailure[]): string {
  const details = [...new Set(failures.map(({ detail }) => detail))];
  const codes: (typeof ERROR_CODES)[number][] = [...new Set(failures.map(({ code }) => code))];
  return details.length === 1 ? (details[0] as string) : `no account could be asked about: ${codes.join(', ')}`;
}
