/**
 * Finds connections whose turn has come and queues a sync for each, many at once in one statement: no timer per connection, nothing
 * to lose at a restart. Replicas may all look; the unique index lets one of them in. Also forgets what is old.
 */
import { instant } from '@tidemark/kernel';
import type { SyncDeps } from '../deps.js';
import { nextSlot } from './schedule.js';

const BATCH = 500;
/** The first sync is the link's own; only where that never came does the schedule step in. */
const GRACE_MS = 5 * 60_000;

export class Scheduler {
  private timer: NodeJS.Timeout | null = null;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: SyncDeps,
    private readonly everyMs: number,
  ) {}

  start(): void {
    const tick = () => { this.working = this.working.then(() => this.tick()); };
    this.timer = setInterval(tick, this.everyMs);
    tick();
  }

  async close(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.working;
  }

  private async tick(): Promise<void> {
    try {
      while ((await scheduleDue(this.deps)) === BATCH);
      await forgetOld(this.deps);
      this.deps.metrics.queue(await depth(this.deps));
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'the schedule could not be looked at; trying again');
    }
  }
}

/** @returns how many connections were due */
export async function scheduleDue({ database, clock, newId, settings, wake }: SyncDeps): Promise<number> {
  const now = clock.now();
  const { rows } = await database.query<{ id: string }>(
    `SELECT c.connection_id AS id FROM linked_connection c LEFT JOIN connection_sync s USING (connection_id)
     WHERE c.status IN ('active', 'degraded') AND c.credential_ref IS NOT NULL AND s.blocked IS NULL
       AND coalesce(s.next_scheduled_at, c.linked_at + $2::interval) <= $1
     ORDER BY coalesce(s.next_scheduled_at, c.linked_at) LIMIT ${BATCH}`,
    [instant(now), `${GRACE_MS} milliseconds`],
  );
  if (rows.length === 0) return 0;
  const ids = rows.map((row) => row.id);
  await database.transaction(async (tx) => {
    await tx.query(
      `INSERT INTO sync_job (sync_id, connection_id, user_id, provider, reason, requested_at)
       SELECT u.sync_id, c.connection_id, c.user_id, c.provider, 'scheduled', $3 FROM unnest($1::uuid[], $2::uuid[]) AS u(sync_id, connection_id) JOIN linked_connection c USING (connection_id)
       ON CONFLICT DO NOTHING`,
      [ids.map(() => newId()), ids, instant(now)],
    );
    await tx.query(
      `INSERT INTO connection_sync (connection_id, user_id, next_scheduled_at)
       SELECT c.connection_id, c.user_id, u.next FROM unnest($1::uuid[], $2::timestamptz[]) AS u(connection_id, next) JOIN linked_connection c USING (connection_id)
       ON CONFLICT (connection_id) DO UPDATE SET next_scheduled_at = greatest(connection_sync.next_scheduled_at, excluded.next_scheduled_at)`,
      [ids, ids.map((id) => instant(nextSlot(id, settings.intervalMs, now)))],
    );
  });
  wake();
  return rows.length;
}

async function forgetOld({ database, clock, settings }: SyncDeps): Promise<void> {
  const before = instant(clock.now() - settings.retentionMs);
  await database.query(`DELETE FROM sync_job WHERE sync_id IN (SELECT sync_id FROM sync_job WHERE status IN ('completed', 'failed') AND finished_at < $1 LIMIT 5000)`, [before]);
  await database.query('DELETE FROM webhook_inbox WHERE webhook_id IN (SELECT webhook_id FROM webhook_inbox WHERE received_at < $1 LIMIT 5000)', [before]);
}

async function depth({ database }: SyncDeps): Promise<Record<string, number>> {
  const { rows } = await database.query<{ status: string; count: number }>(`SELECT status, count(*) AS count FROM sync_job WHERE status IN ('queued', 'running') GROUP BY status`);
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}
