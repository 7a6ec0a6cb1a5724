import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alertsRpc } from '@tidemark/contracts';
import type { RequestOf } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import type { RunningService } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { discover, snapshotOf, startFixture } from './alerts.fixture.js';
import type { AlertsFixture } from './alerts.fixture.js';
import { openRuleSecrets } from './rule/rule-secret.js';

let alerts: AlertsFixture;
let service: RunningService;

beforeAll(async () => {
  alerts = await startFixture('alerts_rules');
  service = await alerts.start({ ALERTS_ALLOW_PRIVATE: '127.0.0.1' });
}, 60_000);
afterAll(() => alerts.close());

type Given = Partial<RequestOf<typeof alertsRpc.createAlertRule>>;
const below = { kind: 'balance_below' as const, condition: { amount: { amount: '1000', currency: 'USD' } } };
const webhook = { kind: 'webhook' as const, url: 'https://hooks.example.com/a?token=abc' };
const create = (userId: string, given: Given) => alerts.call(alertsRpc.createAlertRule, userId, { name: 'a rule', ...below, deliveries: [{ kind: 'live' }], ...given });
const told = async (userId: string) => (await alerts.log.readPartition(alerts.log.partitionOf(userId), 0, 1_000, userId)).map(({ type, data }) => [type, data as Record<string, unknown>] as const);
const keyring = { current: 'default', keys: new Map([['default', Buffer.alloc(32, 7)]]) };
const secretOf = async (ruleId: string) => (await openRuleSecrets(alerts.database, keyring, [ruleId], (error) => { throw error; })).get(ruleId);

/** An alert of this user's rule, raised. */
async function anAlert(userId: string, given: Given = {}) {
  const account = await discover(alerts, { userId });
  const rule = await alerts.rule(userId, { ...below, ...given });
  alerts.shown.set(userId, { value: { value: '1' } });
  await alerts.say('sync', userId, [snapshotOf(account)]);
  await alerts.settled();
  const [event] = await alerts.raised(userId);
  return { rule, account, alertId: event?.data.alertId ?? '' };
}

