/** Rules in their table: written by who sets them, locked by who judges them, always in the order of their ids. */
import type { alertsRpc } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { Rule } from './rule.js';

export interface StoredRule extends Rule {
  /** What its quiet is counted from. */
  readonly quietFrom: string | null;
  readonly seenEpoch: number;
  readonly seenPosition: number;
}

export const RULE_COLUMNS = `r.rule_id AS "ruleId", r.user_id AS "userId", r.name, r.kind, r.condition, r.deliveries, r.hysteresis, r.quiet_seconds AS "quietSeconds", r.enabled, r.muted_until AS "mutedUntil",
  r.since, r.problem, r.last_evaluated_at AS "lastEvaluatedAt", r.last_raised_at AS "lastRaisedAt", r.created_at AS "createdAt", r.updated_at AS "updatedAt", r.quiet_from AS "quietFrom", r.seen_epoch AS "seenEpoch", r.seen_position AS "seenPosition"`;

export interface ShownRule extends StoredRule {
  readonly secretSet: boolean;
  readonly raised: boolean;
}

const SHOWN = `${RULE_COLUMNS}, EXISTS (SELECT 1 FROM rule_secret s WHERE s.rule_id = r.rule_id) AS "secretSet", EXISTS (SELECT 1 FROM rule_level l WHERE l.rule_id = r.rule_id AND l.raised) AS raised`;

/** Another user's rule is as unknown as one that never was. */
export async function ruleOfUser(client: SqlClient, userId: string, ruleId: string): Promise<ShownRule | null> {
  const { rows } = await client.query<ShownRule>(`SELECT ${SHOWN} FROM alert_rule r WHERE r.rule_id = $1 AND r.user_id = $2`, [ruleId, userId]);
  return rows[0] ?? null;
}

export interface RulePage {
  readonly kind: string | undefined;
  readonly after: { readonly at: string; readonly id: string } | undefined;
  readonly limit: number;
}

/** One more than the limit where there are more, newest first. */
export async function pageOfRules(client: SqlClient, userId: string, { kind, after, limit }: RulePage): Promise<ShownRule[]> {
  const { rows } = await client.query<ShownRule>(
    `SELECT ${SHOWN} FROM alert_rule r WHERE r.user_id = $1 AND ($2::text IS NULL OR r.kind = $2) AND ($3::timestamptz IS NULL OR (r.created_at, r.rule_id) < ($3, $4::uuid))
     ORDER BY r.created_at DESC, r.rule_id DESC LIMIT $5`,
    [userId, kind ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return rows;
}

/** The rule, locked until the transaction ends. */
export async function lockRule(tx: SqlClient, userId: string, ruleId: string): Promise<StoredRule | null> {
  const { rows } = await tx.query<StoredRule>(`SELECT ${RULE_COLUMNS} FROM alert_rule r WHERE r.rule_id = $1 AND r.user_id = $2 FOR UPDATE`, [ruleId, userId]);
  return rows[0] ?? null;
}

export async function lockRules(tx: SqlClient, ruleIds: readonly string[]): Promise<StoredRule[]> {
  if (ruleIds.length === 0) return [];
  const { rows } = await tx.query<StoredRule>(`SELECT ${RULE_COLUMNS} FROM alert_rule r WHERE r.rule_id = ANY($1::uuid[]) AND r.enabled ORDER BY r.rule_id FOR UPDATE`, [ruleIds]);
  return rows;
}

const COLUMNS = 'rule_id, user_id, partition, name, kind, condition, deliveries, hysteresis, quiet_seconds, enabled, muted_until, created_at, updated_at, since';

/** Adds a rule, or replaces what the user set of it. Armed anew, events recorded before now never make it true. */
export async function writeRule(tx: SqlClient, rule: Omit<Rule, 'since' | 'problem' | 'lastEvaluatedAt' | 'lastRaisedAt'>, partition: number, armedAnew: boolean): Promise<void> {
  await tx.query(
    `INSERT INTO alert_rule AS r (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, clock_timestamp())
     ON CONFLICT (rule_id) DO UPDATE SET name = excluded.name, condition = excluded.condition, deliveries = excluded.deliveries, hysteresis = excluded.hysteresis, quiet_seconds = excluded.quiet_seconds,
       enabled = excluded.enabled, muted_until = excluded.muted_until, updated_at = excluded.updated_at,
       since = CASE WHEN $14 THEN excluded.since ELSE r.since END, problem = CASE WHEN $14 THEN NULL ELSE r.problem END, quiet_from = CASE WHEN $14 THEN NULL ELSE r.quiet_from END`,
    [
      rule.ruleId, rule.userId, partition, rule.name, rule.kind, JSON.stringify(rule.condition), JSON.stringify(rule.deliveries), rule.hysteresis, rule.quietSeconds, rule.enabled, rule.mutedUntil,
      rule.createdAt, rule.updatedAt, armedAnew,
    ],
  );
  if (armedAnew) await tx.query('DELETE FROM rule_level WHERE rule_id = $1', [rule.ruleId]);
}

export function ruleAnswer(rule: ShownRule): alertsRpc.AlertRule {
  const { ruleId: id, name, kind, condition, deliveries, hysteresis, quietSeconds, enabled, mutedUntil, secretSet, raised, problem, lastEvaluatedAt, lastRaisedAt, createdAt, updatedAt } = rule;
  return {
    id, name, kind, condition, deliveries: [...deliveries], hysteresis, quietSeconds, enabled, mutedUntil, secretSet, state: problem !== null ? 'unknown' : raised ? 'raised' : 'armed', problem,
    lastEvaluatedAt, lastRaisedAt, createdAt, updatedAt,
  };
}
