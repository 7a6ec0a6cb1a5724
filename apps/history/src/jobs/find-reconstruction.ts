/** What a reconstruction found, or how far it is; with the transactions that nobody understood, in the provider's words. */
import type { historyRpc } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { unknownTransactions } from '../projections/transactions/query.js';
import type { StoredTransaction } from '../projections/transactions/query.js';

type Reconstruction = historyRpc.Reconstruction;

interface Row {
  readonly accountId: string;
  readonly runId: string;
  readonly status: Reconstruction['status'];
  readonly cause: Reconstruction['cause'];
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly revision: number;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly resultAt: string | null;
  readonly adjustments: Reconstruction['adjustments'] | null;
  readonly unpriced: Reconstruction['unpriced'] | null;
  readonly invariant: { readonly holds: boolean | null; readonly differences: historyRpc.Difference[] } | null;
  readonly quality: Reconstruction['quality'];
  readonly error: string | null;
}

/** Null where none was ever asked for. */
export async function findReconstruction(client: SqlClient, userId: string, accountId: string): Promise<Reconstruction | null> {
  const { rows } = await client.query<Row>(
    `SELECT account_id AS "accountId", run_id AS "runId", status, cause, stage, done, total, from_day::text AS "from", to_day::text AS "to", revision, requested_at AS "requestedAt", started_at AS "startedAt",
       finished_at AS "finishedAt", result_at AS "resultAt", adjustments, unpriced, invariant, quality, error
     FROM reconstruction WHERE account_id = $1 AND user_id = $2`,
    [accountId, userId],
  );
  const row = rows[0];
  if (!row) return null;
  const { stage, done, total, resultAt, invariant, quality, ...rest } = row;
  // What stands in the row is of the last run that ended: it says nothing of one that failed, or is under way.
  const ended = row.status === 'completed';
  return {
    ...rest,
    progress: { stage, done, total },
    adjustments: row.adjustments ?? [],
    unpriced: row.unpriced ?? [],
    unknownTransactions: (await unknownTransactions(client, accountId)).map(unknownTransaction),
    quality: ended ? quality : null,
    invariant: ended && invariant && resultAt ? { ...invariant, checkedAt: resultAt } : null,
  };
}

function unknownTransaction({ provider, recorded }: StoredTransaction): Reconstruction['unknownTransactions'][number] {
  const { transactionId, date, providerType, providerSubtype, description, amount, currency } = recorded;
  return { transactionId, date, provider, providerType, providerSubtype, description, amount, currency };
}