describe('a rule that is set', () => {
  it('is kept, told in the log with its position, and read back', async () => {
    const ann = newId();
    const reply = await create(ann, { name: ' Low ', quietSeconds: 60, hysteresis: '2', mutedUntil: '2030-01-01T00:00:00Z' });
    expect(reply).toMatchObject({ ok: true, positions: [{ log: 'alerts' }], value: { name: 'Low', quietSeconds: 60, hysteresis: '2', mutedUntil: '2030-01-01T00:00:00.000Z', state: 'armed', secretSet: false, webhookSecret: null } });
    const rule = reply.ok ? reply.value : null;
    expect(await told(ann)).toEqual([['AlertRuleSet', { userId: ann, ruleId: rule?.id, name: 'Low', ...below, deliveries: [{ kind: 'live', target: 'live' }], hysteresis: '2', quietSeconds: 60, enabled: true, mutedUntil: '2030-01-01T00:00:00.000Z' }]]);
    const { webhookSecret: _secret, ...shown } = rule as NonNullable<typeof rule>;
    expect(await alerts.call(alertsRpc.getAlertRule, ann, { ruleId: shown.id })).toEqual({ ok: true, value: shown });
  });

  it.each([
    ['names another receiver', { deliveries: [{ kind: 'webhook' as const, url: 'https://other.example.com/b' }] }],
    ['is off', { enabled: false }],
    ['is muted', { mutedUntil: '2099-01-01T00:00:00Z' }],
  ])('that %s now tells nothing more to whom it named before', async (_what, change) => {
    const ann = newId();
    const { rule, alertId } = await anAlert(ann, { deliveries: [webhook] });
    // As after a failed attempt: it waits for the next.
    await waitUntil(async () => {
      await alerts.database.query(`UPDATE delivery SET status = 'retrying', attempts = 1, next_attempt_at = now() + interval '1 hour', locked_by = NULL, locked_until = NULL WHERE alert_id = $1`, [alertId]);
      return (await alerts.call(alertsRpc.getAlert, ann, { alertId })).ok;
    });
    expect(await alerts.call(alertsRpc.changeAlertRule, ann, { ruleId: rule.id, ...change })).toMatchObject({ ok: true });
    expect(await alerts.call(alertsRpc.getAlert, ann, { alertId })).toMatchObject({ value: { deliveries: [{ status: 'parked', nextAttemptAt: null, lastError: expect.stringContaining('its rule was changed') }] } });
    expect((await told(ann)).at(-2)?.[0]).toBe('AlertDeliveryParked');
  });

  it('is changed field by field, and removed with its secret', async () => {
    const ann = newId();
    const { id: ruleId } = await alerts.rule(ann, { ...below, deliveries: [webhook] });
    expect((await told(ann))[0]?.[1]).toMatchObject({ deliveries: [{ kind: 'webhook', target: new URL(webhook.url).hostname }] });
    const changed = await alerts.call(alertsRpc.changeAlertRule, ann, { ruleId, name: 'Other', enabled: false });
    expect(changed).toMatchObject({ ok: true, positions: [{ log: 'alerts' }], value: { name: 'Other', enabled: false, ...below, deliveries: [webhook], secretSet: true, webhookSecret: null } });
    expect(await alerts.call(alertsRpc.removeAlertRule, ann, { ruleId })).toMatchObject({ ok: true, value: { removed: true }, positions: [{ log: 'alerts' }] });
    expect(await alerts.call(alertsRpc.getAlertRule, ann, { ruleId })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await secretOf(ruleId)).toBeUndefined();
    expect((await told(ann)).map(([type]) => type)).toEqual(['AlertRuleSet', 'AlertRuleSet', 'AlertRuleRemoved']);
  });

  it('is listed newest first, by kind and page by page', async () => {
    const ann = newId();
    const made: string[] = [];
    for (const kind of ['discrepancy_opened', 'reauthentication_required', 'discrepancy_opened', 'discrepancy_opened'] as const) {
      alerts.clock.advance(1);
      made.push((await alerts.rule(ann, { kind, condition: {} })).id);
    }
    const page = async (payload: RequestOf<typeof alertsRpc.listAlertRules>) => {
      const reply = await alerts.call(alertsRpc.listAlertRules, ann, payload);
      if (!reply.ok) throw new Error(JSON.stringify(reply.error));
      return reply.value;
    };
    expect((await page({})).items.map(({ id }) => id)).toEqual([...made].reverse());
    const first = await page({ kind: 'discrepancy_opened', limit: 2 });
    const second = await page({ kind: 'discrepancy_opened', limit: 2, cursor: first.nextCursor ?? '' });
    expect([first, second].map(({ items, nextCursor }) => [items.map(({ id }) => id), nextCursor === null])).toEqual([[[made[3], made[2]], false], [[made[0]], true]]);
    expect(await alerts.call(alertsRpc.listAlertRules, ann, { cursor: 'nonsense' })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'cursor' }] } });
  });

  it('is one of 200 at the most', async () => {
    const ann = newId();
    await alerts.owner.query(
      `INSERT INTO alert_rule (rule_id, user_id, partition, name, kind, condition, deliveries, hysteresis, quiet_seconds, enabled, since, created_at, updated_at)
       SELECT gen_random_uuid(), $1, 0, 'x', 'discrepancy_opened', '{}', '[{"kind":"live"}]', '1', 0, true, now(), now(), now() FROM generate_series(1, 199)`,
      [ann],
    );
    const both = await Promise.all([create(ann, {}), create(ann, {})]);
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(both.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'conflict', detail: expect.stringContaining('200') } });
  });
});

