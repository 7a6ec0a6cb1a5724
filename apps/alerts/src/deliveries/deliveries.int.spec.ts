/** Deliveries from the row to the receiver: real Postgres, real receivers, a clock that is turned by hand where days must pass. */
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeliveryTarget } from '@tidemark/contracts';
import { readConfig } from '@tidemark/service';
import { ManualClock, waitUntil } from '@tidemark/testing';
import { deliveryBench, SECRET, startReceiver } from './deliveries.fixture.js';
import type { Bench, Receiver } from './deliveries.fixture.js';
import { eraseDeliveriesOfAlerts, eraseDeliveriesOfUsers } from './list-deliveries.js';
import type { Delivery } from './delivery.js';
import { claim, retryDeliveries, writeSettled } from './queue.js';
import { RetryController } from './retry.controller.js';
import { Sender } from './send.js';
import { deliverySettings, deliverySettingsOf } from './settings.js';
import { settle } from './settle.decide.js';
import type { DeliveryWorker } from './worker.js';

const NOBODY = { hosts: [], users: [], lanes: [] };
const clock = new ManualClock('2026-11-20T15:00:00.000Z');
let bench: Bench;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  bench = await deliveryBench('deliveries', clock);
});

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await bench.database.query('DELETE FROM delivery');
});

afterAll(() => bench.close());

async function receiver(...given: Parameters<typeof startReceiver>): Promise<Receiver> {
  const made = await startReceiver(...given);
  closing.push(() => made.close());
  return made;
}

function worker(...given: Parameters<Bench['worker']>): DeliveryWorker {
  const made = bench.worker(...given);
  closing.push(() => made.close());
  return made;
}

const webhook = (url: string): DeliveryTarget => ({ kind: 'webhook', url });
const one = async (alertId: string) => (await bench.deliveries(alertId))[0];
const until = (alertId: string, status: string) => waitUntil(async () => { const delivery = await one(alertId); return delivery?.status === status ? delivery : null; }, { describe: `the delivery to be ${status}`, timeoutMs: 15_000 });
/** After so many attempts, when what came of the last is written. */
const attempted = (alertId: string, attempts: number) =>
  waitUntil(async () => {
    const { rowCount } = await bench.database.query('SELECT 1 FROM delivery WHERE alert_id = $1 AND attempts >= $2 AND locked_by IS NULL', [alertId, attempts]);
    return rowCount > 0 ? one(alertId) : null;
  }, { timeoutMs: 15_000, describe: `attempt ${attempts} to end` });
const eventsOf = async (userId: string, alertId: string) => (await bench.log.readStream(userId, `alert-${alertId}`)).map(({ type, data }) => ({ type, ...(data as object) }));

