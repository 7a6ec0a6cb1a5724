import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alertsRpc } from '@tidemark/contracts';
import type { AlertKind, RequestOf } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import type { RunningService } from '@tidemark/service';
import { waitUntil, withRandom } from '@tidemark/testing';
import { discover, snapshotOf, startFixture } from './alerts.fixture.js';
import type { AlertsFixture, GivenAccount, Said } from './alerts.fixture.js';
import { sweepStale } from './evaluation/sweep.js';

let alerts: AlertsFixture;
let service: RunningService;

beforeAll(async () => {
  alerts = await startFixture('alerts_events');
  service = await alerts.start();
}, 60_000);
afterAll(() => alerts.close());

const audit = { sequence: 1, hash: 'a'.repeat(64) };
const discrepancy = ({ userId, accountId }: GivenAccount, asset = 'equity:A'): Said => [`discrepancy-${newId()}`, 'DiscrepancyOpened', {
  userId, discrepancyId: newId(), accountId, asset, kind: 'mismatch', runId: newId(), basis: { kind: 'snapshot', id: newId(), at: '2026-11-20T00:00:00.000Z' }, expected: '10', actual: '9', difference: '-1', divergence: null, explanations: [], audit,
}];
const ofConnection = ({ userId, connectionId }: GivenAccount) => ({ userId, connectionId });
const relink = (account: GivenAccount): Said => [`connection-${account.connectionId}`, 'ReauthenticationRequired', { ...ofConnection(account), code: 'ITEM_LOGIN_REQUIRED', detail: 'the password changed' }];
const restored = (account: GivenAccount): Said => [`connection-${account.connectionId}`, 'ConnectionRestored', ofConnection(account)];
const failed = (account: GivenAccount, syncId = newId()): Said => [`connection-sync-${account.connectionId}`, 'SyncFailed', { ...ofConnection(account), syncId, provider: 'plaid', code: 'provider_unreachable', class: 'retry', detail: 'the bank is down', retryable: true, retryAt: null }];
const completed = (account: GivenAccount): Said => [`connection-sync-${account.connectionId}`, 'SyncCompleted', { ...ofConnection(account), syncId: newId(), provider: 'plaid', accounts: 1, snapshots: 1, transactions: 0, durationMs: 1, notes: [] }];
function recorded(account: GivenAccount, amount: string, currency = 'USD', date = new Date().toISOString().slice(0, 10)): Said {
  const transactionId = newId();
  const transaction = { transactionId, identity: transactionId, date, providerType: 'cash', providerSubtype: null, description: 'Wire out', asset: null, quantity: null, price: null, fees: null, amount, currency, original: {} };
  return [`account-${account.accountId}`, 'TransactionsRecorded', { ...account, syncId: newId(), provider: 'plaid', page: 1, pages: 1, transactions: [transaction] }];
}

type Given = Partial<RequestOf<typeof alertsRpc.createAlertRule>>;
const said = async (log: Parameters<AlertsFixture['say']>[0], { userId }: GivenAccount, ...events: Said[]) => {
  await alerts.say(log, userId, events);
  await alerts.settled();
};
const told = async ({ userId }: GivenAccount) => (await alerts.raised(userId)).map(({ data }) => data);
const ruleNow = async ({ userId }: GivenAccount, ruleId: string) => {
  const reply = await alerts.call(alertsRpc.getAlertRule, userId, { ruleId });
  return reply.ok ? reply.value : null;
};
async function watched(kind: AlertKind, given: Given = {}) {
  const account = await discover(alerts, { name: 'Savings' });
  return { account, rule: await alerts.rule(account.userId, { kind, condition: {}, ...given }) };
}
/** These read their logs from the beginning again. */
async function readAgain(names: string, more = ''): Promise<void> {
  const where = `projection LIKE '${names}'`;
  const position = async () => (await alerts.owner.query<{ n: number }>(`SELECT sum(position) AS n FROM projection.checkpoint WHERE ${where}`)).rows[0]?.n;
  const before = await position();
  await service.close();
  await alerts.owner.query(`UPDATE projection.checkpoint SET position = 0 WHERE ${where}; ${more}`);
  service = await alerts.start();
  await waitUntil(async () => (await position()) === before, { describe: 'all to be read again', timeoutMs: 20_000 });
  await alerts.settled();
}
const large = { condition: { amount: { amount: '10000', currency: 'USD' } } };

