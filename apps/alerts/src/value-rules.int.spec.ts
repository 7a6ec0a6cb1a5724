import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alertsRpc } from '@tidemark/contracts';
import type { AlertCondition, AlertKind, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { newId } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { discover, snapshotOf, startFixture } from './alerts.fixture.js';
import type { AlertsFixture, GivenAccount, Shown } from './alerts.fixture.js';
import { finishUsers, markUsers } from './evaluation/due-users.js';

let alerts: AlertsFixture;

beforeAll(async () => {
  alerts = await startFixture('alerts_value');
  await alerts.start();
}, 60_000);
afterAll(() => alerts.close());

const usd = (amount: string): AlertCondition => ({ amount: { amount, currency: 'USD' } });
const worth = (value: string): Shown => ({ value: { value } });
const figures = async (userId: string) => (await alerts.raised(userId)).map(({ data }) => data.figures.value);
const ruleNow = async (userId: string, ruleId: string) => {
  const reply = await alerts.call(alertsRpc.getAlertRule, userId, { ruleId });
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value;
};

/** The user's pages show this from now on, and a snapshot tells of it. */
async function shows(account: GivenAccount, shown: Shown): Promise<void> {
  alerts.shown.set(account.userId, shown);
  await alerts.say('sync', account.userId, [snapshotOf(account)]);
  await alerts.settled();
}

const positions = (...weights: string[]): Shown => ({ positions: { positions: weights.map((weight, index) => ({
  asset: { id: `equity:S${index}`, kind: 'equity', symbol: `S${index}`, name: null }, quantity: '1', multiplier: '1', side: 'long', currency: 'USD', price: '1', value: '1', baseValue: '1', costBasis: null, costCurrency: null, averageCost: null,
  unrealizedGain: null, unrealizedGainPercent: null, dayChange: null, weight, tradable: false, sources: [], accounts: [],
})) } });
const shares = (equity: string, bond: string): Shown => ({ allocation: { slices: [{ key: 'equity', name: 'Equities', value: '1', percent: equity }, { key: 'bond', name: 'Bonds', value: '1', percent: bond }] } });
const change = (dayChangePercent: string): Shown => ({ value: { dayChangePercent } });

describe('a rule over a figure', () => {
  it('raises once when a snapshot brings the portfolio below a balance', async () => {
    const account = await discover(alerts);
    const rule = await alerts.rule(account.userId, { kind: 'balance_below', condition: usd('1000') });
    expect(rule).toMatchObject({ state: 'armed', problem: null, lastRaisedAt: null, hysteresis: '1', quietSeconds: 3600, enabled: true, mutedUntil: null, secretSet: false });
    await shows(account, worth('1000.5'));
    expect(await alerts.raised(account.userId)).toEqual([]);
    await shows(account, worth('999.5'));
    await shows(account, worth('1005'));
    await shows(account, worth('999'));
    const [alert, ...more] = await alerts.raised(account.userId);
    expect(more).toEqual([]);
    expect(alert?.data).toMatchObject({
      ruleId: rule.id, kind: 'balance_below', cause: { type: 'BalanceSnapshotCaptured' }, message: 'The portfolio is worth 999.5 USD, below 1000 USD.', muted: false, accountId: null,
      figures: { value: '999.5', threshold: '1000', unit: 'money', currency: 'USD', asset: null }, deliveries: [{ kind: 'live', target: 'live' }],
    });
    expect(alert).toMatchObject({ id: alert?.data.alertId, causationid: alert?.data.cause.eventId });
    expect(await ruleNow(account.userId, rule.id)).toMatchObject({ state: 'raised', lastRaisedAt: expect.any(String), lastEvaluatedAt: expect.any(String) });
  });

  const kinds: [AlertKind, AlertCondition, Shown, Shown, string][] = [
    ['balance_below', usd('1000'), worth('1010'), worth('999'), '999'],
    ['balance_above', usd('1000'), worth('990'), worth('1001'), '1001'],
    ['day_change_percent', { percent: '5', direction: 'down' }, change('5'), change('-5'), '-5'],
    ['concentration_above', { percent: '25' }, positions('10', '20'), positions('20', '26'), '26'],
    ['allocation_drift', { percent: '5', targets: { equity: '60', bond: '40' } }, shares('61', '39'), shares('66', '34'), '6'],
  ];
  it.each(kinds)('%s raises beyond its threshold, once, and again after the figure came back', async (kind, condition, back, over, value) => {
    const account = await discover(alerts);
    await alerts.rule(account.userId, { kind, condition, quietSeconds: 0 });
    for (const shown of [back, over, over, back, over]) await shows(account, shown);
    expect(await figures(account.userId)).toEqual([value, value]);
  });

  it('of one account asks for that account alone, and speaks of it', async () => {
    const account = await discover(alerts, { name: 'Savings' });
    await alerts.rule(account.userId, { kind: 'balance_below', condition: { ...usd('1000'), accountId: account.accountId } });
    await shows(account, worth('1'));
    expect((await alerts.raised(account.userId))[0]?.data).toMatchObject({ accountId: account.accountId, message: 'Savings is worth 1 USD, below 1000 USD.' });
    expect(alerts.asked.filter(({ userId }) => userId === account.userId).map(({ payload }) => payload)).toEqual([{ account: account.accountId, currency: 'USD' }]);
  });

  it('asks each question once for all rules of a user, with the position of what happened', async () => {
    const account = await discover(alerts);
    for (const amount of ['1000', '900', '800']) await alerts.rule(account.userId, { kind: 'balance_below', condition: usd(amount) });
    await alerts.rule(account.userId, { kind: 'balance_below', condition: { amount: { amount: '1000', currency: 'EUR' } } });
    alerts.shown.set(account.userId, worth('850'));
    const positionsSaid = await alerts.say('sync', account.userId, [snapshotOf(account)]);
    await alerts.settled();
    expect(alerts.asked.filter(({ userId }) => userId === account.userId).map(({ payload, after }) => [payload, after])).toEqual([[{ currency: 'USD' }, positionsSaid], [{ currency: 'EUR' }, positionsSaid]]);
    expect(await alerts.raised(account.userId)).toHaveLength(3);
  });
});

describe('a figure that is not known', () => {
  const incomplete: Shown = { value: { value: '1', complete: false, reasons: [{ code: 'price_missing', detail: 'No price of equity:A is known.' }] } };
  it.each<[string, Shown, string]>([
    ['is not complete', incomplete, 'No price of equity:A is known.'],
    ['is older than what happened', { ...worth('1'), stale: true }, 'The figures have not caught up with what happened; they will be asked for again.'],
    ['nobody can answer', { refuse: 'unavailable' }, 'it is unavailable'],
    ['is of an account that is not there', { refuse: 'not_found' }, 'it is not_found'],
  ])('because it %s leaves the rule unknown with the reason, raises nothing, and is judged when it is known', async (_why, shown, problem) => {
    const account = await discover(alerts);
    const rule = await alerts.rule(account.userId, { kind: 'balance_below', condition: usd('1000') });
    alerts.shown.set(account.userId, shown);
    await alerts.say('sync', account.userId, [snapshotOf(account)]);
    await waitUntil(async () => (await ruleNow(account.userId, rule.id)).state === 'unknown', { describe: 'the rule to be unknown' });
    expect(await ruleNow(account.userId, rule.id)).toMatchObject({ problem, lastRaisedAt: null, lastEvaluatedAt: null });
    expect(await alerts.raised(account.userId)).toEqual([]);
    await shows(account, worth('999'));
    expect(await ruleNow(account.userId, rule.id)).toMatchObject({ state: 'raised', problem: null });
    expect(await figures(account.userId)).toEqual(['999']);
  });

  it('does not forget what was told before', async () => {
    const account = await discover(alerts);
    await alerts.rule(account.userId, { kind: 'balance_below', condition: usd('1000'), quietSeconds: 0 });
    for (const shown of [worth('999'), incomplete, worth('999')]) await shows(account, shown);
    expect(await figures(account.userId)).toEqual(['999']);
  });

  it('is asked for again by itself where nobody answered', async () => {
    const account = await discover(alerts);
    await alerts.rule(account.userId, { kind: 'balance_below', condition: usd('1000') });
    await shows(account, { refuse: 'unavailable' });
    alerts.shown.set(account.userId, worth('999'));
    alerts.clock.advance(60_000);
    await waitUntil(async () => (await alerts.raised(account.userId)).length === 1, { describe: 'the alert without another event' });
  });
});

describe('quiet and mute', () => {
  it('holds an alert back until the quiet is over, and tells it then if it is still true', async () => {
    const account = await discover(alerts);
    const other = await discover(alerts);
    for (const { userId } of [account, other]) await alerts.rule(userId, { kind: 'balance_below', condition: usd('1000'), quietSeconds: 600 });
    for (const one of [account, other]) for (const value of ['999', '1010', '998']) await shows(one, worth(value));
    expect([await figures(account.userId), await figures(other.userId)]).toEqual([['999'], ['999']]);
    alerts.shown.set(other.userId, worth('1001'));
    alerts.clock.advance(600_000);
    await waitUntil(async () => (await figures(account.userId)).length === 2, { describe: 'the end of quiet' });
    await alerts.settled();
    expect([await figures(account.userId), await figures(other.userId)]).toEqual([['999', '998'], ['999']]);
  });

  it('ends when the rule is changed: it is armed anew, and the next event raises it', async () => {
    const account = await discover(alerts);
    const { id: ruleId } = await alerts.rule(account.userId, { kind: 'balance_below', condition: usd('1000') });
    await shows(account, worth('999'));
    await alerts.call(alertsRpc.changeAlertRule, account.userId, { ruleId, name: 'another name', mutedUntil: null });
    await shows(account, worth('998'));
    expect(await figures(account.userId)).toEqual(['999']);
    expect(await alerts.call(alertsRpc.changeAlertRule, account.userId, { ruleId, condition: usd('1100') })).toMatchObject({ value: { state: 'armed', problem: null } });
    expect(await figures(account.userId)).toEqual(['999']);
    await shows(account, worth('997'));
    expect(await figures(account.userId)).toEqual(['999', '997']);
  });

  it('of a rule that is turned off is for ever: what happened meanwhile raises nothing', async () => {
    const account = await discover(alerts);
    const { id: ruleId } = await alerts.rule(account.userId, { kind: 'balance_below', condition: usd('1000'), enabled: false });
    await shows(account, worth('999'));
    await alerts.call(alertsRpc.changeAlertRule, account.userId, { ruleId, enabled: true });
    await alerts.settled();
    expect(await figures(account.userId)).toEqual([]);
  });
});

describe('the market', () => {
  const closed = (): [string, string, object] => ['market-XNYS', 'DayClosed', { market: 'XNYS', day: '2026-11-20', closedAt: new Date().toISOString(), accounts: 1, incomplete: 0, catchUp: false }];
  const prices = (): [string, string, object] => ['prices-A', 'PricesObserved', { symbol: 'A', kind: 'security', currency: 'USD', source: 'fmp', from: '2026-11-20', to: '2026-11-20', prices: [{ day: '2026-11-20', close: '1' }], splits: [], corrected: false }];

  it('has every rule over figures judged when a day is closed', async () => {
    const account = await discover(alerts);
    await alerts.rule(account.userId, { kind: 'balance_below', condition: usd('1000') });
    alerts.shown.set(account.userId, worth('999'));
    await alerts.say('history', '~market:XNYS', [closed()]);
    await alerts.settled();
    expect((await alerts.raised(account.userId))[0]?.data).toMatchObject({ cause: { type: 'DayClosed' }, figures: { value: '999' } });
  });

  it('has those judged again that could not be, when prices come, and nobody else', async () => {
    const [account, other] = [await discover(alerts), await discover(alerts)];
    for (const { userId } of [account, other]) await alerts.rule(userId, { kind: 'balance_below', condition: usd('1000') });
    await shows(account, { value: { complete: false } });
    await shows(other, worth('2000'));
    for (const { userId } of [account, other]) alerts.shown.set(userId, worth('999'));
    await alerts.say('history', '~symbol:A', [prices()]);
    await alerts.settled();
    alerts.clock.advance(2_000);
    await waitUntil(async () => (await alerts.raised(account.userId)).length === 1, { describe: 'the alert' });
    await alerts.settled();
    expect(await alerts.raised(other.userId)).toEqual([]);
  });
});

describe('a user who is being judged while something happens', () => {
  it('is judged once more, and at once', async () => {
    const userId = newId();
    const due = { userId, version: 1, again: null, failed: false };
    await alerts.owner.query(`INSERT INTO due_user (user_id, due_at, cause, recorded_at, positions, locked_until) VALUES ($1, '9999-01-01', '{}', now(), '{}', now() + interval '1 hour')`, [userId]);
    // The event is written and not yet committed when the judging ends.
    const finished = await alerts.database.transaction(async (tx) => {
      await tx.query('UPDATE due_user SET version = version + 1 WHERE user_id = $1', [userId]);
      const finishing = alerts.database.transaction((other) => finishUsers(other, [due]));
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { finishing };
    });
    await finished.finishing;
    expect((await alerts.owner.query('SELECT version, locked_until FROM due_user WHERE user_id = $1', [userId])).rows).toEqual([{ version: 2, locked_until: null }]);
  });
});

describe('users who are taken together', () => {
  it('are taken in one order, by whoever marks them and by whoever has judged them', async () => {
    const run = newId();
    const [first, second] = [`${run}-a`, `${run}-b`];
    for (const userId of [first, second]) await alerts.rule(userId, { kind: 'balance_below', condition: usd('1') });
    const put = `INSERT INTO due_user (user_id, due_at, cause, recorded_at, positions, locked_until) SELECT u, '9999-01-01', '{}', now(), '{}', now() + interval '1 hour' FROM unnest($1::text[]) u`;
    await alerts.owner.query(put, [[first, second]]);
    const event = (userid: string) => ({ id: newId(), type: 'BalanceSnapshotCaptured', source: 'sync', userid, epoch: 1, partition: 0, position: 1, time: new Date().toISOString(), recordedtime: new Date(Date.now() + 1_000).toISOString() }) as unknown as EventEnvelope;
    const takers: ((tx: SqlClient) => Promise<unknown>)[] = [
      (tx) => markUsers(tx, [event(second), event(first)], Date.now()),
      (tx) => finishUsers(tx, [second, first].map((userId) => ({ userId, version: 1, again: null, failed: false }))),
    ];
    for (const take of takers) {
      // Somebody has the first: whoever takes both waits for it, and has not taken the second.
      const taking = await alerts.database.transaction(async (tx) => {
        await tx.query('SELECT 1 FROM due_user WHERE user_id = $1 FOR UPDATE', [first]);
        const waits = alerts.database.transaction((other) => take(other));
        await new Promise((resolve) => setTimeout(resolve, 200));
        await alerts.owner.query('SELECT 1 FROM due_user WHERE user_id = $1 FOR UPDATE NOWAIT', [second]);
        return { waits };
      });
      await taking.waits;
    }
    await alerts.owner.query('DELETE FROM due_user WHERE user_id = ANY($1::text[])', [[first, second]]);
  });
});

describe('a user without rules over figures', () => {
  it('is asked about nothing', async () => {
    const account = await discover(alerts);
    await alerts.rule(account.userId, { kind: 'discrepancy_opened', condition: {} });
    await shows(account, worth('1'));
    expect(alerts.asked.filter(({ userId }) => userId === account.userId)).toEqual([]);
  });
});
