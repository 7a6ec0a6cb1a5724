/**
 * Writes what a task found: a report an account, discrepancies as they are now, the basis to compare from next time. Says which entries of
 * the audit trail and which events belong to it; those that have both carry the anchor of the one in the other.
 */
import type { AuditAnchor, DiscrepancyExplained, DiscrepancyOpened, DiscrepancyResolved, reconciliationRpc } from '@tidemark/contracts';
import type { AppendRequest } from '@tidemark/event-log';
import type { SqlClient } from '@tidemark/postgres';
import type { AccountComparison } from '../accounts/compare-account.js';
import { keptEvidence } from '../accounts/kept-evidence.js';
import type { Ending, KnownDiscrepancy } from '../discrepancy/discrepancy.decide.js';
import { resolveRows, seeRows } from '../discrepancies/write-discrepancies.js';
import { appended, discrepancyStream, eventId } from './run-events.js';
import type { Task } from './task.js';

export type AccountOutcome =
  /** `endings`: of an account that is gone, with it. */
  | { readonly accountId: string; readonly result: 'failed' | 'skipped'; readonly reason: string; readonly comparison?: undefined; readonly endings?: readonly Ending[] }
  | { readonly accountId: string; readonly result: AccountComparison['result']; readonly reason: string | null; readonly comparison: AccountComparison };

/** Whose it is, and of which run. */
type OfRun = Pick<Task, 'userId' | 'runId'>;

const endingsOf = (outcome: AccountOutcome): readonly Ending[] => (outcome.comparison ? outcome.comparison.decision.resolve : (outcome.endings ?? []));

/** An entry of the audit trail, with the event of the same thing where there is one. */
export interface Written {
  readonly audit: { readonly kind: reconciliationRpc.AuditKind; readonly subject: string; readonly data: object };
  readonly event: ((audit: AuditAnchor) => AppendRequest) | null;
}

export async function saveOutcomes(tx: SqlClient, task: OfRun, outcomes: readonly AccountOutcome[], now: string): Promise<Written[]> {
  await saveReports(tx, task, outcomes);
  const compared = outcomes.flatMap(({ comparison }) => comparison ?? []);
  const seen = { userId: task.userId, runId: task.runId, at: now };
  await resolveRows(tx, outcomes.flatMap(endingsOf), { ...seen, note: null });
  await seeRows(tx, compared.map(({ accountId, decision }) => ({ accountId, decision })), seen);
  await settle(tx, task, compared, now);
  return outcomes.flatMap((outcome) => writtenOf(task, outcome, now));
}

async function saveReports(tx: SqlClient, { runId, userId }: OfRun, outcomes: readonly AccountOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  const of = <T>(pick: (comparison: AccountComparison) => T, otherwise: T) => outcomes.map(({ comparison }) => (comparison ? pick(comparison) : otherwise));
  await tx.query(
    `INSERT INTO account_report (run_id, account_id, user_id, result, reason, source, basis, actual_at, lines, outcomes, opened, persisting, resolved, evidence)
     SELECT $1, o.account_id, $2, o.result, o.reason, o.source, nullif(o.basis::text, 'null')::json, o.actual_at, o.lines, o.outcomes, o.opened, o.persisting, o.resolved, o.evidence
     FROM ROWS FROM (unnest($3::uuid[]), unnest($4::text[]), unnest($5::text[]), unnest($6::text[]), json_array_elements($7::json), unnest($8::timestamptz[]), json_array_elements($9::json), json_array_elements($10::json), unnest($11::int[]), unnest($12::int[]), unnest($13::int[]), unnest($14::json[]))
       AS o(account_id, result, reason, source, basis, actual_at, lines, outcomes, opened, persisting, resolved, evidence)`,
    [
      runId, userId, outcomes.map((one) => one.accountId), outcomes.map((one) => one.result), outcomes.map((one) => one.reason), of<string | null>((one) => one.source, null), JSON.stringify(of<unknown>((one) => one.basis, null)),
      of<string | null>((one) => one.actualAt, null), JSON.stringify(of<unknown>((one) => one.lines, [])), JSON.stringify(of<unknown>((one) => one.outcomes, {})),
      of(({ decision }) => decision.open.length, 0), of(({ decision }) => decision.explain.length + decision.persist.length, 0), outcomes.map((one) => endingsOf(one).length),
      of<string | null>((one) => (one.evidence ? keptEvidence(one.evidence) : null), null),
    ],
  );
}

