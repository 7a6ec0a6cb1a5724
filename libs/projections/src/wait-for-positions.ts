/** Read-your-writes: a read that names a position waits until its projections have come that far. */
import type { LogPosition } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { nextMove } from './moved.js';

const POLL_MS = 40;

/** @returns false where they had not in time; positions of logs that the projections do not fold are passed over */
export async function waitForPositions(database: SqlClient, projections: readonly string[], positions: readonly LogPosition[], timeoutMs = 2_000): Promise<boolean> {
  if (positions.length === 0) return true;
  const end = performance.now() + timeoutMs;
  for (;;) {
    const moved = nextMove(database, POLL_MS);
    if (await reached(database, projections, positions)) return true;
    if (performance.now() >= end) return false;
    await moved;
  }
}

async function reached(database: SqlClient, projections: readonly string[], positions: readonly LogPosition[]): Promise<boolean> {
  const { rowCount } = await database.query(
    `SELECT 1 FROM projection.checkpoint c JOIN unnest($2::text[], $3::int[], $4::int[], $5::bigint[]) AS w(log, epoch, partition, position)
       ON w.log = c.log AND w.partition = c.partition
     WHERE c.projection = ANY($1::text[]) AND (c.epoch < w.epoch OR (c.epoch = w.epoch AND c.position < w.position)) LIMIT 1`,
    [projections, positions.map((at) => at.log), positions.map((at) => at.epoch), positions.map((at) => at.partition), positions.map((at) => at.position)],
  );
  return rowCount === 0;
}
