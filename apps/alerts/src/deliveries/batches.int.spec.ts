/** Alerts are told when they are raised, without a poll in between, and many at once. How fast that is stands in the bench `alerts`. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@tidemark/testing';
import { alertMessage, deliveryBench, startReceiver } from './deliveries.fixture.js';
import type { Bench, Receiver } from './deliveries.fixture.js';
import { createDeliveries } from './create-deliveries.js';

let bench: Bench;
let to: Receiver;

beforeAll(async () => {
  bench = await deliveryBench('batches');
  to = await startReceiver();
});
afterAll(async () => {
  await bench.close();
  await to.close();
});

const raise = (count: number, users: number) => {
  const alerts = Array.from({ length: count }, (_, index) => ({ userId: `user${index % users}`, message: alertMessage(Date.now()), deliveries: [{ kind: 'webhook' as const, url: to.url }], muted: false }));
  return bench.database.transaction((tx) => createDeliveries(tx, alerts, Date.now()));
};
const delivered = async () => (await bench.database.query<{ n: number }>(`SELECT count(*) AS n FROM delivery WHERE status = 'delivered'`)).rows[0]?.n ?? 0;

describe('deliveries', () => {
  it('are sent by a wake alone: no poll is due before the test would have failed', async () => {
    const worker = bench.worker();
    for (let batch = 0; batch < 5; batch += 1) {
      const before = to.received.length;
      await raise(10, 10);
      worker.wake();
      await waitUntil(() => to.received.length === before + 10, { everyMs: 5 });
    }
    await waitUntil(async () => (await delivered()) === 50);
    await worker.close();
  });

  it('of a backlog are taken and finished many at once, and each is sent once', async () => {
    const [before, sent] = [await delivered(), to.received.length];
    await raise(2_000, 100);
    const statements = bench.database.query.bind(bench.database);
    let transactions = 0;
    const counted = { ...bench.database, query: statements, transaction: ((work) => ((transactions += 1), bench.database.transaction(work))) as typeof bench.database.transaction };
    const worker = bench.worker({ database: counted, log: Object.assign(Object.create(bench.log) as typeof bench.log, { database: counted }) });
    await waitUntil(async () => (await delivered()) === before + 2_000, { timeoutMs: 25_000, everyMs: 20 });
    await worker.close();
    expect(transactions).toBeLessThan(400);
    expect(to.received.length).toBe(sent + 2_000);
  });
});