describe('a delivery by webhook', () => {
  it('is sent at once, signed over time and body, with its id, and its event is recorded', async () => {
    const to = await receiver();
    const alert = await bench.raise([webhook(to.url)]);
    worker();
    const delivery = await until(alert.alertId, 'delivered');
    expect(delivery).toEqual({ id: delivery.id, kind: 'webhook', target: '127.0.0.1', status: 'delivered', attempts: 1, lastError: null, nextAttemptAt: null, deliveredAt: '2026-11-20T15:00:00.000Z' });
    const [request] = to.received;
    expect(JSON.parse(request?.body ?? '')).toEqual({ deliveryId: delivery.id, ...alert });
    expect(request).toMatchObject({ method: 'POST', path: '/hook', headers: { 'content-type': 'application/json', 'tidemark-event': 'alert.raised', 'tidemark-delivery': delivery.id } });
    const seconds = clock.now() / 1_000;
    expect(request?.headers['tidemark-signature']).toBe(`t=${seconds},v1=${createHmac('sha256', SECRET).update(`${seconds}.${request?.body ?? ''}`).digest('hex')}`);
    expect(await eventsOf('ann', alert.alertId)).toEqual([{ type: 'AlertDelivered', userId: 'ann', alertId: alert.alertId, ruleId: alert.ruleId, deliveryId: delivery.id, kind: 'webhook', attempts: 1 }]);
  });

  it('that fails is tried for 24 hours, later and later, then parked with its event; a person’s request begins anew', async () => {
    let status = 500;
    const to = await receiver((_, response) => void response.writeHead(status).end());
    const alert = await bench.raise([webhook(`${to.url}?token=tok-987654`)]);
    const sending = worker();
    const began = clock.now();
    const waits: number[] = [];
    for (let attempts = 1; ; attempts += 1) {
      const delivery = await attempted(alert.alertId, attempts);
      if (delivery.status === 'parked') break;
      expect([delivery.status, delivery.lastError]).toEqual(['retrying', 'it answered 500']);
      const next = Date.parse(delivery.nextAttemptAt ?? '');
      waits.push(next - clock.now());
      clock.set(next - 1);
      sending.wake();
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(to.received).toHaveLength(attempts);
      clock.set(next);
      sending.wake();
      await waitUntil(() => to.received.length > attempts);
    }
    expect(clock.now() - began).toBe(86_400_000);
    expect(waits.slice(0, 13)).toEqual([750, 1_500, 3_000, 6_000, 12_000, 24_000, 48_000, 96_000, 192_000, 384_000, 768_000, 1_536_000, 2_700_000]);
    const tries = to.received.length;
    const parked = await one(alert.alertId);
    expect(parked).toMatchObject({ attempts: tries, nextAttemptAt: null, lastError: `given up after ${tries} attempts; the last: it answered 500` });
    expect(await eventsOf('ann', alert.alertId)).toEqual([expect.objectContaining({ type: 'AlertDeliveryParked', attempts: tries, reason: parked?.lastError })]);
    expect(new Set(to.received.map((request) => `${String(request.headers['tidemark-delivery'])} ${request.body}`)).size).toBe(1);
    expect(new Set(to.received.map((request) => request.headers['tidemark-signature'])).size).toBeGreaterThan(tries - 3);

    status = 200;
    expect(await retryDeliveries(bench.database, 'bob', alert.alertId, clock.now())).toBe(0);
    expect(await retryDeliveries(bench.database, 'ann', alert.alertId, clock.now())).toBe(1);
    sending.wake();
    expect(await until(alert.alertId, 'delivered')).toMatchObject({ attempts: tries + 1 });
    expect((await eventsOf('ann', alert.alertId)).map((event) => event.type)).toEqual(['AlertDeliveryParked', 'AlertDelivered']);
    expect(await retryDeliveries(bench.database, 'ann', alert.alertId, clock.now())).toBe(0);
  });

  it('that succeeds after failures is delivered, and Retry-After is waited for', async () => {
    const answers = [503, 429, 204];
    const to = await receiver((_, response) => void response.writeHead(answers.shift() ?? 204, { 'retry-after': '600' }).end());
    const alert = await bench.raise([webhook(to.url)]);
    const sending = worker();
    for (const attempts of [1, 2]) {
      const { nextAttemptAt } = await attempted(alert.alertId, attempts);
      expect(Date.parse(nextAttemptAt ?? '') - clock.now()).toBe(600_000);
      clock.advance(600_000);
      sending.wake();
      await waitUntil(() => to.received.length > attempts);
    }
    expect(await until(alert.alertId, 'delivered')).toMatchObject({ attempts: 3 });
  });

  it('is parked at once where the receiver wants no more (410), where its address is refused, and where its rule is gone', async () => {
    const gone = await receiver((_, response) => void response.writeHead(410).end());
    const inside = await receiver();
    const alerts = [await bench.raise([webhook(gone.url)]), await bench.raise([webhook(`http://[::ffff:127.0.0.2]:${inside.port}/?token=tok-987654`)]), await bench.raise([webhook(inside.url)])];
    worker({ secretsOf: async (ruleIds) => new Map(ruleIds.filter((id) => id !== alerts[2]?.ruleId).map((id) => [id, SECRET])) });
    const reasons = await Promise.all(alerts.map(async ({ alertId }) => (await until(alertId, 'parked')).lastError));
    expect(reasons).toEqual(['it answered 410: it wants no more of this', 'its address must be an address on the public internet: ::ffff:7f00:2 is a loopback address', 'its rule, or the secret that signs it, is gone']);
    expect([gone.received.length, inside.connections()]).toEqual([1, 0]);
  });

  it('is not held up by others that go to a receiver that is slow', async () => {
    const slow = await receiver(() => undefined);
    const quick = await receiver();
    for (let index = 0; index < 60; index += 1) await bench.raise([webhook(slow.url)], { userId: `slow${index % 20}` });
    const sending = worker({ env: { ALERTS_DELIVERY_CONCURRENCY: '16', ALERTS_WEBHOOK_TIMEOUT: '8s' } });
    await waitUntil(() => slow.received.length === 8);
    const began = performance.now();
    const alerts = await Promise.all(Array.from({ length: 40 }, () => bench.raise([webhook(quick.url.replace('127.0.0.1', 'localhost'))], { userId: 'bob' })));
    sending.wake();
    await Promise.all(alerts.map(({ alertId }) => until(alertId, 'delivered')));
    expect(performance.now() - began).toBeLessThan(6_000);
    expect(slow.received).toHaveLength(8);
  });
});

