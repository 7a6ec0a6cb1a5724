/**
 * A person takes the provider's word for a difference: it is resolved as accepted, with their note, and what it was is added to what is
 * expected from this basis, so that the next run does not find it again. Once and for all callers at the same time.
 */
import { problem } from '@tidemark/contracts';
import type { DiscrepancyResolved, LogPosition, Problem, reconciliationRpc } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { appendAudit } from '../audit/append-audit.js';
import type { ReconciliationDeps } from '../deps.js';
import { lockAccounts } from '../projections/accounts/query.js';
import { findDiscrepancy } from '../reads/discrepancies.js';
import { appended, discrepancyStream } from '../runs/run-events.js';
import { resolveRows } from './write-discrepancies.js';

type Discrepancy = reconciliationRpc.Discrepancy;

export interface ResolveAsked {
  readonly userId: string;
  readonly discrepancyId: string;
  readonly note: string;
}

export async function resolveDiscrepancy(deps: ReconciliationDeps, asked: ResolveAsked): Promise<Result<{ discrepancy: Discrepancy; positions: readonly LogPosition[] }, Problem>> {
  const done = await deps.log.transaction((tx) => resolve(deps, tx, asked));
  // Its event's id is new: nothing can have been written under it.
  if (!done.ok) throw new Error(`a discrepancy could not be resolved: ${done.error.kind}`);
  const { value, positions } = done.value;
  return value.ok ? ok({ discrepancy: value.value, positions }) : value;
}

async function resolve(deps: ReconciliationDeps, tx: LogTransaction, { userId, discrepancyId, note }: ResolveAsked): Promise<Result<Discrepancy, Problem>> {
  const unknown = refuse(problem('not_found', `There is no discrepancy ${discrepancyId}.`));
  const seen = await findDiscrepancy(tx, userId, discrepancyId);
  if (!seen) return unknown;
  // A run that compares the account holds it until its results are written.
  await lockAccounts(tx, userId, [seen.accountId]);
  const found = await findDiscrepancy(tx, userId, discrepancyId, 'FOR UPDATE');
  if (!found) return unknown;
  if (found.status === 'resolved') return refuse(problem('conflict', `This discrepancy was resolved already, at ${found.resolvedAt ?? 'an earlier time'} (${found.resolution ?? 'unknown'}).`));
  const now = instant(deps.clock.now());
  const { accountId, asset, kind, basis, difference } = found;
  await resolveRows(tx, [{ discrepancy: found, resolution: 'accepted' }], { runId: null, at: now, note });
  await tx.query(
    'INSERT INTO accepted_difference (acceptance_id, discrepancy_id, user_id, account_id, asset, basis_id, quantity) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [deps.newId(), discrepancyId, userId, accountId, asset, basis.id, difference],
  );
  const [audit] = await appendAudit(tx, deps.auditKey, userId, [{ at: now, kind: 'discrepancy_resolved', subject: discrepancyId, data: { runId: null, accountId, asset, kind, resolution: 'accepted', difference, note } }]);
  if (!audit) throw new Error('an entry of the audit trail has no anchor');
  const data: DiscrepancyResolved = { userId, discrepancyId, accountId, asset, kind, runId: null, resolution: 'accepted', note, audit };
  tx.append(appended(userId, discrepancyStream(discrepancyId), { id: deps.newId(), type: 'DiscrepancyResolved', time: now, data }));
  return ok({ ...found, status: 'resolved', resolvedAt: now, resolution: 'accepted', resolvedBy: null, note });
}