describe('a rule over events', () => {
  it('discrepancy_opened tells each, and of the account that it names alone', async () => {
    const { account, rule } = await watched('discrepancy_opened');
    const other = await discover(alerts, { userId: account.userId });
    const named = await alerts.rule(account.userId, { kind: 'discrepancy_opened', condition: { accountId: other.accountId } });
    await said('reconciliation', account, discrepancy(account), discrepancy(account, 'equity:B'));
    await said('reconciliation', account, discrepancy(other));
    expect((await told(account)).map(({ ruleId, accountId, figures }) => [ruleId, accountId, figures.asset]).sort()).toEqual(
      [[rule.id, account.accountId, 'equity:A'], [rule.id, account.accountId, 'equity:B'], [rule.id, other.accountId, 'equity:A'], [named.id, other.accountId, 'equity:A']].sort(),
    );
    expect((await told(account))[0]).toMatchObject({ message: 'Savings: books and provider disagree about equity:A: 10 was expected, the provider has 9.', cause: { type: 'DiscrepancyOpened', eventId: expect.any(String) } });
  });

  it('reauthentication_required tells once until the connection works again', async () => {
    const { account, rule } = await watched('reauthentication_required', { quietSeconds: 0 });
    for (const event of [relink(account), relink(account), restored(account), relink(account)]) await said('connections', account, event);
    expect(await told(account)).toMatchObject([{ connectionId: account.connectionId, message: 'An institution must be linked again: the password changed' }, {}]);
    expect(await ruleNow(account, rule.id)).toMatchObject({ state: 'raised' });
  });

  it('sync_failing tells when so many syncs in a row have failed, and again after one succeeded', async () => {
    const { account } = await watched('sync_failing', { condition: { failures: 2 }, quietSeconds: 0 });
    const twice = newId();
    await said('sync', account, failed(account, twice), failed(account, twice), completed(account), failed(account, twice));
    expect(await told(account)).toEqual([]);
    await said('sync', account, failed(account), failed(account));
    expect(await told(account)).toMatchObject([{ figures: { value: '2', threshold: '2', unit: 'count' }, message: 'The last 2 syncs of An institution failed: the bank is down' }]);
    await said('sync', account, completed(account), failed(account), failed(account));
    expect(await told(account)).toHaveLength(2);
  });

  it('large_transaction tells what is large, in any currency by the rate of its day; without one it says so and guesses nothing', async () => {
    const { account, rule } = await watched('large_transaction', large);
    await alerts.seen(await alerts.say('history', '~symbol:EURUSD', [['prices-EURUSD', 'PricesObserved', { symbol: 'EURUSD', kind: 'fx', currency: 'USD', source: 'fmp', from: '2026-11-02', to: '2026-11-20', prices: [{ day: new Date().toISOString().slice(0, 10), close: '1.2' }], splits: [], corrected: false }]]));
    await said('sync', account, recorded(account, '-9999'), recorded(account, '-10000'), recorded(account, '9000', 'EUR'));
    expect((await told(account)).map(({ figures }) => [figures.value, figures.currency])).toEqual([['10000', 'USD'], ['10800', 'USD']]);
    await said('sync', account, recorded(account, '90000', 'CHF'));
    expect(await told(account)).toHaveLength(2);
    expect(await ruleNow(account, rule.id)).toMatchObject({ state: 'unknown', problem: expect.stringContaining('no rate from CHF is known on ') });
    await said('sync', account, recorded(account, '1'));
    expect(await ruleNow(account, rule.id)).toMatchObject({ state: 'armed', problem: null });
  });

  it('large_transaction tells a purchase once, pending and posted', async () => {
    const { account } = await watched('large_transaction', large);
    const [stream, type, data] = recorded(account, '-10001') as readonly [string, string, { transactions: object[] }];
    const as = (more: object): Said => [stream, type, { ...data, transactions: data.transactions.map((one) => ({ ...one, ...more })) }];
    await said('sync', account, as({ identity: 'pending-1', pending: true }));
    await said('sync', account, as({ identity: 'posted-1', original: { pending_transaction_id: 'pending-1' } }));
    expect(await told(account)).toHaveLength(1);
  });

  it('stale_account tells when nothing came for so long, once, and again after something came', async () => {
    const { account } = await watched('stale_account', { condition: { hours: 48 }, quietSeconds: 0 });
    const manual = await discover(alerts, { userId: account.userId, provider: 'manual' });
    await said('sync', account, snapshotOf(account), snapshotOf(manual));
    alerts.clock.advance(47.9 * 3_600_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await told(account)).toEqual([]);
    alerts.clock.advance(0.2 * 3_600_000);
    await waitUntil(async () => (await told(account)).length === 1, { describe: 'the alert' });
    expect(await told(account)).toMatchObject([{ accountId: account.accountId, connectionId: account.connectionId, cause: { eventId: null, type: 'TimePassed' }, figures: { value: '48', threshold: '48', unit: 'hours' }, message: expect.stringMatching(/^Savings: nothing new has come since /) }]);
    alerts.clock.set(Date.now());
    await said('sync', account, snapshotOf(account));
    await waitUntil(async () => (await alerts.owner.query('SELECT 1 FROM rule_level WHERE subject = $1 AND raised', [account.accountId])).rowCount === 0, { describe: 'to be armed again' });
    alerts.clock.advance(49 * 3_600_000);
    await waitUntil(async () => (await told(account)).length === 2, { describe: 'the second alert' });
    alerts.clock.set(Date.now());
  });

  it('what lasts and comes in the quiet is told when the quiet is over, unless it is over by then', async () => {
    const { account } = await watched('reauthentication_required', { quietSeconds: 3_600 });
    const [second, third] = [await discover(alerts, { userId: account.userId }), await discover(alerts, { userId: account.userId })];
    await said('connections', account, relink(account), relink(second), relink(third), restored(third));
    expect(await told(account)).toMatchObject([{ connectionId: account.connectionId }]);
    alerts.clock.advance(3_600_000);
    await waitUntil(async () => (await told(account)).length === 2, { describe: 'the end of quiet' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await told(account)).toMatchObject([{ connectionId: account.connectionId }, { connectionId: second.connectionId, cause: { type: 'ReauthenticationRequired' } }]);
    alerts.clock.set(Date.now());
  });
});

describe('an account', () => {
  it('is not called stale before everything that the logs hold of it was read', async () => {
    const { account } = await watched('stale_account', { condition: { hours: 48 }, quietSeconds: 0 });
    await said('sync', account, snapshotOf(account));
    await service.close();
    // As after three days without this service: something new stands in the log, and has not been read.
    await alerts.owner.query(`UPDATE last_snapshot SET recorded_at = now() - interval '71.5 hours' WHERE account_id = $1`, [account.accountId]);
    await alerts.owner.query(`UPDATE account SET discovered_at = now() - interval '9 days' WHERE account_id = $1`, [account.accountId]);
    const partition = alerts.log.partitionOf(account.userId);
    const move = (by: number) => alerts.owner.query(`UPDATE projection.checkpoint SET position = position + $1 WHERE projection = 'last-snapshots' AND log = 'sync' AND partition = $2`, [by, partition]);
    await move(-1);
    expect((await sweepStale(alerts)).filter(({ accountId }) => accountId === account.accountId)).toEqual([]);
    await move(1);
    expect((await sweepStale(alerts)).filter(({ accountId }) => accountId === account.accountId)).toMatchObject([{ kind: 'stale_account', figures: { value: '71', threshold: '48' } }]);
    service = await alerts.start();
  });
});

describe('an event that was recorded before the rule', () => {
  it('raises nothing, whenever it is read', async () => {
    const account = await discover(alerts);
    await said('reconciliation', account, discrepancy(account));
    await said('sync', account, recorded(account, '50000'), failed(account));
    await said('connections', account, relink(account));
    for (const [kind, condition] of [['discrepancy_opened', {}], ['large_transaction', large.condition], ['sync_failing', { failures: 1 }], ['reauthentication_required', {}]] as const) await alerts.rule(account.userId, { kind, condition });
    await readAgain('alerts-on-%');
    expect(await told(account)).toEqual([]);
  });
});

describe('exactly one alert for a rule and its cause', () => {
  it('also when the reactors read everything again', async () => {
    const { account } = await watched('large_transaction', large);
    await alerts.rule(account.userId, { kind: 'sync_failing', condition: { failures: 2 }, quietSeconds: 0 });
    await alerts.rule(account.userId, { kind: 'reauthentication_required', condition: {}, quietSeconds: 0 });
    await alerts.rule(account.userId, { kind: 'balance_below', condition: large.condition });
    alerts.shown.set(account.userId, { value: { value: '1' } });
    await said('sync', account, recorded(account, '20000'), failed(account), failed(account), completed(account), snapshotOf(account));
    await said('connections', account, relink(account), restored(account));
    const before = await told(account);
    expect(before.map(({ kind }) => kind).sort()).toEqual(['balance_below', 'large_transaction', 'reauthentication_required', 'sync_failing']);
    await readAgain('alerts-on-%');
    expect(await told(account)).toEqual(before);
  });

  it('also when the read models are folded anew', async () => {
    const { account } = await watched('stale_account', { condition: { hours: 1 }, quietSeconds: 0 });
    await alerts.rule(account.userId, { kind: 'discrepancy_opened', condition: {} });
    await said('sync', account, snapshotOf(account));
    await said('reconciliation', account, discrepancy(account));
    await readAgain('%s', 'TRUNCATE account, connection, last_snapshot, fx_close');
    expect((await alerts.owner.query('SELECT 1 FROM last_snapshot WHERE account_id = $1', [account.accountId])).rowCount).toBe(1);
    // A sweep or two.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await told(account)).map(({ kind }) => kind)).toEqual(['discrepancy_opened']);
  });

  it('also with several replicas that come and go while events are recorded', () =>
    withRandom(async (random) => {
      const people = await Promise.all(Array.from({ length: 6 }, () => watched('large_transaction', large)));
      for (const { account } of people) {
        await alerts.rule(account.userId, { kind: 'balance_below', condition: large.condition, quietSeconds: 0 });
        alerts.shown.set(account.userId, { value: { value: '1' } });
      }
      const expected = new Map(people.map(({ account }) => [account.userId, 0]));
      let replica = await alerts.start();
      for (let round = 0; round < 12; round += 1) {
        for (const { account } of people) {
          const isLarge = random.chance(0.5);
          if (isLarge) expected.set(account.userId, (expected.get(account.userId) ?? 0) + 1);
          await alerts.say('sync', account.userId, [recorded(account, isLarge ? '-15000' : '15'), snapshotOf(account)]);
        }
        if (round % 4 === 3) {
          await replica.close();
          replica = await alerts.start();
        }
      }
      await waitUntil(async () => {
        await alerts.settled();
        return (await Promise.all(people.map(async ({ account }) => (await told(account)).length === (expected.get(account.userId) ?? 0) + 1))).every(Boolean);
      }, { describe: 'every alert', timeoutMs: 20_000 });
      for (const { account } of people) expect(new Set((await told(account)).map(({ ruleId, cause }) => `${ruleId} ${cause.eventId}`)).size).toBe((expected.get(account.userId) ?? 0) + 1);
      await replica.close();
    }));
});

describe('an event that cannot be judged', () => {
  it('is parked with what follows of its user, is tried again, and keeps nobody else waiting', async () => {
    const { account } = await watched('large_transaction', large);
    const { account: other } = await watched('large_transaction', large);
    await alerts.owner.query(`ALTER TABLE alert ADD CONSTRAINT refused CHECK (user_id <> '${account.userId}') NOT VALID`);
    await Promise.all([alerts.say('sync', account.userId, [recorded(account, '20000')]), alerts.say('sync', other.userId, [recorded(other, '20000')])]);
    await waitUntil(async () => (await told(other)).length === 1 && (await alerts.owner.query('SELECT 1 FROM projection.parked WHERE key = $1', [account.userId])).rowCount === 1, { describe: 'one alert and one parked event' });
    await alerts.say('sync', account.userId, [recorded(account, '30000')]);
    await alerts.owner.query('ALTER TABLE alert DROP CONSTRAINT refused');
    await waitUntil(async () => (await told(account)).length === 2, { describe: 'both alerts', timeoutMs: 20_000 });
    expect((await told(account)).map(({ figures }) => figures.value)).toEqual(['20000', '30000']);
  });

  it('does not keep its user from being erased', async () => {
    const { account } = await watched('large_transaction', large);
    await alerts.owner.query(`ALTER TABLE alert ADD CONSTRAINT refused CHECK (user_id <> '${account.userId}') NOT VALID`);
    const parked = async () => (await alerts.owner.query('SELECT 1 FROM projection.parked WHERE key = $1', [account.userId])).rowCount;
    await alerts.say('sync', account.userId, [recorded(account, '20000')]);
    await waitUntil(async () => (await parked()) === 1, { describe: 'the event to be parked' });
    await alerts.say('connections', account.userId, [[`user-${account.userId}`, 'UserErased', { userId: account.userId }]]);
    await waitUntil(async () => (await alerts.owner.query('SELECT 1 FROM alert_rule WHERE user_id = $1', [account.userId])).rowCount === 0 && (await parked()) === 0, { describe: 'nothing to be left', timeoutMs: 20_000 });
    await alerts.owner.query('ALTER TABLE alert DROP CONSTRAINT refused');
  });
});