describe('what is wrong with a rule', () => {
  it.each([
    [{ condition: {} }, 'condition/amount'],
    [{ condition: { ...below.condition, failures: 3 } }, 'condition/failures'],
    [{ hysteresis: '100' }, 'hysteresis'],
    [{ mutedUntil: '2026-02-31T00:00:00Z' }, 'mutedUntil'],
    [{ deliveries: [{ kind: 'webhook' as const, url: 'http://example.com/hook' }] }, 'deliveries/0/url'],
    [{ deliveries: [{ kind: 'email' as const, to: 'ann@example.com' }] }, 'deliveries/0/kind'],
    [{ webhookSecret: 'sixteen-characters' }, 'webhookSecret'],
    [{ deliveries: [] }, 'deliveries'],
    [{ quietSeconds: -1 }, 'quietSeconds'],
    [{ kind: 'balance' as never }, 'kind'],
  ])('%j names the field, and nothing is kept', async (given, field) => {
    const ann = newId();
    expect(await create(ann, given)).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field }] } });
    expect(await told(ann)).toEqual([]);
  });

  it('is also found in a change, which leaves the rule as it was', async () => {
    const ann = newId();
    const { id: ruleId } = await alerts.rule(ann, below);
    expect(await alerts.call(alertsRpc.changeAlertRule, ann, { ruleId, name: 'Other', condition: { percent: '5' } })).toMatchObject({ ok: false, error: { errors: [{ field: 'condition/amount' }, { field: 'condition/percent' }] } });
    expect(await alerts.call(alertsRpc.getAlertRule, ann, { ruleId })).toMatchObject({ value: { name: 'a rule', ...below } });
  });

  it('an account or a connection that is not the user\'s is not found', async () => {
    const theirs = await discover(alerts);
    const ann = await discover(alerts);
    for (const accountId of [theirs.accountId, newId()]) expect(await create(ann.userId, { condition: { ...below.condition, accountId } })).toMatchObject({ ok: false, error: { code: 'not_found', errors: [{ field: 'condition/accountId' }] } });
    expect(await create(ann.userId, { kind: 'sync_failing', condition: { failures: 1, connectionId: theirs.connectionId } })).toMatchObject({ ok: false, error: { code: 'not_found', errors: [{ field: 'condition/connectionId' }] } });
    expect(await create(ann.userId, { condition: { ...below.condition, accountId: ann.accountId } })).toMatchObject({ ok: true });
    expect(await create(ann.userId, { kind: 'sync_failing', condition: { failures: 1, connectionId: ann.connectionId } })).toMatchObject({ ok: true });
  });
});

describe('the secret of webhooks', () => {
  it('is made where none is given, shown once, and sealed', async () => {
    const ann = newId();
    const { id: ruleId, webhookSecret, secretSet } = await alerts.rule(ann, { ...below, deliveries: [webhook] });
    expect([webhookSecret?.length, secretSet]).toEqual([43, true]);
    expect(await secretOf(ruleId)).toBe(webhookSecret);
    const { rows } = await alerts.owner.query<{ payload: Buffer; text: string }>('SELECT payload, s::text AS text FROM rule_secret s WHERE rule_id = $1', [ruleId]);
    expect(rows[0]?.payload.includes(webhookSecret ?? '')).toBe(false);
    expect(JSON.stringify([await told(ann), await alerts.call(alertsRpc.getAlertRule, ann, { ruleId }), await alerts.call(alertsRpc.listAlertRules, ann, {})])).not.toContain(webhookSecret);
    await alerts.owner.query('UPDATE rule_secret SET user_id = $2 WHERE rule_id = $1', [ruleId, newId()]);
    await expect(secretOf(ruleId)).rejects.toThrow(`alert-rule/${ruleId} does not open`);
  });

  it('that was given is kept and never shown, replaced by another, and gone with the last webhook', async () => {
    const ann = newId();
    const given = 'a secret of my own making';
    const { id: ruleId, webhookSecret } = await alerts.rule(ann, { ...below, deliveries: [webhook], webhookSecret: given });
    expect([webhookSecret, await secretOf(ruleId)]).toEqual([null, given]);
    expect(JSON.stringify(await told(ann))).not.toContain(given);
    await alerts.call(alertsRpc.changeAlertRule, ann, { ruleId, webhookSecret: 'another secret of mine' });
    expect(await secretOf(ruleId)).toBe('another secret of mine');
    await alerts.call(alertsRpc.changeAlertRule, ann, { ruleId, deliveries: [{ kind: 'live' }] });
    expect(await secretOf(ruleId)).toBeUndefined();
    expect(await alerts.call(alertsRpc.changeAlertRule, ann, { ruleId, deliveries: [webhook] })).toMatchObject({ value: { webhookSecret: expect.stringMatching(/^[\w-]{43}$/), secretSet: true } });
  });
});

