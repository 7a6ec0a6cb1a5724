/** Making, changing and removing rules: parsed, decided, checked against the user's own accounts, written with its event in one transaction. */
import { problem } from '@tidemark/contracts';
import type { LogPosition, Problem, RequestOf, RpcContext } from '@tidemark/contracts';
import type { alertsRpc } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { LogTransaction } from '@tidemark/event-log';
import { waitForPositions } from '@tidemark/projections';
import { newId } from '@tidemark/service';
import { targetErrors } from '../deliveries/check-targets.js';
import { parkUnwanted, UNWANTED } from '../deliveries/queue.js';
import { addressOf, shownTarget } from '../deliveries/target.js';
import type { AlertDeps } from '../deps.js';
import { accountOfUser } from '../projections/accounts/query.js';
import { connectionOfUser } from '../projections/connections/query.js';
import { invalid, unknownRule } from '../reads/refusals.js';
import type { RuleSettings } from './rule.js';
import { armsAnew, decideRule } from './rule.decide.js';
import type { RuleInput } from './rule.decide.js';
import { newSecret, removeRuleSecret, writeRuleSecret } from './rule-secret.js';
import { lockRule, ruleAnswer, ruleOfUser, writeRule } from './rule-store.js';
import type { StoredRule } from './rule-store.js';

export const MOST_RULES = 200;

type WithSecret = typeof alertsRpc.createAlertRule;
type Written = Result<{ readonly rule: alertsRpc.AlertRule & { webhookSecret: string | null }; readonly positions: readonly LogPosition[] }, Problem>;

export async function createRule(deps: AlertDeps, payload: RequestOf<WithSecret>, { userId, after }: RpcContext): Promise<Written> {
  const checked = await checkedSettings(deps, payload, payload.webhookSecret, userId, after);
  if (!checked.ok) return checked;
  const at = instant(deps.clock.now());
  const stored = { ...checked.value, ruleId: newId(), userId, createdAt: at, updatedAt: at };
  return write(deps, userId, stored.ruleId, payload.webhookSecret, async (tx) => {
    // Two requests at once must not both be the last that fits.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('alert rules of ' || $1, 0))`, [userId]);
    const { rows } = await tx.query<{ count: number }>('SELECT count(*) AS count FROM alert_rule WHERE user_id = $1', [userId]);
    if ((rows[0]?.count ?? 0) >= MOST_RULES) return refuse(problem('conflict', `You have ${MOST_RULES} alert rules, which is the most that one user has: remove one first.`));
    await writeRule(tx, stored, deps.log.partitionOf(userId), true);
    return ok(checked.value);
  });
}

export async function changeRule(deps: AlertDeps, payload: RequestOf<typeof alertsRpc.changeAlertRule>, { userId, after }: RpcContext): Promise<Written> {
  const { ruleId, webhookSecret, ...changes } = payload;
  return write(deps, userId, ruleId, webhookSecret, async (tx) => {
    const before = await lockRule(tx, userId, ruleId);
    if (!before) return refuse(unknownRule(ruleId));
    const checked = await checkedSettings(deps, merged(before, changes), webhookSecret, userId, after);
    if (!checked.ok) return checked;
    await writeRule(tx, { ...checked.value, ruleId, userId, createdAt: before.createdAt, updatedAt: instant(deps.clock.now()) }, deps.log.partitionOf(userId), armsAnew(before, checked.value));
    return checked;
  });
}

function merged(before: StoredRule, changes: Partial<RuleInput>): RuleInput {
  const { name, kind, condition, deliveries, hysteresis, quietSeconds, enabled, mutedUntil } = before;
  return { name, kind, condition, deliveries, hysteresis, quietSeconds, enabled, mutedUntil, ...changes };
}

export async function removeRule({ log, clock }: AlertDeps, ruleId: string, userId: string): Promise<Result<readonly LogPosition[], Problem>> {
  const done = await log.transaction(async (tx) => {
    const { rowCount } = await tx.query('DELETE FROM alert_rule WHERE rule_id = $1 AND user_id = $2', [ruleId, userId]);
    if (rowCount > 0) tx.append({ userId, stream: `alert-rule-${ruleId}`, expectedVersion: 'any', events: [{ id: newId(), type: 'AlertRuleRemoved', time: instant(clock.now()), data: { userId, ruleId } }] });
    return rowCount > 0;
  });
  if (!done.ok) throw new Error(`the removal of a rule was refused by the log: ${done.error.kind}`);
  return done.value.value ? ok(done.value.positions) : refuse(unknownRule(ruleId));
}

