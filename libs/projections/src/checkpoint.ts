/** Checkpoints are moved in the transaction of the batch's effects, and only from where the batch began: two workers cannot both commit. */
import type { EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

export interface Checkpoint {
  readonly log: string;
  readonly partition: number;
  readonly epoch: number;
  readonly position: number;
}

/** Somebody else moved the checkpoint: our batch must not take effect. */
export class FencedOut extends Error {
  constructor(projection: string) {
    super(`another worker has moved a checkpoint of ${projection}`);
    this.name = 'FencedOut';
  }
}

export async function ensureCheckpoints(client: SqlClient, projection: string, logs: readonly string[], partitions: number): Promise<void> {
  await client.query(
    `INSERT INTO projection.checkpoint (projection, log, partition)
     SELECT $1, l, p FROM unnest($2::text[]) l CROSS JOIN generate_series(0, $3 - 1) p ON CONFLICT DO NOTHING`,
    [projection, logs, partitions],
  );
}

export async function loadCheckpoints(client: SqlClient, projection: string): Promise<Checkpoint[]> {
  const { rows } = await client.query<Checkpoint>('SELECT log, partition, epoch, position FROM projection.checkpoint WHERE projection = $1 ORDER BY log, partition', [projection]);
  return rows;
}

/**
 * Moves the checkpoints behind these events. Its transaction need not be flushed to disk at commit: effects and checkpoint are lost
 * or kept together, and what a crash of Postgres loses is read from the log again.
 * @returns how many events of the projection are parked. @throws FencedOut */
export async function moveCheckpoints(client: SqlClient, projection: string, events: readonly EventEnvelope[]): Promise<number> {
  const spans = spansOf(events);
  const { rows } = await client.query<{ parked: number }>(
    `UPDATE projection.checkpoint c SET position = s.last, updated_at = now()
     FROM unnest($2::text[], $3::int[], $4::int[], $5::bigint[], $6::bigint[]) AS s(log, partition, epoch, before, last)
     WHERE c.projection = $1 AND c.log = s.log AND c.partition = s.partition AND c.epoch = s.epoch AND c.position = s.before
     RETURNING (SELECT count(*) FROM projection.parked p WHERE p.projection = $1) AS parked, set_config('synchronous_commit', 'off', true)`,
    [projection, spans.map((s) => s.log), spans.map((s) => s.partition), spans.map((s) => s.epoch), spans.map((s) => s.first - 1), spans.map((s) => s.last)],
  );
  if (rows.length !== spans.length) throw new FencedOut(projection);
  return rows[0]?.parked ?? 0;
}

interface Span {
  readonly log: string;
  readonly partition: number;
  readonly epoch: number;
  readonly first: number;
  last: number;
}

function spansOf(events: readonly EventEnvelope[]): Span[] {
  const spans = new Map<string, Span>();
  for (const { source, partition, epoch, position } of events) {
    const key = `${source}/${partition}`;
    const span = spans.get(key);
    if (span) span.last = position;
    else spans.set(key, { log: source, partition, epoch, first: position, last: position });
  }
  return [...spans.values()].sort((a, b) => (a.log === b.log ? a.partition - b.partition : a.log < b.log ? -1 : 1));
}