describe('an alert', () => {
  it('is listed, read and acknowledged, once', async () => {
    const ann = newId();
    const { alertId, rule } = await anAlert(ann);
    const shown = { id: alertId, ruleId: rule.id, name: 'a rule', kind: 'balance_below', message: 'The portfolio is worth 1 USD, below 1000 USD.', deliveries: [{ kind: 'live', target: 'live', status: 'delivered' }] };
    expect(await alerts.call(alertsRpc.listAlerts, ann, { status: 'open' })).toMatchObject({ value: { items: [{ ...shown, status: 'open', acknowledgedAt: null, note: null }], nextCursor: null } });
    expect(await alerts.call(alertsRpc.acknowledgeAlert, ann, { alertId, note: 'seen' })).toMatchObject({ ok: true, positions: [{ log: 'alerts' }], value: { ...shown, status: 'acknowledged', note: 'seen' } });
    const again = await alerts.call(alertsRpc.acknowledgeAlert, ann, { alertId });
    expect([again.ok && again.value.note, 'positions' in again]).toEqual(['seen', false]);
    expect((await told(ann)).filter(([type]) => type === 'AlertAcknowledged')).toEqual([['AlertAcknowledged', { userId: ann, alertId, note: 'seen' }]]);
    expect(await alerts.call(alertsRpc.listAlerts, ann, { status: 'open' })).toMatchObject({ value: { items: [] } });
    expect(await alerts.call(alertsRpc.listAlerts, ann, { status: 'acknowledged', ruleId: rule.id })).toMatchObject({ value: { items: [{ id: alertId }] } });
    expect(await alerts.call(alertsRpc.listAlerts, ann, { ruleId: newId() })).toMatchObject({ value: { items: [] } });
  });

  it('of a rule that is mute is remembered, and nobody is told', async () => {
    const ann = newId();
    const { alertId } = await anAlert(ann, { deliveries: [{ kind: 'live' }, webhook], mutedUntil: new Date(alerts.clock.now() + 60_000).toISOString() });
    expect((await alerts.raised(ann))[0]?.data).toMatchObject({ muted: true, deliveries: [{ kind: 'live' }, { kind: 'webhook', target: 'hooks.example.com' }] });
    expect(await alerts.call(alertsRpc.getAlert, ann, { alertId })).toMatchObject({ value: { deliveries: [{ status: 'muted', attempts: 0 }, { status: 'muted', attempts: 0, target: 'hooks.example.com' }] } });
  });

  it('is counted, with how late it was, and so are the events that were looked at', async () => {
    const measured = async (name: string) => Number(new RegExp(`^${name}\\S* (\\S+)$`, 'm').exec(await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text())?.[1] ?? 0);
    const names = ['tidemark_alerts_raised_total\\{kind="balance_below"', 'tidemark_alert_lag_seconds_count', 'tidemark_alert_evaluations_total\\{result="judged"', 'tidemark_alert_events_total'];
    const before = await Promise.all(names.map(measured));
    await anAlert(newId());
    await waitUntil(async () => (await measured(names[0] ?? '')) === (before[0] ?? 0) + 1, { describe: 'the alert to be counted' });
    const [, late, judged, events] = await Promise.all(names.map(measured));
    expect([late, judged]).toEqual([(before[1] ?? 0) + 1, (before[2] ?? 0) + 1]);
    expect(events).toBeGreaterThan(before[3] ?? 0);
  });

  it('stays when its rule is removed', async () => {
    const ann = newId();
    const { alertId, rule } = await anAlert(ann);
    await alerts.call(alertsRpc.removeAlertRule, ann, { ruleId: rule.id });
    expect(await alerts.call(alertsRpc.getAlert, ann, { alertId })).toMatchObject({ ok: true, value: { ruleId: rule.id } });
  });

  it('or a rule of another user is not found, whatever is done with it', async () => {
    const { alertId, rule: { id: ruleId } } = await anAlert(newId());
    const bob = newId();
    const asked = await Promise.all([
      alerts.call(alertsRpc.getAlert, bob, { alertId }), alerts.call(alertsRpc.acknowledgeAlert, bob, { alertId }), alerts.call(alertsRpc.retryAlert, bob, { alertId }),
      alerts.call(alertsRpc.getAlertRule, bob, { ruleId }), alerts.call(alertsRpc.changeAlertRule, bob, { ruleId, name: 'mine' }), alerts.call(alertsRpc.removeAlertRule, bob, { ruleId }),
    ]);
    expect(asked.map((reply) => (reply.ok ? 'found' : reply.error.code))).toEqual(Array.from({ length: 6 }, () => 'not_found'));
    expect(await alerts.call(alertsRpc.listAlerts, bob, {})).toMatchObject({ value: { items: [] } });
  });
});

