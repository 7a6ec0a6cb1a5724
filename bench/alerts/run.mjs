/**
 * 100,000 events against 10,000 rules. First as fast as they can be taken: events a second from the first append until every one is judged.
 * Then at a constant rate, of which one in ten makes a rule true: how long it takes from the commit of an event until the webhook about it has
 * been received. Beside it the bare loop: the same append, and the webhook sent by whoever appended, with nothing in between.
 */
import { charged, msPerRequest } from '../measure/processes.mjs';
import { percentile } from '../measure/percentile.mjs';
import { settle } from '../measure/settle.mjs';
import { atOnce } from '../pipeline/work-load.mjs';
import { layGround } from './ground.mjs';
import { crossing, discover, happen, ordinary, people, setRule } from './world.mjs';

const EACH_SECOND = 200;

export async function alerts({ progress, quick }) {
  const rules = quick ? 500 : 10_000;
  const sizes = quick ? [1_000, 2_000] : [1_000, 10_000, 100_000];
  const ground = await layGround();
  try {
    const everyone = people(rules);
    progress(`alerts: ${rules} accounts and a rule for each`);
    await atOnce(everyone, 16, (person) => discover(ground.logs, person));
    await caughtUp(ground);
    await atOnce(everyone, 16, (person) => setRule(ground, person));
    await settle(ground.adminUrl);
    const rates = [];
    for (const events of sizes) {
      progress(`alerts: ${events} events at once`);
      rates.push(await burst(ground, everyone, events));
    }
    await settle(ground.adminUrl);
    progress(`alerts: ${EACH_SECOND} events a second, one of ten makes a rule true`);
    const steady = await steadily(ground, everyone, quick ? 5 : 60);
    progress('alerts: the bare loop at the same rate');
    const bare = await barely(ground, everyone, quick ? 5 : 20);
    return { rules, rates, steady, bare };
  } finally {
    await ground.close();
  }
}

async function burst(ground, everyone, events) {
  const sums = {};
  const begun = performance.now();
  await charged(ground.pids, sums, async () => {
    await atOnce(Array.from({ length: events }, (_, number) => number), 32, (number) => {
      const person = everyone[(number * 7) % everyone.length];
      return happen(ground.logs, person, ordinary(person, number));
    });
    await caughtUp(ground);
  });
  const seconds = (performance.now() - begun) / 1000;
  const raised = Number((await ground.database.query('SELECT count(*) AS n FROM alert')).rows[0].n);
  return { events, seconds: Math.round(seconds * 10) / 10, perSecond: Math.round(events / seconds), cpuMsPerEvent: msPerRequest(sums, events), raised };
}

/** Every event of every log is judged, and nobody waits to be. */
async function caughtUp({ logs, database }) {
  for (;;) {
    const behind = await Promise.all(Object.entries(logs).map(async ([name, log]) => {
      const { rows } = await database.query('SELECT partition, min(position) AS position FROM projection.checkpoint WHERE log = $1 GROUP BY partition', [name]);
      const reached = new Map(rows.map((row) => [row.partition, Number(row.position)]));
      return (await log.heads()).some(({ partition, position }) => (reached.get(partition) ?? 0) < position);
    }));
    const { rows } = await database.query('SELECT count(*) AS n FROM due_user');
    if (!behind.includes(true) && Number(rows[0].n) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function steadily({ logs, receiver }, everyone, seconds) {
  receiver.arrived.clear();
  const expected = new Map();
  await atRate(seconds, async (number) => {
    const person = everyone[number % everyone.length];
    if (number % 10 !== 0) return void (await happen(logs, person, ordinary(person, number)));
    const chosen = everyone[(number / 10) % everyone.length];
    const id = await happen(logs, chosen, crossing(chosen));
    expected.set(id, performance.now());
  });
  const end = performance.now() + 30_000;
  while ([...expected.keys()].some((id) => !receiver.arrived.has(id)) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  const of = (kind) => [...expected].flatMap(([id, committed]) => {
    const got = receiver.arrived.get(id);
    return got && (kind === null || got.kind === kind) ? [got.at - committed] : [];
  });
  const all = of(null);
  const kinds = Object.fromEntries([...new Set([...receiver.arrived.values()].map(({ kind }) => kind))].map((kind) => [kind, { p50: percentile(of(kind), 50), p99: percentile(of(kind), 99) }]));
  return { eachSecond: EACH_SECOND, alerts: expected.size, lost: expected.size - all.length, doubled: [...receiver.arrived.values()].filter(({ times }) => times > 1).length, unexpected: [...receiver.arrived.keys()].filter((id) => !expected.has(id)).length, p50: percentile(all, 50), p99: percentile(all, 99), max: percentile(all, 100), kinds };
}

async function barely({ logs, receiver }, everyone, seconds) {
  const took = [];
  await atRate(seconds, async (number) => {
    const person = everyone[number % everyone.length];
    const id = await happen(logs, person, ordinary(person, number));
    if (number % 10 !== 0) return;
    const committed = performance.now();
    await fetch(receiver.url, { method: 'POST', body: JSON.stringify({ cause: { eventId: id }, kind: 'bare' }) });
    took.push((receiver.arrived.get(id)?.at ?? performance.now()) - committed);
  });
  return { p50: percentile(took, 50), p99: percentile(took, 99) };
}

async function atRate(seconds, work) {
  const start = performance.now();
  const under = [];
  for (let number = 0; number < seconds * EACH_SECOND; number += 1) {
    const wait = start + (number * 1000) / EACH_SECOND - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    under.push(work(number));
  }
  await Promise.all(under);
}
