/** Reads of snapshots. The lines of an account's snapshots come as one text, parsed once. */
import type { BalanceLine } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

export interface StoredSnapshot {
  readonly snapshotId: string;
  readonly currency: string;
  readonly lines: readonly BalanceLine[];
}

export interface SnapshotHead {
  readonly snapshotId: string;
  readonly accountId: string;
  readonly capturedAt: string;
  /** Of a sync; null for a manual one. */
  readonly syncId: string | null;
}

/** When each snapshot was captured, oldest first; of the same instant the latest stands last. */
export async function snapshotHeads(client: SqlClient, accountIds: readonly string[]): Promise<SnapshotHead[]> {
  const { rows } = await client.query<SnapshotHead>(
    `SELECT snapshot_id AS "snapshotId", account_id AS "accountId", captured_at AS "capturedAt", sync_id AS "syncId" FROM captured_snapshot
     WHERE account_id = ANY($1::uuid[]) ORDER BY account_id, captured_at, epoch, position`,
    [accountIds],
  );
  return rows;
}

/** With their lines, by id; in no order. */
export async function snapshotsById(client: SqlClient, snapshotIds: readonly string[]): Promise<Map<string, StoredSnapshot>> {
  const { rows } = await client.query<{ documents: string }>(
    `SELECT '[' || string_agg('{"snapshotId":"' || snapshot_id || '","currency":' || to_json(currency) || ',"lines":' || lines::text || '}', ',') || ']' AS documents
     FROM captured_snapshot WHERE snapshot_id = ANY($1::uuid[]) GROUP BY account_id`,
    [snapshotIds],
  );
  const all = rows.flatMap((row) => JSON.parse(row.documents) as StoredSnapshot[]);
  return new Map(all.map((snapshot) => [snapshot.snapshotId, snapshot]));
}
