/**
 * Judges a batch of events against the rules that they concern, set by set: rules of all its users in one statement, locked in one order;
 * then in memory, event by event; then what changed, in one statement a table. A rule remembers the last event that changed it, so that
 * an event that comes again, in whatever way, changes nothing.
 */
import type { AlertKind, alertsRpc, EventEnvelope, TransactionsRecorded } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { ratesOn } from '../projections/rates/query.js';
import type { StoredRule } from '../rule/rule-store.js';
import { RULE_COLUMNS } from '../rule/rule-store.js';
import { concerns, EVENT_KINDS, ratesNeeded, seeEvent, subjectOf } from './event-rules.decide.js';
import type { Known, RateOn, Seen } from './event-rules.decide.js';
import { judgeLevel, quietUntil } from './judge.decide.js';
import { armedLevel, isWorthWriting, levelKey, loadLevels, writeLevels, writeRuleChanges } from './level-store.js';
import type { StoredLevel } from './level-store.js';
import { namesOf } from './names.js';
import { raise } from './raise.js';
import type { Finding } from './raise.js';

export interface JudgedEvents {
  readonly rules: number;
  readonly alerts: readonly alertsRpc.AlertMessage[];
}

/** @param events of the types in `EVENT_KINDS`, in order per user; @param at now, in milliseconds since the epoch */
export async function judgeEvents(tx: LogTransaction, events: readonly EventEnvelope[], at: number): Promise<JudgedEvents> {
  const rules = await lockConcerned(tx, events);
  if (rules.length === 0) return { rules: 0, alerts: [] };
  const byUser = Map.groupBy(rules, ({ userId, kind }) => `${kind} ${userId}`);
  const pairs = events.flatMap((event) => (byUser.get(`${EVENT_KINDS[event.type]} ${event.userid}`) ?? []).filter((rule) => isNews(rule, event) && concerns(rule, event)).map((rule) => ({ rule, event })));
  if (pairs.length === 0) return { rules: 0, alerts: [] };
  const judging = new Judging(await loadLevels(tx, [...new Set(pairs.map(({ rule }) => rule.ruleId))]), { name: await namesOf(tx, pairs.map(({ event }) => event)), rate: await ratesFor(tx, pairs) }, at);
  for (const { rule, event } of pairs) judging.see(rule, event);
  const { levels, changes, findings } = judging.results();
  await writeRuleChanges(tx, changes);
  await writeLevels(tx, levels);
  return { rules: judging.size, alerts: await raise(tx, findings, at) };
}

async function lockConcerned(tx: SqlClient, events: readonly EventEnvelope[]): Promise<StoredRule[]> {
  const wanted = new Map(events.map((event) => [`${EVENT_KINDS[event.type]} ${event.userid}`, { kind: EVENT_KINDS[event.type] as AlertKind, userId: event.userid }]));
  const { rows } = await tx.query<StoredRule>(
    `SELECT ${RULE_COLUMNS} FROM alert_rule r JOIN unnest($1::text[], $2::text[]) AS w(user_id, kind) ON r.user_id = w.user_id AND r.kind = w.kind WHERE r.enabled ORDER BY r.rule_id FOR UPDATE OF r`,
    [[...wanted.values()].map((one) => one.userId), [...wanted.values()].map((one) => one.kind)],
  );
  return rows;
}

/** Recorded after the rule was set, and not seen by it before. */
function isNews(rule: StoredRule, { recordedtime, epoch, position }: EventEnvelope): boolean {
  if (Date.parse(recordedtime) <= Date.parse(rule.since)) return false;
  return epoch > rule.seenEpoch || (epoch === rule.seenEpoch && position > rule.seenPosition);
}

interface Pair {
  readonly rule: StoredRule;
  readonly event: EventEnvelope;
}

function ratesFor(tx: SqlClient, pairs: readonly Pair[]): Promise<RateOn> {
  return ratesOn(tx, pairs.flatMap(({ rule, event }) => (event.type === 'TransactionsRecorded' ? ratesNeeded(rule, event as EventEnvelope<TransactionsRecorded>) : [])));
}

