/** How fast alerts are told: from the commit that raises them to the receiver, without a poll in between. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@tidemark/testing';
import { alertMessage, deliveryBench, startReceiver } from './deliveries.fixture.js';
import type { Bench, Receiver } from './deliveries.fixture.js';
import { createDeliveries } from './create-deliveries.js';

let bench: Bench;
let to: Receiver;

beforeAll(async () => {
  bench = await deliveryBench('throughput');
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
  it('are received well within 250 ms of the commit that raised them (p99 of 1,000, ten at a time, woken and never polled for)', async () => {
    const worker = bench.worker();
    await raise(50, 10);
    worker.wake();
    await waitUntil(async () => (await delivered()) === 50);
    const delays: number[] = [];
    for (let batch = 0; batch < 100; batch += 1) {
      const before = to.received.length;
      await raise(10, 10);
      const committed = performance.now();
      worker.wake();
      await waitUntil(() => to.received.length === before + 10, { everyMs: 5 });
      delays.push(...to.received.slice(before).map((one) => one.at - committed));
    }
    delays.sort((a, b) => a - b);
    const p99 = delays[989] ?? NaN;
    process.stdout.write(`deliveries: from commit to received p50 ${(delays[499] ?? NaN).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms\n`);
    expect(p99).toBeLessThan(250);
    await worker.close();
  });

  it('drain a backlog of 2,000 at a rate that shows that rows are taken and finished many at once', async () => {
    const before = await delivered();
    await raise(2_000, 100);
    const statements = bench.database.query.bind(bench.database);
    let transactions = 0;
    const counted = { ...bench.database, query: statements, transaction: ((work) => ((transactions += 1), bench.database.transaction(work))) as typeof bench.database.transaction };
    const began = performance.now();
    const cpu = process.cpuUsage();
    bench.worker({ database: counted, log: Object.assign(Object.create(bench.log) as typeof bench.log, { database: counted }) });
    await waitUntil(async () => (await delivered()) === before + 2_000, { timeoutMs: 25_000, everyMs: 20 });
    const [took, { user, system }] = [performance.now() - began, process.cpuUsage(cpu)];
    const ofACore = (2_000 * 1e6) / (user + system);
    process.stdout.write(`deliveries: 2,000 in ${took.toFixed(0)} ms (${(2_000_000 / took).toFixed(0)}/s; ${ofACore.toFixed(0)}/s of this process’s core, receiver included), ${transactions} transactions\n`);
    expect(transactions).toBeLessThan(400);
    expect(ofACore).toBeGreaterThan(500);
  });
});
