/** Runs as their user sees them: summaries, and the whole report of one with every account and line. */
import { accountName, OUTCOMES } from '@tidemark/contracts';
import type { Account, Outcome, reconciliationRpc } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { countsOf, failuresOf } from '../runs/complete-run.js';
import type { PageCursor } from './page-cursor.js';

type RunSummary = reconciliationRpc.RunSummary;
type Report = reconciliationRpc.Report;
type AccountReport = reconciliationRpc.AccountReport;

interface RunRow extends Pick<RunSummary, 'id' | 'reason' | 'status' | 'requestedAt' | 'startedAt' | 'finishedAt' | 'accountIds' | 'tolerance' | 'error'> {
  readonly counts: Pick<RunSummary, 'accounts' | 'lines' | 'discrepancies'> | null;
  readonly asked: number;
  readonly done: number;
}

const NOTHING: NonNullable<RunRow['counts']> = {
  accounts: { checked: 0, failed: 0, skipped: 0 },
  lines: Object.fromEntries(OUTCOMES.map((name) => [name, 0])) as Record<Outcome, number>,
  discrepancies: { opened: 0, persisting: 0, resolved: 0 },
};

const RUN = `
  SELECT r.run_id AS id, r.reason, r.status, r.requested_at AS "requestedAt", r.started_at AS "startedAt", r.finished_at AS "finishedAt", r.account_ids AS "accountIds", r.tolerance, r.counts, r.error,
    d.done, d.done + coalesce((SELECT sum(cardinality(t.account_ids)) FROM run_task t WHERE t.run_id = r.run_id AND t.status <> 'done'), 0)::int AS asked
  FROM reconciliation_run r CROSS JOIN LATERAL (SELECT count(*)::int AS done FROM account_report a WHERE a.run_id = r.run_id) d`;

function summaryOf({ counts, asked, done, ...run }: RunRow): RunSummary {
  return { ...run, progress: { accounts: asked, done }, ...(counts ?? NOTHING) };
}

export interface RunsAsked {
  readonly userId: string;
  readonly status?: RunSummary['status'] | undefined;
  readonly after: PageCursor | null;
  readonly limit: number;
}

/** Newest first; one more than `limit` where there are more. */
export async function listRuns(client: SqlClient, { userId, status, after, limit }: RunsAsked): Promise<RunSummary[]> {
  const { rows } = await client.query<RunRow>(
    `${RUN} WHERE r.user_id = $1 AND ($2::text IS NULL OR r.status = $2) AND ($3::timestamptz IS NULL OR (r.requested_at, r.run_id) < ($3, $4::uuid)) ORDER BY r.requested_at DESC, r.run_id DESC LIMIT $5`,
    [userId, status ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return rows.map(summaryOf);
}

/** Null where the user has no such run. What is counted is counted as far as it has come. */
export async function findReport(client: SqlClient, userId: string, runId: string): Promise<Report | null> {
  const { rows } = await client.query<RunRow>(`${RUN} WHERE r.run_id = $1 AND r.user_id = $2`, [runId, userId]);
  const row = rows[0];
  if (!row) return null;
  const { results: _results, ...counts } = await countsOf(client, runId);
  return { ...summaryOf({ ...row, counts: row.counts ?? counts }), providerErrors: await failuresOf(client, runId), accountReports: await accountReports(client, userId, runId) };
}

interface ReportRow extends Omit<AccountReport, 'name' | 'institution' | 'provider'> {
  readonly account: Account | null;
}

/** With those that are still to come. By institution and name; an account that was erased since is not among them. */
async function accountReports(client: SqlClient, userId: string, runId: string): Promise<AccountReport[]> {
  const { rows } = await client.query<ReportRow>(
    `SELECT r.account_id AS "accountId", r.source, r.result, r.reason, r.basis, r.actual_at AS "actualAt", r.lines, a.account FROM account_report r JOIN account a ON a.account_id = r.account_id AND a.user_id = r.user_id WHERE r.run_id = $1 AND r.user_id = $2
     UNION ALL
     SELECT a.account_id, NULL, 'pending', NULL, NULL, NULL, '[]'::json, a.account FROM run_task t JOIN account a ON a.account_id = ANY(t.account_ids) AND a.user_id = t.user_id WHERE t.run_id = $1 AND t.user_id = $2 AND t.status <> 'done'`,
    [runId, userId],
  );
  const reports = rows.flatMap(({ account, ...report }): AccountReport[] => (account ? [{ ...report, name: accountName(account), institution: account.institutionName, provider: account.provider }] : []));
  return reports.sort((a, b) => order(a.institution ?? '', b.institution ?? '') || order(a.name, b.name) || order(a.accountId, b.accountId));
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