describe('deliveries', () => {
  it('are made once however often, and a mute rule’s are remembered and sent nowhere; what goes live is delivered by its event', async () => {
    const to = await receiver();
    const targets: DeliveryTarget[] = [webhook(to.url), { kind: 'email', to: 'ann@example.com' }, { kind: 'live' }];
    const muted = await bench.raise(targets, { muted: true });
    const told = await bench.raise(targets);
    worker();
    expect((await bench.deliveries(muted.alertId)).map(({ kind, target, status, attempts }) => [kind, target, status, attempts])).toEqual([['webhook', '127.0.0.1', 'muted', 0], ['email', 'ann@example.com', 'muted', 0], ['live', 'live', 'muted', 0]]);
    expect(await retryDeliveries(bench.database, 'ann', muted.alertId, clock.now())).toBe(0);
    await until(told.alertId, 'delivered');
    await waitUntil(async () => (await bench.deliveries(told.alertId))[1]?.lastError === 'no mail server is set up (SMTP_URL)');
    expect((await bench.deliveries(told.alertId)).map(({ status }) => status)).toEqual(['delivered', 'retrying', 'delivered']);
    expect(to.received).toHaveLength(1);
  });

  it('of two workers are sent once each', async () => {
    const to = await receiver();
    for (let index = 0; index < 200; index += 1) await bench.raise([webhook(to.url)], { userId: `user${index % 40}` });
    const workers = [worker(), worker()];
    for (const one of workers) one.wake();
    const left = async () => (await bench.database.query<{ n: number }>(`SELECT count(*) AS n FROM delivery WHERE status <> 'delivered'`)).rows[0]?.n;
    await waitUntil(async () => (await left()) === 0, { timeoutMs: 20_000, describe: () => `200 deliveries; ${to.received.length} were received; ${bench.lines.slice(-3).join('')}` });
    const ids = to.received.map((request) => request.headers['tidemark-delivery']);
    expect([ids.length, new Set(ids).size]).toEqual([200, 200]);
  });

  it('that take longer than a lock stay with the worker that is at it', async () => {
    const to = await receiver((_, response) => void setTimeout(() => response.writeHead(204).end(), 1_500));
    const alert = await bench.raise([webhook(to.url)]);
    const lock = { lockMs: 400 };
    worker({ lock });
    await waitUntil(() => to.received.length === 1);
    const other = worker({ lock });
    await waitUntil(async () => { other.wake(); return (await one(alert.alertId))?.status === 'delivered'; }, { everyMs: 50 });
    expect([to.received.length, (await one(alert.alertId))?.attempts]).toEqual([1, 1]);
  });

  it('are ended by who holds them: one that slept past its lock writes nothing over the other', async () => {
    await bench.raise([webhook('https://example.com/')]);
    const take = async (name: string, lockMs: number) => (await claim(bench.database, name, { at: clock.now(), limit: 1, lockMs, busy: NOBODY }))[0] as Delivery;
    const asleep = await take('a', 1);
    const taken = await waitUntil(() => take('a', 1));
    const other = await waitUntil(() => take('b', 60_000));
    const end = async (name: string, delivery: Delivery) => (await writeSettled(bench.database, name, [settle(delivery, { kind: 'delivered' }, { at: clock.now(), retryForMs: 1, random: 0 })])).size;
    expect([await end('a', asleep), await end('a', taken), await end('a', other), await end('b', asleep), await end('b', other), await end('b', other)]).toEqual([0, 0, 0, 0, 1, 0]);
  });

  it('of a worker that died after it sent are sent again, under the same id and with the same body, once its lock has lapsed', async () => {
    const to = await receiver();
    const alert = await bench.raise([webhook(to.url)]);
    const [taken] = await claim(bench.database, 'dead', { at: clock.now(), limit: 10, lockMs: 700, busy: NOBODY });
    const settings = deliverySettingsOf(readConfig(deliverySettings, { ALERTS_ALLOW_PRIVATE: '127.0.0.1' }));
    const dead = new Sender({ clock, logger: undefined as never, settings });
    expect(await dead.send(taken as NonNullable<typeof taken>, SECRET)).toEqual({ kind: 'delivered' });
    await dead.close();
    const sending = worker();
    expect(await claim(bench.database, 'other', { at: clock.now(), limit: 10, lockMs: 1_000, busy: NOBODY })).toEqual([]);
    expect(to.received).toHaveLength(1);
    await waitUntil(() => { sending.wake(); return to.received.length === 2; }, { everyMs: 50 });
    expect(await until(alert.alertId, 'delivered')).toMatchObject({ attempts: 2 });
    expect(new Set(to.received.map(({ headers, body }) => `${String(headers['tidemark-delivery'])} ${body}`)).size).toBe(1);
    expect(await eventsOf('ann', alert.alertId)).toHaveLength(1);
  });

  it('whose end cannot be written, and whose secrets cannot be read, are not lost: the one is not sent twice, the other later', async () => {
    const to = await receiver();
    const alert = await bench.raise([webhook(to.url)]);
    let broken = 2;
    const log = Object.assign(Object.create(bench.log) as typeof bench.log, { transaction: (async (work: Parameters<typeof bench.log.transaction>[0]) => { if ((broken -= 1) >= 0) throw new Error('the database went away'); return bench.log.transaction(work); }) });
    await worker({ log, secretsOf: async () => { throw new Error('the database went away'); } }).close();
    expect([to.received.length, await one(alert.alertId)]).toEqual([0, expect.objectContaining({ status: 'pending', attempts: 0 })]);
    clock.advance(5_000);
    worker({ log });
    expect(await until(alert.alertId, 'delivered')).toMatchObject({ attempts: 1 });
    expect([broken, to.received.length]).toEqual([-1, 1]);
  });

  it('that wait when a worker stops are given back, uncounted', async () => {
    const silent = await receiver(() => undefined);
    for (let index = 0; index < 5; index += 1) await bench.raise([webhook(silent.url)]);
    const stopping = worker({ env: { ALERTS_DELIVERY_CONCURRENCY: '2', ALERTS_WEBHOOK_TIMEOUT: '500ms' } });
    await waitUntil(() => silent.received.length === 1);
    await stopping.close();
    const { rows } = await bench.database.query<{ attempts: number; locked: boolean; status: string }>('SELECT attempts, locked_by IS NOT NULL AS locked, status FROM delivery ORDER BY attempts');
    expect(rows.map(({ attempts, locked, status }) => [attempts, locked, status])).toEqual([...Array(4).fill([0, false, 'pending']), [1, false, 'retrying']]);
  });

  it('of a user who is erased are gone, one being sent this moment too; no event is written of it', async () => {
    const held: (() => void)[] = [];
    const to = await receiver((_, response) => void held.push(() => void response.writeHead(204).end()));
    const [sent, waiting] = [await bench.raise([webhook(to.url)], { userId: 'eve' }), await bench.raise([webhook(to.url)], { userId: 'fay' })];
    const sending = worker();
    await waitUntil(() => held.length === 2);
    await eraseDeliveriesOfUsers(bench.database, ['eve']);
    await eraseDeliveriesOfAlerts(bench.database, [waiting.alertId]);
    for (const answer of held) answer();
    await sending.close();
    expect([await bench.deliveries(sent.alertId), await bench.deliveries(waiting.alertId), await eventsOf('eve', sent.alertId)]).toEqual([[], [], []]);
    expect(await bench.metrics()).toMatch(/tidemark_alert_deliveries_total\{kind="webhook",result="lost",service="alerts"\} 2/);
  });
});