async function checkedSettings({ database, deliveries }: AlertDeps, input: RuleInput, secret: string | undefined, userId: string, after: readonly LogPosition[] | undefined): Promise<Result<RuleSettings, Problem>> {
  const decided = decideRule(input);
  const webhook = input.deliveries.some(({ kind }) => kind === 'webhook');
  const errors = [
    ...(decided.ok ? [] : decided.error),
    ...targetErrors(input.deliveries, deliveries),
    ...(secret !== undefined && !webhook ? [{ field: 'webhookSecret', message: 'signs webhooks, and none of the deliveries is one' }] : []),
  ];
  if (!decided.ok || errors.length > 0) return refuse(invalid(errors));
  const { accountId, connectionId } = decided.value.condition;
  await waitForPositions(database, ['accounts', 'connections'], after ?? []);
  if (accountId != null && !(await accountOfUser(database, userId, accountId))) return refuse(unknownOf('account', accountId));
  if (connectionId != null && !(await connectionOfUser(database, userId, connectionId))) return refuse(unknownOf('connection', connectionId));
  return decided;
}

function unknownOf(what: 'account' | 'connection', id: string): Problem {
  const message = `There is no ${what} ${id}.`;
  return problem('not_found', message, { errors: [{ field: `condition/${what}Id`, message: `must be the id of one of your ${what}s` }] });
}

/** What waits to be told to those whom the rule does not tell any more is parked, each with its event. */
async function withdraw({ clock }: AlertDeps, tx: LogTransaction, { ruleId, userId }: { ruleId: string; userId: string }, { deliveries, enabled, mutedUntil }: RuleSettings): Promise<void> {
  const speaks = enabled && (mutedUntil === null || Date.parse(mutedUntil) <= clock.now());
  const parked = await parkUnwanted(tx, { ruleId, addresses: deliveries.flatMap((target) => addressOf(target) ?? []), speaks });
  for (const { deliveryId, alertId, kind, attempts } of parked) {
    const data = { userId, alertId, ruleId, deliveryId, kind, attempts, reason: UNWANTED };
    tx.append({ userId, stream: `alert-${alertId}`, expectedVersion: 'any', events: [{ id: newId(), type: 'AlertDeliveryParked', time: instant(clock.now()), causationId: alertId, data }] });
  }
}

/** A secret of ours where a webhook has none yet; none is kept for nothing. */
async function settleSecret(tx: LogTransaction, { keyring }: AlertDeps, owner: { ruleId: string; userId: string }, settings: RuleSettings, given: string | undefined): Promise<string | null> {
  const webhook = settings.deliveries.some(({ kind }) => kind === 'webhook');
  if (!webhook) await removeRuleSecret(tx, owner.ruleId);
  const { rowCount: there } = await tx.query('SELECT 1 FROM rule_secret WHERE rule_id = $1', [owner.ruleId]);
  const made = webhook && given === undefined && there === 0 ? newSecret() : null;
  const secret = given ?? made;
  if (secret !== null) await writeRuleSecret(tx, keyring, { ...owner, secret });
  return made;
}

async function write(deps: AlertDeps, userId: string, ruleId: string, givenSecret: string | undefined, work: (tx: LogTransaction) => Promise<Result<RuleSettings, Problem>>): Promise<Written> {
  const done = await deps.log.transaction(async (tx) => {
    const settings = await work(tx);
    if (!settings.ok) return settings;
    await withdraw(deps, tx, { ruleId, userId }, settings.value);
    const webhookSecret = await settleSecret(tx, deps, { ruleId, userId }, settings.value, givenSecret);
    tx.append({ userId, stream: `alert-rule-${ruleId}`, expectedVersion: 'any', events: [{ id: newId(), type: 'AlertRuleSet', time: instant(deps.clock.now()), data: { userId, ruleId, ...settings.value, deliveries: settings.value.deliveries.map((target) => ({ kind: target.kind, target: shownTarget(target) })) } }] });
    return ok({ webhookSecret });
  });
  if (!done.ok) throw new Error(`a rule was refused by the log: ${done.error.kind}`);
  const { value, positions } = done.value;
  if (!value.ok) return value;
  const shown = await ruleOfUser(deps.database, userId, ruleId);
  return shown ? ok({ rule: { ...ruleAnswer(shown), webhookSecret: value.value.webhookSecret }, positions }) : refuse(unknownRule(ruleId));
}