/** What was accepted of the former basis went into the new one; what was tolerated is beyond it still. */
async function settle(tx: SqlClient, { userId, runId }: OfRun, compared: readonly AccountComparison[], now: string): Promise<void> {
  const settled = compared.flatMap(({ accountId, settles }) => (settles === null ? [] : [{ accountId, ...settles }]));
  if (settled.length === 0) return;
  const [accounts, snapshots] = [settled.map(({ accountId }) => accountId), settled.map(({ snapshotId }) => snapshotId)];
  await tx.query(
    `INSERT INTO settled_basis (account_id, user_id, snapshot_id, settled_at, run_id) SELECT u.account_id, $3, u.snapshot_id, $4, $5 FROM unnest($1::uuid[], $2::uuid[]) AS u(account_id, snapshot_id)
     ON CONFLICT (account_id) DO UPDATE SET snapshot_id = excluded.snapshot_id, settled_at = excluded.settled_at, run_id = excluded.run_id`,
    [accounts, snapshots, userId, now, runId],
  );
  await tx.query('DELETE FROM accepted_difference a USING unnest($1::uuid[], $2::uuid[]) AS u(account_id, snapshot_id) WHERE a.account_id = u.account_id AND a.basis_id <> u.snapshot_id', [accounts, snapshots]);
  const carried = settled.flatMap(({ accountId, snapshotId, carried: beyond }) => [...beyond].map(([asset, quantity]) => ({ accountId, snapshotId, asset, quantity })));
  if (carried.length === 0) return;
  await tx.query(
    `INSERT INTO accepted_difference (acceptance_id, discrepancy_id, user_id, account_id, asset, basis_id, quantity) SELECT c.id, NULL, $1, c.account_id, c.asset, c.basis_id, c.quantity
     FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[]) AS c(id, account_id, asset, basis_id, quantity)`,
    [userId, carried.map(({ accountId, asset }) => eventId(`${runId}/carried/${accountId}/${asset}`)), carried.map((one) => one.accountId), carried.map((one) => one.asset), carried.map((one) => one.snapshotId), carried.map((one) => one.quantity)],
  );
}

function writtenOf(task: OfRun, outcome: AccountOutcome, now: string): Written[] {
  const { runId } = task;
  const { accountId, result, reason, comparison } = outcome;
  if (!comparison) return [{ audit: { kind: 'account_compared', subject: accountId, data: { runId, result, reason } }, event: null }, ...endingsOf(outcome).map((ending) => resolved(task, accountId, ending, now))];
  const { basis, actualAt, source, outcomes, lines, decision } = comparison;
  const differing = lines.filter((line) => line.outcome !== 'matched').map(({ asset, expected, actual, allowed, outcome: became }) => ({ asset, expected, actual, allowed, outcome: became }));
  return [
    { audit: { kind: 'account_compared', subject: accountId, data: { runId, result, source, basis, actualAt, outcomes, differing } }, event: null },
    ...decision.resolve.map((ending) => resolved(task, accountId, ending, now)),
    ...decision.open.map((one) => told(task, accountId, one, 'opened', now)),
    ...decision.explain.map((one) => told(task, accountId, one, 'explained', now)),
  ];
}

function told({ userId, runId }: OfRun, accountId: string, one: KnownDiscrepancy, what: 'opened' | 'explained', now: string): Written {
  const { id: discrepancyId, asset, kind, basis, expected, actual, difference, divergence } = one;
  const figures = { expected, actual, difference, divergence, explanations: one.explanations.slice(0, 10) };
  const of = { userId, discrepancyId, accountId, asset, kind, runId };
  return {
    audit: { kind: `discrepancy_${what}`, subject: discrepancyId, data: { runId, accountId, asset, kind, basis, expected, actual, difference, explanations: figures.explanations.map(({ kind: why, quantity }) => ({ kind: why, quantity })) } },
    event: (audit) => {
      const data = what === 'opened' ? ({ ...of, basis, ...figures, audit } satisfies DiscrepancyOpened) : ({ ...of, ...figures, audit } satisfies DiscrepancyExplained);
      return appended(userId, discrepancyStream(discrepancyId), { id: eventId(`${runId}/discrepancy/${discrepancyId}/${what}`), type: what === 'opened' ? 'DiscrepancyOpened' : 'DiscrepancyExplained', time: now, data, correlationId: runId });
    },
  };
}

function resolved({ userId, runId }: OfRun, accountId: string, { discrepancy, resolution }: Ending, now: string): Written {
  const { id: discrepancyId, asset, kind } = discrepancy;
  return {
    audit: { kind: 'discrepancy_resolved', subject: discrepancyId, data: { runId, accountId, asset, kind, resolution } },
    event: (audit) => {
      const data: DiscrepancyResolved = { userId, discrepancyId, accountId, asset, kind, runId, resolution, note: null, audit };
      return appended(userId, discrepancyStream(discrepancyId), { id: eventId(`${runId}/discrepancy/${discrepancyId}/resolved`), type: 'DiscrepancyResolved', time: now, data, correlationId: runId });
    },
  };
}
