/**
 * What the passing of time does to rules: accounts of which nothing new has come for too long, and alerts that waited for the end of a
 * quiet. Whether an account is stale is only asked where this service has seen everything that the logs hold, as far as they say so now:
 * one that was down for a day must not call every account stale before it has read what came meanwhile.
 */
import type { alertsRpc } from '@tidemark/contracts';
import { readLog } from '@tidemark/event-log';
import type { LogTransaction } from '@tidemark/event-log';
import { instant } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import type { AlertDeps } from '../deps.js';
import { lockRules } from '../rule/rule-store.js';
import { judgeLevel, quietUntil } from './judge.decide.js';
import { armedLevel, levelKey, loadLevels, writeLevels, writeRuleChanges } from './level-store.js';
import type { StoredLevel } from './level-store.js';
import { namesFor } from './names.js';
import { raise } from './raise.js';
import type { Finding } from './raise.js';

const AT_ONCE = 500;
const HOUR_MS = 3_600_000;

export type SweepDeps = Pick<AlertDeps, 'database' | 'log' | 'nats' | 'clock'>;

/** What became true during a quiet, and still is. */
export function sweepPending(deps: SweepDeps): Promise<readonly alertsRpc.AlertMessage[]> {
  return transaction(deps, tellPending);
}

/** @throws LogUnavailable where a log does not say how far it reaches */
export async function sweepStale(deps: SweepDeps): Promise<readonly alertsRpc.AlertMessage[]> {
  const caughtUp = await caughtUpPartitions(deps);
  return caughtUp.length === 0 ? [] : transaction(deps, (tx, at) => judgeStale(tx, caughtUp, at));
}

async function transaction(deps: SweepDeps, work: (tx: LogTransaction, at: number) => Promise<alertsRpc.AlertMessage[]>): Promise<readonly alertsRpc.AlertMessage[]> {
  const done = await deps.log.transaction((tx) => work(tx, deps.clock.now()));
  if (!done.ok) throw new Error(`alerts were refused by the log: ${done.error.kind}`);
  return done.value.value;
}

/** Partitions of which the read models about accounts have seen all that the logs hold. */
async function caughtUpPartitions({ nats, database, log }: SweepDeps): Promise<number[]> {
  const behind = new Set<number>();
  for (const [name, projection] of [['sync', 'last-snapshots'], ['connections', 'accounts']] as const) {
    const { heads } = await readLog(nats, name, { after: 0, limit: 0 });
    const { rows } = await database.query<{ partition: number; epoch: number; position: number }>('SELECT partition, epoch, position FROM projection.checkpoint WHERE projection = $1 AND log = $2', [projection, name]);
    const seen = new Map(rows.map((row) => [row.partition, row]));
    for (const { partition, epoch, position } of heads) {
      const at = seen.get(partition);
      if (!at || at.epoch !== epoch || at.position < position) behind.add(partition);
    }
  }
  return Array.from({ length: log.partitions }, (_, partition) => partition).filter((partition) => !behind.has(partition));
}

interface StaleRow {
  readonly ruleId: string;
  readonly accountId: string;
  readonly connectionId: string | null;
  readonly since: string;
  readonly stale: boolean;
}

/** Those whose level is not what it should be. An account kept by hand is as old as its owner likes, unless the rule names it. */
const STALE = `
  SELECT * FROM (
    SELECT r.rule_id AS "ruleId", a.account_id AS "accountId", a.connection_id AS "connectionId", greatest(s.recorded_at, a.discovered_at) AS since,
      NOT a.gone AND greatest(s.recorded_at, a.discovered_at) < $2::timestamptz - (r.condition ->> 'hours')::int * interval '1 hour' AS stale, coalesce(l.raised, false) AS raised,
      r.quiet_from IS NOT NULL AND r.quiet_from + r.quiet_seconds * interval '1 second' > $2::timestamptz AS quiet
    FROM alert_rule r
    JOIN account a ON a.user_id = r.user_id AND coalesce(a.account_id::text = r.condition ->> 'accountId', a.account ->> 'provider' <> 'manual') AND coalesce(a.connection_id::text = r.condition ->> 'connectionId', true)
    LEFT JOIN last_snapshot s ON s.account_id = a.account_id
    LEFT JOIN rule_level l ON l.rule_id = r.rule_id AND l.subject = a.account_id::text
    WHERE r.enabled AND r.kind = 'stale_account' AND r.partition = ANY($1::int[])) found
  WHERE stale <> raised AND NOT (stale AND quiet) ORDER BY since LIMIT $3`;

