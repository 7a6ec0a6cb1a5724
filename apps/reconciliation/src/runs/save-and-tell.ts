/** What was found of some accounts, written; and told, in the audit trail and in the log, each with the anchor of the other. */
import type { LogTransaction } from '@tidemark/event-log';
import { appendAudit } from '../audit/append-audit.js';
import type { ReconciliationDeps } from '../deps.js';
import { saveOutcomes } from './save-outcomes.js';
import type { AccountOutcome } from './save-outcomes.js';

export async function saveAndTell(deps: ReconciliationDeps, tx: LogTransaction, of: { readonly userId: string; readonly runId: string }, outcomes: readonly AccountOutcome[], now: string): Promise<void> {
  const written = await saveOutcomes(tx, of, outcomes, now);
  const anchors = await appendAudit(tx, deps.auditKey, of.userId, written.map(({ audit }) => ({ at: now, ...audit })));
  written.forEach(({ event }, index) => {
    const anchor = anchors[index];
    if (event && anchor) tx.append(event(anchor));
  });
}
