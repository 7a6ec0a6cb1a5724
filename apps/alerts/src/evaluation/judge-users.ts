/**
 * Judges the rules over figures of users who are due: asks first, outside of any transaction; then locks the rules, and judges those that
 * still are as they were when they were asked for. What could not be asked leaves the rule as it stands, with the reason.
 */
import { accountName } from '@tidemark/contracts';
import type { alertsRpc } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import type { AlertDeps } from '../deps.js';
import { accountsById } from '../projections/accounts/query.js';
import { VALUE_KINDS } from '../rule/rule.decide.js';
import { lockRules, RULE_COLUMNS } from '../rule/rule-store.js';
import type { StoredRule } from '../rule/rule-store.js';
import { askAll } from './ask.js';
import type { Answered } from './ask.js';
import { finishUsers } from './due-users.js';
import type { DueUser, Finished } from './due-users.js';
import { judgeLevel } from './judge.decide.js';
import { armedLevel, isWorthWriting, levelKey, loadLevels, writeLevels, writeRuleChanges } from './level-store.js';
import type { RuleChange, StoredLevel } from './level-store.js';
import { raise } from './raise.js';
import type { Finding } from './raise.js';
import { askKey, askOf, readAnswer } from './value-rules.decide.js';

/** Grows with the attempts, from soon to a minute. */
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000, 15_000, 60_000] as const;

const NEVER = { problem: null, lastEvaluatedAt: null };

interface Asked {
  readonly user: DueUser;
  readonly rules: readonly StoredRule[];
  readonly answers: ReadonlyMap<string, Answered>;
}

export async function judgeUsers(deps: AlertDeps, users: readonly DueUser[]): Promise<readonly alertsRpc.AlertMessage[]> {
  const byUser = Map.groupBy(await valueRules(deps.database, users.map(({ userId }) => userId)), ({ userId }) => userId);
  const asked = await Promise.all(users.map(async (user): Promise<Asked> => {
    const rules = (byUser.get(user.userId) ?? []).filter(({ since }) => Date.parse(since) < Date.parse(user.recordedAt));
    return { user, rules, answers: await askAll(deps, user, rules.map(askOf)) };
  }));
  const at = deps.clock.now();
  const done = await deps.log.transaction((tx) => judge(tx, deps, asked, at));
  if (!done.ok) throw new Error(`alerts were refused by the log: ${done.error.kind}`);
  return done.value.value;
}

async function valueRules(client: SqlClient, userIds: readonly string[]): Promise<StoredRule[]> {
  const { rows } = await client.query<StoredRule>(`SELECT ${RULE_COLUMNS} FROM alert_rule r WHERE r.user_id = ANY($1::text[]) AND r.enabled AND r.kind = ANY($2::text[])`, [userIds, VALUE_KINDS]);
  return rows;
}

async function judge(tx: LogTransaction, { metrics }: AlertDeps, asked: readonly Asked[], at: number): Promise<alertsRpc.AlertMessage[]> {
  // What a crash of Postgres takes back is judged again; `raise` has its transaction flushed.
  await tx.query('SET LOCAL synchronous_commit TO off');
  const before = new Map(asked.flatMap(({ rules }) => rules.map((rule) => [rule.ruleId, rule])));
  const locked = new Map((await lockRules(tx, [...before.keys()])).filter((rule) => rule.since === before.get(rule.ruleId)?.since).map((rule) => [rule.ruleId, rule]));
  const levels = await loadLevels(tx, [...locked.keys()]);
  const accounts = await accountsById(tx, [...new Set([...locked.values()].flatMap(({ condition }) => condition.accountId ?? []))]);
  const results = asked.flatMap((one) => one.rules.flatMap((rule) => {
    const now = locked.get(rule.ruleId);
    const account = accounts.get(rule.condition.accountId ?? '');
    return now ? [judgeRule(now, one, levels.get(levelKey({ ruleId: rule.ruleId, subject: '' })) ?? armedLevel(rule.ruleId, ''), account ? accountName(account) : 'The portfolio', at)] : [];
  }));
  await writeRuleChanges(tx, results.flatMap(({ change }) => (isWorthWriting(locked.get(change.ruleId) ?? NEVER, change) ? [change] : [])));
  await writeLevels(tx, results.flatMap(({ level }) => level ?? []));
  await finishUsers(tx, asked.map((one) => finishedOf(one, results.filter(({ change }) => one.rules.some(({ ruleId }) => ruleId === change.ruleId)), at)));
  for (const result of ['judged', 'unknown', 'later'] as const) metrics.evaluated(result, results.filter(({ what }) => what === result).length);
  return raise(tx, results.flatMap(({ finding }) => finding ?? []), at);
}

interface JudgedRule {
  readonly what: 'judged' | 'unknown' | 'later';
  readonly change: RuleChange;
  /** Null: as before. */
  readonly level: StoredLevel | null;
  readonly finding: Finding | null;
  readonly quietUntil: number | null;
}

function judgeRule(rule: StoredRule, { user, answers }: Asked, before: StoredLevel, name: string, at: number): JudgedRule {
  const answered = answers.get(askKey(askOf(rule)));
  const reading = answered?.ok ? readAnswer(rule, answered.answer, name) : null;
  const change = { ruleId: rule.ruleId, problem: null, evaluatedAt: null, raisedAt: null, seenEpoch: rule.seenEpoch, seenPosition: rule.seenPosition };
  if (!reading?.known) {
    const problem = reading ? reading.problem : answered && !answered.ok ? answered.problem : 'Its figure was not asked for.';
    return { what: answered && !answered.ok && answered.later ? 'later' : 'unknown', change: { ...change, problem }, level: null, finding: null, quietUntil: null };
  }
  const judged = judgeLevel(before, reading.stand, rule, at, reading.period);
  const level = { ...before, ...judged.level };
  const finding: Finding | null = judged.raise
    ? { rule, cause: user.cause, causeKey: user.cause.eventId ?? `${user.cause.type} ${user.cause.at}`, accountId: rule.condition.accountId ?? null, connectionId: null, figures: reading.figures, message: reading.message }
    : null;
  return {
    what: 'judged', change: { ...change, evaluatedAt: instant(at), raisedAt: judged.raise ? instant(at) : null }, finding, quietUntil: judged.quietUntil,
    level: level.raised === before.raised && level.period === before.period ? null : level,
  };
}

function finishedOf({ user }: Asked, results: readonly JudgedRule[], at: number): Finished {
  const failed = results.some(({ what }) => what === 'later');
  const waits = [...results.flatMap(({ quietUntil }) => quietUntil ?? []), ...(failed ? [at + (RETRY_MS[Math.min(user.attempts, RETRY_MS.length) - 1] ?? 60_000)] : [])];
  return { userId: user.userId, version: user.version, again: waits.length > 0 ? Math.min(...waits) : null, failed };
}