async function judgeStale(tx: LogTransaction, partitions: readonly number[], at: number): Promise<alertsRpc.AlertMessage[]> {
  const { rows } = await tx.query<StaleRow>(STALE, [partitions, instant(at), AT_ONCE]);
  const rules = new Map((await lockRules(tx, [...new Set(rows.map(({ ruleId }) => ruleId))])).map((rule) => [rule.ruleId, rule]));
  const levels = await loadLevels(tx, [...rules.keys()]);
  const name = await namesFor(tx, rows.map(({ accountId }) => accountId), []);
  const changed: StoredLevel[] = [];
  const findings: Finding[] = [];
  const quietFrom = new Map([...rules.values()].map((rule) => [rule.ruleId, rule.quietFrom]));
  for (const { ruleId, accountId, connectionId, since, stale } of rows) {
    const rule = rules.get(ruleId);
    if (!rule) continue;
    const before = levels.get(levelKey({ ruleId, subject: accountId })) ?? armedLevel(ruleId, accountId);
    const judged = judgeLevel(before, stale ? 'over' : 'back', { quietSeconds: rule.quietSeconds, quietFrom: quietFrom.get(ruleId) ?? null }, at);
    changed.push({ ...before, ...judged.level });
    if (!judged.raise) continue;
    quietFrom.set(ruleId, instant(at));
    const hours = String(Math.floor((at - Date.parse(since)) / HOUR_MS));
    const threshold = String(rule.condition.hours ?? 0);
    findings.push({
      rule, cause: { eventId: null, type: 'TimePassed', at: instant(Date.parse(since) + Number(threshold) * HOUR_MS) }, causeKey: `stale ${accountId} ${since}`, accountId, connectionId,
      figures: { value: hours, threshold, unit: 'hours', currency: null, asset: null }, message: `${name(accountId)}: nothing new has come since ${since}, ${hours} hours ago; you asked to hear of ${threshold}.`,
    });
  }
  await settle(tx, changed, findings, rules, at);
  return raise(tx, findings, at);
}

async function tellPending(tx: LogTransaction, at: number): Promise<alertsRpc.AlertMessage[]> {
  const { rows } = await tx.query<{ rule_id: string; subject: string }>('SELECT rule_id, subject FROM rule_level WHERE pending_at <= $1 ORDER BY pending_at LIMIT $2', [instant(at), AT_ONCE]);
  if (rows.length === 0) return [];
  const rules = new Map((await lockRules(tx, [...new Set(rows.map(({ rule_id }) => rule_id))])).map((rule) => [rule.ruleId, rule]));
  const levels = await loadLevels(tx, [...rules.keys()]);
  const changed: StoredLevel[] = [];
  const findings: Finding[] = [];
  const quietFrom = new Map([...rules.values()].map((rule) => [rule.ruleId, rule.quietFrom]));
  for (const { rule_id: ruleId, subject } of rows) {
    const [rule, level] = [rules.get(ruleId), levels.get(levelKey({ ruleId, subject }))];
    if (!rule || !level?.pending || level.pendingAt === null || Date.parse(level.pendingAt) > at) continue;
    const until = quietUntil({ quietSeconds: rule.quietSeconds, quietFrom: quietFrom.get(ruleId) ?? null }, at);
    changed.push(until === null ? { ...level, raised: true, pending: null, pendingAt: null } : { ...level, pendingAt: instant(until) });
    if (until !== null) continue;
    quietFrom.set(ruleId, instant(at));
    findings.push({ ...level.pending, rule });
  }
  await settle(tx, changed, findings, rules, at);
  await dropDisabled(tx, at);
  return raise(tx, findings, at);
}

async function settle(tx: SqlClient, changed: readonly StoredLevel[], findings: readonly Finding[], rules: ReadonlyMap<string, { ruleId: string; problem: string | null; seenEpoch: number; seenPosition: number }>, at: number): Promise<void> {
  const raised = new Set(findings.map(({ rule }) => rule.ruleId));
  const touched = [...new Set(changed.map(({ ruleId }) => ruleId))].flatMap((ruleId) => rules.get(ruleId) ?? []);
  await writeRuleChanges(tx, touched.map((rule) => ({ ...rule, evaluatedAt: instant(at), raisedAt: raised.has(rule.ruleId) ? instant(at) : null })));
  await writeLevels(tx, changed);
}

/** A rule that was turned off tells nothing of before. */
async function dropDisabled(tx: SqlClient, at: number): Promise<void> {
  await tx.query('UPDATE rule_level l SET pending = NULL, pending_at = NULL FROM alert_rule r WHERE r.rule_id = l.rule_id AND NOT r.enabled AND l.pending_at <= $1', [instant(at)]);
}
