/**
 * Asks for a run of everything for each user whose turn has come. Every user with an active connection has a slot in the interval, given by
 * their id, so that a thousand who linked in one minute are not compared in one minute for ever after. Slots lie in the database: no timer
 * a user, nothing to lose at a restart; replicas may all look, and the one that moves a slot asks. Also forgets old runs in which nothing differed.
 */
import { instant, NAMESPACE, uuidV5 } from '@tidemark/kernel';
import type { ReconciliationDeps } from '../deps.js';
import { requestRun } from './request.js';

const BATCH = 100;

export class Scheduler {
  private timer: NodeJS.Timeout | null = null;
  private working: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly deps: ReconciliationDeps) {}

  start(): void {
    const tick = () => { this.working = this.working.then(() => this.tick()); };
    this.timer = setInterval(tick, this.deps.settings.scheduleEveryMs);
    tick();
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.timer) clearInterval(this.timer);
    await this.working;
  }

  private async tick(): Promise<void> {
    try {
      while (!this.closed && (await scheduleDue(this.deps)) === BATCH);
      await forgetGreen(this.deps);
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'the schedule could not be looked at; trying again');
    }
  }
}

/** @returns how many users' turn had come */
export async function scheduleDue(deps: ReconciliationDeps): Promise<number> {
  const { database, clock, settings } = deps;
  const now = clock.now();
  await newSlots(deps, now);
  const { rows } = await database.query<{ userId: string }>('SELECT user_id AS "userId" FROM schedule_slot WHERE next_at <= $1 ORDER BY next_at LIMIT $2', [instant(now), BATCH]);
  for (const { userId } of rows) {
    // Whoever moves the slot asks; a crash in between costs one turn, never a doubled one.
    const { rowCount } = await database.query('UPDATE schedule_slot SET next_at = $2 WHERE user_id = $1 AND next_at <= $3', [userId, instant(nextSlot(userId, settings.intervalMs, now)), instant(now)]);
    if (rowCount === 0) continue;
    const { rowCount: linked } = await database.query(`SELECT 1 FROM linked_connection WHERE user_id = $1 AND status IN ('active', 'degraded') LIMIT 1`, [userId]);
    if (linked > 0) await requestRun(deps, { userId, reason: 'scheduled', accountIds: null });
    else await database.query('DELETE FROM schedule_slot WHERE user_id = $1', [userId]);
  }
  return rows.length;
}

/** What differed is never forgotten; of what did not, the log and the audit trail have the counts for ever. */
async function forgetGreen({ database, clock, settings }: ReconciliationDeps): Promise<void> {
  await database.query(`DELETE FROM reconciliation_run WHERE run_id IN (SELECT run_id FROM reconciliation_run WHERE status = 'matched' AND finished_at < $1 LIMIT 500)`, [instant(clock.now() - settings.retentionMs)]);
}

/** A slot for everybody who has linked something and has none. The first turn comes within an interval, when there has been a sync to compare from. */
async function newSlots({ database, settings }: ReconciliationDeps, now: number): Promise<void> {
  const { rows } = await database.query<{ userId: string }>(
    `SELECT DISTINCT c.user_id AS "userId" FROM linked_connection c WHERE c.status IN ('active', 'degraded') AND NOT EXISTS (SELECT 1 FROM schedule_slot s WHERE s.user_id = c.user_id) LIMIT 1000`,
  );
  if (rows.length === 0) return;
  const users = rows.map(({ userId }) => userId);
  await database.query('INSERT INTO schedule_slot (user_id, next_at) SELECT * FROM unnest($1::text[], $2::timestamptz[]) ON CONFLICT DO NOTHING', [users, users.map((userId) => instant(nextSlot(userId, settings.intervalMs, now)))]);
}

/** The first slot of a user after now. @returns milliseconds since the epoch, at most an interval away */
export function nextSlot(userId: string, intervalMs: number, now: number): number {
  const offset = Math.floor((Number.parseInt(uuidV5(NAMESPACE.reaction, `reconciliation/slot/${userId}`).slice(0, 8), 16) / 2 ** 32) * intervalMs);
  return (Math.floor((now - offset) / intervalMs) + 1) * intervalMs + offset;
}
