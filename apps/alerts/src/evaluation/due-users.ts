/**
 * Users whose figures are to be asked for: one row each, whatever number of events made it due. A worker locks rows for a while; one that
 * dies lets its lock lapse. An event that comes while a user is being judged raises the row's version, so that it is judged once more.
 */
import type { AlertCause, EventEnvelope, LogPosition } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { VALUE_KINDS } from '../rule/rule.decide.js';

export interface DueUser {
  readonly userId: string;
  readonly cause: AlertCause;
  readonly recordedAt: string;
  readonly positions: readonly LogPosition[];
  readonly version: number;
  readonly attempts: number;
}

const positionKey = ({ source, epoch, partition }: EventEnvelope): string => `${source}:${epoch}:${partition}`;
const causeOf = ({ id, type, time }: EventEnvelope): AlertCause => ({ eventId: id, type, at: time });

const MERGE = `ON CONFLICT (user_id) DO UPDATE SET due_at = least(d.due_at, excluded.due_at), version = d.version + 1, attempts = 0, positions = d.positions || excluded.positions,
    cause = CASE WHEN excluded.recorded_at >= d.recorded_at THEN excluded.cause ELSE d.cause END, recorded_at = greatest(d.recorded_at, excluded.recorded_at)`;
/** SQL: whoever takes several rows takes them in this order, so that nobody waits for somebody who waits for them. */
const IN_ORDER = (alias: string) => `ORDER BY ${alias}.user_id COLLATE "C"`;
/** SQL: the user has a rule that a figure of now may make true because of an event recorded then. */
const hasRule = (recordedAt: string) => `r.enabled AND r.kind = ANY($1::text[]) AND r.since < ${recordedAt}`;

/** The users of these events who have rules over figures. @returns how many */
export async function markUsers(tx: SqlClient, events: readonly EventEnvelope[], now: number): Promise<number> {
  const newest = new Map<string, { event: EventEnvelope; positions: Record<string, number> }>();
  for (const event of events) newest.set(event.userid, { event, positions: { ...newest.get(event.userid)?.positions, [positionKey(event)]: event.position } });
  if (newest.size === 0) return 0;
  const rows = [...newest];
  const { rowCount } = await tx.query(
    `INSERT INTO due_user AS d (user_id, due_at, cause, recorded_at, positions)
     SELECT w.user_id, $6::timestamptz, w.cause::json, w.recorded_at, w.positions::jsonb FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[]) AS w(user_id, cause, recorded_at, positions)
     WHERE EXISTS (SELECT 1 FROM alert_rule r WHERE r.user_id = w.user_id AND ${hasRule('w.recorded_at')}) ${IN_ORDER('w')} ${MERGE}`,
    [VALUE_KINDS, rows.map(([userId]) => userId), rows.map(([, { event }]) => JSON.stringify(causeOf(event))), rows.map(([, { event }]) => event.recordedtime), rows.map(([, { positions }]) => JSON.stringify(positions)), instant(now)],
  );
  return rowCount;
}

/**
 * Everybody with rules over figures, because of a fact of the market: at the close of a day; or those alone whose rules cannot be judged,
 * because of prices, which may be what was missing. @param afterMs gathers what comes together
 */
export async function markConcerned(tx: SqlClient, event: EventEnvelope, who: 'all' | 'unknown', now: number, afterMs: number): Promise<number> {
  const { rowCount } = await tx.query(
    `INSERT INTO due_user AS d (user_id, due_at, cause, recorded_at, positions)
     SELECT r.user_id, $2::timestamptz, $3::json, $4::timestamptz, $5::jsonb FROM (SELECT r.user_id FROM alert_rule r WHERE ${hasRule('$4::timestamptz')} ${who === 'all' ? '' : 'AND r.problem IS NOT NULL'} GROUP BY r.user_id) r ${IN_ORDER('r')} ${MERGE}`,
    [VALUE_KINDS, instant(now + afterMs), JSON.stringify(causeOf(event)), event.recordedtime, JSON.stringify({ [positionKey(event)]: event.position })],
  );
  return rowCount;
}

interface Row {
  readonly user_id: string;
  readonly cause: AlertCause;
  readonly recorded_at: string;
  readonly positions: Readonly<Record<string, number>>;
  readonly version: number;
  readonly attempts: number;
}

export async function claimUsers(client: SqlClient, limit: number, lockMs: number, now: number): Promise<DueUser[]> {
  const { rows } = await client.query<Row>(
    `UPDATE due_user SET locked_until = now() + $2::interval, attempts = attempts + 1
     WHERE user_id IN (SELECT user_id FROM due_user WHERE due_at <= $3 AND (locked_until IS NULL OR locked_until < now()) ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING user_id, cause, recorded_at, positions, version, attempts`,
    [limit, `${lockMs} milliseconds`, instant(now)],
  );
  return rows.map((row) => ({ userId: row.user_id, cause: row.cause, recordedAt: row.recorded_at, positions: positionsOf(row.positions), version: row.version, attempts: row.attempts }));
}

function positionsOf(positions: Row['positions']): LogPosition[] {
  return Object.entries(positions).map(([key, position]) => {
    const [log = '', epoch, partition] = key.split(':');
    return { log, epoch: Number(epoch), partition: Number(partition), position };
  });
}

/** `again`: when to look once more; null: done, unless an event came meanwhile. */
export interface Finished {
  readonly userId: string;
  readonly version: number;
  readonly again: number | null;
  /** The attempt did not get its answers; counted, so that the waits grow. */
  readonly failed: boolean;
}

export async function finishUsers(tx: SqlClient, rows: readonly Finished[]): Promise<void> {
  if (rows.length === 0) return;
  // An event that is on its way raises the version: it is waited for, and seen by both statements.
  await tx.query(`SELECT 1 FROM due_user d WHERE d.user_id = ANY($1::text[]) ${IN_ORDER('d')} FOR UPDATE`, [rows.map((one) => one.userId)]);
  const done = rows.filter((one) => one.again === null);
  if (done.length > 0) await tx.query('DELETE FROM due_user d USING unnest($1::text[], $2::int[]) AS f(user_id, version) WHERE d.user_id = f.user_id AND d.version = f.version', [done.map((one) => one.userId), done.map((one) => one.version)]);
  // An event that came meanwhile keeps its own due time: only where nothing came does the later one hold.
  await tx.query(
    `UPDATE due_user d SET locked_until = NULL, attempts = CASE WHEN f.failed THEN d.attempts ELSE 0 END, due_at = CASE WHEN d.version = f.version AND f.again IS NOT NULL THEN f.again ELSE d.due_at END
     FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::boolean[]) AS f(user_id, version, again, failed) WHERE d.user_id = f.user_id AND (d.version <> f.version OR f.again IS NOT NULL)`,
    [rows.map((one) => one.userId), rows.map((one) => one.version), rows.map((one) => (one.again === null ? null : instant(one.again))), rows.map((one) => one.failed)],
  );
}

export async function waitingUsers(client: SqlClient, now: number): Promise<{ users: number; oldestMs: number }> {
  const { rows } = await client.query<{ users: number; oldest: string | null }>('SELECT count(*) AS users, min(due_at) AS oldest FROM due_user WHERE due_at <= $1', [instant(now)]);
  const [row] = rows;
  return { users: row?.users ?? 0, oldestMs: row?.oldest ? Math.max(0, now - Date.parse(row.oldest)) : 0 };
}
