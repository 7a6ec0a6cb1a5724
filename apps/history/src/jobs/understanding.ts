/**
 * At the start of a service with other rules than the one before, applies them to what is stored, batch by batch in the background,
 * and asks for the reconstruction of the accounts whose transactions mean something else now.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { uuidV5, NAMESPACE } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { applyRules } from '../projections/transactions/apply-rules.js';
import { RULES } from '../projections/transactions/understood.js';
import type { RunDeps } from './deps.js';
import { requestRuns } from './request.js';

const RETRY_MS = 5_000;

export class Understanding {
  private working: Promise<void> = Promise.resolve();
  private readonly stop = new AbortController();

  constructor(private readonly deps: Pick<RunDeps, 'database' | 'logger' | 'wake'>) {}

  start(): void {
    this.working = this.work();
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.working;
  }

  private async work(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        if ((await applyRules(this.deps.database, askAgain)) === 0) return;
        this.deps.wake();
      } catch (error) {
        this.deps.logger.warn({ err: error }, 'stored transactions could not be read by the rules of today; trying again');
        // Rejects where the service is closed meanwhile, and the loop sees that.
        await sleep(RETRY_MS, undefined, { signal: this.stop.signal }).catch(() => undefined);
      }
    }
  }
}

async function askAgain(tx: SqlClient, accountIds: readonly string[]): Promise<void> {
  const { rows } = await tx.query<{ accountId: string; userId: string; connectionId: string | null }>(
    `SELECT DISTINCT ON (account_id) account_id AS "accountId", user_id AS "userId", connection_id AS "connectionId" FROM account_transaction WHERE account_id = ANY($1::uuid[])`,
    [accountIds],
  );
  await requestRuns(tx, rows.map((row) => ({ ...row, runId: uuidV5(NAMESPACE.reaction, `reconstruct/${row.accountId}/rules/${RULES}`), cause: 'rules_changed' })));
}