interface RuleNow {
  readonly rule: StoredRule;
  problem: string | null;
  quietFrom: string | null;
  raised: boolean;
  /** Something of its state is other than before, so that its mark must move. */
  moved: boolean;
  seen: { readonly epoch: number; readonly position: number };
}

/** The rules of one batch as they go along. */
class Judging {
  private readonly changed = new Map<string, StoredLevel>();
  private readonly rules = new Map<string, RuleNow>();
  private readonly findings: Finding[] = [];

  constructor(
    private readonly levels: Map<string, StoredLevel>,
    private readonly known: Known,
    private readonly at: number,
  ) {}

  see(rule: StoredRule, event: EventEnvelope): void {
    const now = this.rules.get(rule.ruleId) ?? { rule, problem: rule.problem, quietFrom: rule.quietFrom, raised: false, moved: false, seen: { epoch: rule.seenEpoch, position: rule.seenPosition } };
    this.rules.set(rule.ruleId, now);
    const { subject } = subjectOf(event);
    const before = this.levels.get(levelKey({ ruleId: rule.ruleId, subject })) ?? armedLevel(rule.ruleId, subject);
    const seen = seeEvent(rule, event, before, this.known);
    now.problem = seen.problem;
    now.seen = event;
    if (seen.stand === 'pulse') this.pulse(now, event, before, seen);
    else if (seen.stand !== 'nothing') this.level(now, event, before, seen);
  }

  private pulse(now: RuleNow, event: EventEnvelope, before: StoredLevel, seen: Seen): void {
    now.moved = true;
    if (quietUntil({ quietSeconds: now.rule.quietSeconds, quietFrom: now.quietFrom }, this.at) !== null) return;
    if (seen.told.at(-1) !== before.told.at(-1)) this.remember({ ...before, told: seen.told });
    this.tell(now, findingOf(now.rule, event, seen));
  }

  private level(now: RuleNow, event: EventEnvelope, before: StoredLevel, seen: Seen): void {
    const { rule, quietFrom } = now;
    const judged = judgeLevel(before, seen.stand as 'over' | 'between' | 'back', { quietSeconds: rule.quietSeconds, quietFrom }, this.at);
    const finding = findingOf(rule, event, seen);
    const { rule: _rule, ...pending } = finding;
    const waits = judged.quietUntil !== null;
    const after: StoredLevel = { ...before, ...judged.level, failures: seen.failures, syncId: seen.syncId, pending: waits ? (before.pending ?? pending) : null, pendingAt: waits ? instant(judged.quietUntil) : null };
    if (isSame(before, after)) return;
    now.moved = true;
    this.remember(after);
    if (judged.raise) this.tell(now, finding);
  }

  private remember(level: StoredLevel): void {
    this.levels.set(levelKey(level), level);
    this.changed.set(levelKey(level), level);
  }

  private tell(now: RuleNow, finding: Finding): void {
    this.findings.push(finding);
    now.quietFrom = instant(this.at);
    now.raised = true;
  }

  get size(): number {
    return this.rules.size;
  }

  results() {
    const at = instant(this.at);
    const changes = [...this.rules.values()].flatMap(({ rule, problem, raised, moved, seen }) => {
      const change = { ruleId: rule.ruleId, problem, evaluatedAt: at, raisedAt: raised ? at : null, seenEpoch: seen.epoch, seenPosition: seen.position };
      return moved || isWorthWriting(rule, change) ? [change] : [];
    });
    return { changes, levels: [...this.changed.values()], findings: this.findings };
  }
}

function isSame(a: StoredLevel, b: StoredLevel): boolean {
  return a.raised === b.raised && a.failures === b.failures && a.syncId === b.syncId && a.period === b.period && a.pendingAt === b.pendingAt;
}

function findingOf(rule: StoredRule, event: EventEnvelope, { figures, message }: Seen): Finding {
  const { accountId, connectionId } = subjectOf(event);
  return { rule, cause: { eventId: event.id, type: event.type, at: event.time }, causeKey: event.id, accountId, connectionId, figures, message };
}
