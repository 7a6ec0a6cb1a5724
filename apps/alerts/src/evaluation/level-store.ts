/** What rules have seen of each thing that they watch. Read and written only while the rule is locked. */
import type { SqlClient } from '@tidemark/postgres';
import type { Rule } from '../rule/rule.js';
import type { Finding } from './raise.js';
import type { Level } from './judge.decide.js';

/** What is told when the quiet is over; the rule is read again by then. */
export type Pending = Omit<Finding, 'rule'>;

export interface StoredLevel extends Level {
  readonly ruleId: string;
  /** An account, a connection; empty of the whole portfolio. */
  readonly subject: string;
  /** Syncs in a row that failed, and the last of them. */
  readonly failures: number;
  readonly syncId: string | null;
  /** Pending transactions that were told. */
  readonly told: readonly string[];
  readonly pending: Pending | null;
  readonly pendingAt: string | null;
}

export function armedLevel(ruleId: string, subject: string): StoredLevel {
  return { ruleId, subject, raised: false, period: null, failures: 0, syncId: null, told: [], pending: null, pendingAt: null };
}

export const levelKey = ({ ruleId, subject }: Pick<StoredLevel, 'ruleId' | 'subject'>): string => `${ruleId} ${subject}`;

const COLUMNS = 'rule_id AS "ruleId", subject, raised, failures, sync_id AS "syncId", told, period, pending, pending_at AS "pendingAt"';

/** By `levelKey`; what is not there is armed. */
export async function loadLevels(tx: SqlClient, ruleIds: readonly string[]): Promise<Map<string, StoredLevel>> {
  if (ruleIds.length === 0) return new Map();
  const { rows } = await tx.query<StoredLevel>(`SELECT ${COLUMNS} FROM rule_level WHERE rule_id = ANY($1::uuid[])`, [ruleIds]);
  return new Map(rows.map((row) => [levelKey(row), row]));
}

export async function writeLevels(tx: SqlClient, levels: readonly StoredLevel[]): Promise<void> {
  if (levels.length === 0) return;
  const of = <T>(pick: (level: StoredLevel) => T): T[] => levels.map(pick);
  await tx.query(
    `INSERT INTO rule_level (rule_id, subject, raised, failures, sync_id, period, pending, pending_at, told)
     SELECT w.rule_id, w.subject, w.raised, w.failures, w.sync_id, w.period, w.pending::json, w.pending_at, w.told::json
     FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::int[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[], $9::text[]) AS w(rule_id, subject, raised, failures, sync_id, period, pending, pending_at, told)
     ON CONFLICT (rule_id, subject) DO UPDATE SET raised = excluded.raised, failures = excluded.failures, sync_id = excluded.sync_id, period = excluded.period, pending = excluded.pending, pending_at = excluded.pending_at, told = excluded.told`,
    [
      of((level) => level.ruleId), of((level) => level.subject), of((level) => level.raised), of((level) => level.failures), of((level) => level.syncId), of((level) => level.period),
      of((level) => (level.pending === null ? null : JSON.stringify(level.pending))), of((level) => level.pendingAt), of((level) => JSON.stringify(level.told)),
    ],
  );
}

export interface RuleChange {
  readonly ruleId: string;
  readonly problem: string | null;
  readonly evaluatedAt: string | null;
  readonly raisedAt: string | null;
  readonly seenEpoch: number;
  readonly seenPosition: number;
}

/** When a rule was last judged is shown to the minute: a user of whom a hundred events come at once is not worth a hundred writes. */
const SHOWN_EVERY_MS = 60_000;

/** Whether it says anything that is not known; what changed its state must be written, so that its mark moves. */
export function isWorthWriting(rule: Pick<Rule, 'problem' | 'lastEvaluatedAt'>, change: RuleChange): boolean {
  if (change.problem !== rule.problem || change.raisedAt !== null) return true;
  return change.evaluatedAt !== null && (rule.lastEvaluatedAt === null || Math.abs(Date.parse(change.evaluatedAt) - Date.parse(rule.lastEvaluatedAt)) >= SHOWN_EVERY_MS);
}

/** `evaluatedAt` and `raisedAt` null: as before. */
export async function writeRuleChanges(tx: SqlClient, changes: readonly RuleChange[]): Promise<void> {
  if (changes.length === 0) return;
  const of = <T>(pick: (change: RuleChange) => T): T[] => changes.map(pick);
  await tx.query(
    `UPDATE alert_rule r SET problem = w.problem, last_evaluated_at = coalesce(w.evaluated_at, r.last_evaluated_at), last_raised_at = coalesce(w.raised_at, r.last_raised_at), quiet_from = coalesce(w.raised_at, r.quiet_from),
       seen_epoch = w.seen_epoch, seen_position = w.seen_position
     FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::bigint[]) AS w(rule_id, problem, evaluated_at, raised_at, seen_epoch, seen_position) WHERE r.rule_id = w.rule_id`,
    [of((one) => one.ruleId), of((one) => one.problem), of((one) => one.evaluatedAt), of((one) => one.raisedAt), of((one) => one.seenEpoch), of((one) => one.seenPosition)],
  );
}