describe('what is erased', () => {
  const rowsOf = async (userId: string) => {
    const { rows } = await alerts.owner.query<{ n: number }>(
      `SELECT (SELECT count(*) FROM alert_rule WHERE user_id = $1) + (SELECT count(*) FROM alert WHERE user_id = $1) + (SELECT count(*) FROM delivery WHERE user_id = $1) + (SELECT count(*) FROM rule_secret WHERE user_id = $1)
         + (SELECT count(*) FROM account WHERE user_id = $1) + (SELECT count(*) FROM connection WHERE user_id = $1) + (SELECT count(*) FROM last_snapshot WHERE user_id = $1) + (SELECT count(*) FROM due_user WHERE user_id = $1) AS n`,
      [userId],
    );
    return rows[0]?.n;
  };

  it('a user takes everything along, and what comes late through another log finds nothing', async () => {
    const ann = newId();
    const { account } = await anAlert(ann, { deliveries: [webhook, { kind: 'live' }], mutedUntil: '2030-01-01T00:00:00Z' });
    // A rule, its secret, an alert, two deliveries, an account, its connection and its snapshot.
    expect(await rowsOf(ann)).toBe(8);
    await alerts.say('connections', ann, [[`user-${ann}`, 'UserErased', { userId: ann }]]);
    await alerts.settled();
    await alerts.say('sync', ann, [snapshotOf(account)]);
    await alerts.settled();
    await waitUntil(async () => (await rowsOf(ann)) === 0, { describe: 'nothing to be left' });
    expect(await alerts.raised(ann)).toHaveLength(1);
  });

  it('a connection takes the alerts about its accounts along; a rule that names one says that there is nothing to judge', async () => {
    const ann = newId();
    const { account, alertId: whole } = await anAlert(ann);
    const { id: ruleId } = await alerts.rule(ann, { condition: { ...below.condition, accountId: account.accountId } });
    await alerts.say('sync', ann, [snapshotOf(account)]);
    await alerts.settled();
    const about = (await alerts.raised(ann)).find(({ data }) => data.accountId === account.accountId);
    expect(about?.data).toMatchObject({ ruleId, message: 'Brokerage is worth 1 USD, below 1000 USD.' });
    alerts.shown.set(ann, { refuse: 'not_found' });
    await alerts.say('connections', ann, [[`connection-${account.connectionId}`, 'ConnectionRemoved', { userId: ann, connectionId: account.connectionId, reason: 'asked for', erased: true, accountIds: [account.accountId] }]]);
    await alerts.settled();
    expect(await alerts.call(alertsRpc.getAlert, ann, { alertId: about?.data.alertId ?? '' })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await alerts.call(alertsRpc.getAlert, ann, { alertId: whole })).toMatchObject({ ok: true });
    expect(await alerts.call(alertsRpc.getAlertRule, ann, { ruleId })).toMatchObject({ value: { state: 'unknown', problem: expect.any(String) } });
  });
});
