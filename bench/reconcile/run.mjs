/**
 * How long it takes to reconcile 100, 1,000 and 10,000 accounts through one instance, and how many calls of the provider that costs; then
 * 1,000 again while the provider fails three of ten calls. Everything shares this machine, the sandbox that plays the provider too.
 */
import { charged, msPerRequest } from '../measure/processes.mjs';
import { settle } from '../measure/settle.mjs';
import { layGround } from './ground.mjs';
import { atOnce, Person } from './person.mjs';

const ACCOUNTS_EACH = 20;
const HOLDINGS = 10;
/** Each call that fails is waited for: the time is the waits', and grows with the people for each that are asked at once. */
const FAILING_USERS = 50;

export async function reconcile({ progress, quick }) {
  const users = quick ? 10 : 500;
  const sizes = quick ? [2, 10] : [5, 50, 500];
  progress(`reconcile: ${users} people with ${ACCOUNTS_EACH} accounts of ${HOLDINGS} assets each are linked`);
  const ground = await layGround({ users, accountsEach: ACCOUNTS_EACH, holdingsEach: HOLDINGS });
  try {
    const people = Array.from({ length: users }, (_, number) => new Person(ground, number));
    let linked = 0;
    await atOnce(people, 6, async (person) => {
      await person.link();
      linked += 1;
      if (linked % 50 === 0) progress(`reconcile: ${linked} linked`);
    });
    await settle(ground.adminUrl);
    const growth = [];
    for (const size of sizes) {
      progress(`reconcile: ${size * ACCOUNTS_EACH} accounts`);
      growth.push(await measured(ground, people.slice(0, size)));
      progress(`reconcile: ${said(growth.at(-1))}`);
    }
    const some = people.slice(0, FAILING_USERS);
    progress(`reconcile: ${some.length * ACCOUNTS_EACH} accounts, the provider fails three calls of ten`);
    await control(ground, 'POST', '/faults', { provider: 'snaptrade', operation: '*', kind: 'status', status: 503, share: 30, times: 1_000_000 });
    const failing = await measured(ground, some);
    progress(`reconcile: ${said(failing)}`);
    await control(ground, 'DELETE', '/faults');
    const doubled = await count(ground, `SELECT count(*) AS n FROM (SELECT 1 FROM log.event WHERE type = 'ReconciliationCompleted' GROUP BY data->>'runId' HAVING count(*) > 1) twice`);
    return { holdings: HOLDINGS, growth, failing, doubled };
  } finally {
    await ground.close();
  }
}

const said = ({ accounts, seconds, calls }) => `${accounts} accounts in ${seconds} s, ${calls} provider calls`;

async function measured(ground, people) {
  await control(ground, 'DELETE', '/requests');
  const sums = {};
  const begun = performance.now();
  const reports = [];
  await charged(ground.pids, sums, async () => {
    const runs = [];
    await atOnce(people, 16, async (person) => { runs.push({ person, id: (await person.api('POST', '/reconciliations', {})).id }); });
    // The database is asked, not the API: a crowd of clients that poll would be measured instead.
    while ((await count(ground, `SELECT count(*) AS n FROM reconciliation_run WHERE status IN ('queued', 'running')`)) > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    for (const { person, id } of runs.slice(0, 500)) reports.push({ person, id });
  });
  const seconds = (performance.now() - begun) / 1000;
  const told = {};
  await atOnce(reports, 8, async ({ person, id }) => {
    const { status, accounts, lines } = await person.api('GET', `/reconciliations/${id}`);
    told[status] = (told[status] ?? 0) + 1;
    for (const [name, n] of [...Object.entries(accounts), ...Object.entries(lines)]) told[name] = (told[name] ?? 0) + n;
  });
  const accounts = people.length * ACCOUNTS_EACH;
  const { counts } = await control(ground, 'GET', '/requests?provider=snaptrade&operation=none');
  return { accounts, seconds: Math.round(seconds * 10) / 10, accountsPerSecond: Math.round(accounts / seconds), calls: counts.snaptrade ?? 0, cpuMsPerAccount: msPerRequest(sums, accounts), said: told };
}

async function control({ sandbox }, method, path, body) {
  const answer = await fetch(`${sandbox}/_control${path}`, { method, ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : {};
}

async function count({ database }, sql) {
  return Number((await database.query(sql)).rows[0].n);
}