describe('a request to try again', () => {
  it('wakes the worker and answers the alert; another user’s, or one that never was, is not found', async () => {
    let ready = false;
    const to = await receiver((_, response) => void response.writeHead(ready ? 204 : 410).end());
    const alert = await bench.raise([webhook(to.url), { kind: 'live' }]);
    const sending = worker();
    await until(alert.alertId, 'parked');
    ready = true;
    const findAlert = async (userId: string, alertId: string) => (userId === 'ann' && alertId === alert.alertId ? { ...alert, id: alertId, status: 'open' as const, acknowledgedAt: null, note: null, deliveries: await bench.deliveries(alertId) } : null);
    const controller = new RetryController({ database: bench.database, clock, findAlert, wake: () => sending.wake() });
    const ask = (userId: string, alertId = alert.alertId) => controller.retry({ alertId }, { userId, requestId: 'r' });
    expect([await ask('bob'), await ask('ann', alert.ruleId)]).toMatchObject([{ ok: false, error: { code: 'not_found' } }, { ok: false, error: { code: 'not_found' } }]);
    expect(to.received).toHaveLength(1);
    expect(await ask('ann')).toMatchObject({ ok: true, value: { deliveries: [{ status: 'retrying', attempts: 1 }, { status: 'delivered' }] } });
    expect(await until(alert.alertId, 'delivered')).toMatchObject({ attempts: 2 });
    expect(await ask('ann')).toMatchObject({ ok: true, value: { deliveries: [{ status: 'delivered', attempts: 2 }, { status: 'delivered' }] } });
  });
});

describe('what is said of them', () => {
  it('holds no secret and no address but its host: no log line, no event, no row that people see, no metric', async () => {
    const failing = await receiver((_, response) => void response.writeHead(500).end('tok-987654'));
    const alerts = await Promise.all([`${failing.url}?token=tok-987654`, 'http://127.0.0.1:1/tok-987654', 'https://tok-987654@example.com/', 'https://sub.example.com/tok-987654'].map((url) => bench.raise([webhook(url)])));
    worker({ resolve: async () => { throw Object.assign(new Error('tok-987654'), { code: 'ENOTFOUND' }); } });
    for (const { alertId } of alerts) await attempted(alertId, 1);
    const shown = JSON.stringify([bench.lines, await Promise.all(alerts.map(({ alertId }) => bench.deliveries(alertId))), await Promise.all(alerts.map(({ alertId }) => eventsOf('ann', alertId))), await bench.metrics()]);
    expect(shown).toMatch(/a delivery failed and is tried again/);
    expect(shown).not.toMatch(new RegExp(`tok-987654|${SECRET}`));
  });
});
