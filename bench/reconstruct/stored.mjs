/**
 * Reconstructions end to end, at three sizes: from a queued job to its days in Postgres. Workers of the service run as processes beside
 * each other, one a core as replicas do, on a store that the service's own projections have filled. All accounts of a size hold the
 * same, so every size measures the engine's work and the store's.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openDatabase, migrate, provisionDatabase } from '@tidemark/postgres';
import { newId } from '@tidemark/service';
import { startPostgres } from '@tidemark/testing';
import { migrations } from '../../apps/history/dist/app.js';
import { requestRuns } from '../../apps/history/dist/jobs/request.js';
import { accounts } from '../../apps/history/dist/projections/accounts/project.js';
import { capturedSnapshots } from '../../apps/history/dist/projections/captured-snapshots/project.js';
import { transactions } from '../../apps/history/dist/projections/transactions/project.js';
import { cpuSeconds, treeOf } from '../measure/processes.mjs';
import { settle } from '../measure/settle.mjs';
import { portfolio } from './portfolio.mjs';
import { eventsOf, storePrices } from './stored-account.mjs';

const DAYS = 731;
const SIZES = [
  { assets: 12, transactions: 150, accounts: 600 },
  { assets: 50, transactions: 600, accounts: 300 },
  { assets: 200, transactions: 2_400, accounts: 75 },
];
/** Each worker's engine is compiled and its prices are read before it counts. */
const WARM = 64;
const WORKERS = 2;
const PATIENCE_MS = 300_000;

export async function reconstructStored({ progress, quick }) {
  const sizes = [];
  for (const size of quick ? [{ ...SIZES[1], accounts: 160 }] : SIZES) {
    const postgres = await startPostgres({});
    try {
      sizes.push(await measure(postgres, size, progress));
    } finally {
      await postgres.stop();
    }
  }
  return { sizes };
}

async function measure(postgres, size, progress) {
  const urls = await provisionDatabase({ adminUrl: postgres.adminUrl, database: 'bench_history', ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: migrations() });
  const database = await openDatabase({ url: urls.serviceUrl, application: 'bench', poolSize: 8 });
  try {
    progress(`reconstruct: ${size.accounts} accounts of ${size.assets} assets and ${size.transactions} transactions are stored`);
    const given = portfolio({ ...size, days: DAYS });
    await storePrices(database, given);
    const stored = await fill(database, given, size.accounts + WARM);
    // Writing back what was filled in is no work of a reconstruction.
    await settle(urlOf(postgres.adminUrl, 'bench_history'));
    progress(`reconstruct: ${size.accounts} accounts are computed and stored`);
    return { ...size, days: DAYS, workers: WORKERS, ...(await drain({ database, postgres, url: urls.serviceUrl }, stored)) };
  } finally {
    await database.close();
  }
}

/** Through the service's projections, some accounts at a time. */
async function fill(database, given, count) {
  const stored = [];
  for (let at = 0; at < count; at += 10) {
    const batch = Array.from({ length: Math.min(10, count - at) }, () => eventsOf(given, { userId: newId(), accountId: newId(), connectionId: newId() }, newId));
    await database.transaction(async (tx) => {
      await accounts.apply(tx, batch.flatMap((of) => of.connections));
      await capturedSnapshots.apply(tx, batch.flatMap((of) => of.sync));
      await transactions.apply(tx, batch.flatMap((of) => of.sync));
    });
    stored.push(...batch.map((of) => of.account));
  }
  return stored;
}

/** The workers' engines are compiled and their prices read with the first accounts; the others count. */
async function drain(ground, stored) {
  const { database, postgres } = ground;
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(ground.url)));
  for (const worker of workers) worker.send('start');
  await throughQueue(database, stored.slice(0, WARM));
  for (const worker of workers) worker.send('count');
  const accounts = stored.length - WARM;
  const before = cpuSeconds(treeOf(postgres.pid));
  const seconds = await throughQueue(database, stored.slice(WARM));
  const postgresMs = (cpuSeconds(treeOf(postgres.pid)) - before) * 1_000;
  const spent = await Promise.all(workers.map(stopWorker));
  const { rows } = await database.query(`SELECT count(*) AS n FROM reconstruction WHERE status = 'failed' OR (quality ->> 'minimum')::int < 100`);
  const each = (total) => round(total / accounts);
  return {
    seconds: round(seconds), portfoliosPerSecond: round(accounts / seconds), nodeCpuMs: each(sum(spent.map(({ cpuMs }) => cpuMs))), postgresCpuMs: each(postgresMs), notFull: rows[0].n,
    // Batches overlap, so the stages come to more than the time that passed.
    stages: Object.fromEntries(Object.keys(spent[0].stages).map((stage) => [stage, each(sum(spent.map(({ stages }) => stages[stage] ?? 0)))])),
  };
}

/** @returns seconds until none is left */
async function throughQueue(database, accountsQueued) {
  const began = performance.now();
  await requestRuns(database, accountsQueued.map((account) => ({ ...account, runId: newId(), cause: 'first_sync' })));
  await finished(database, accountsQueued.length, began);
  return (performance.now() - began) / 1_000;
}

/** A process with a worker that is ready and has not begun. */
async function startWorker(url) {
  const child = fork(fileURLToPath(new URL('./worker-process.mjs', import.meta.url)), { env: { ...process.env, BENCH_PG_URL: url } });
  await once(child, 'message');
  return child;
}

async function stopWorker(child) {
  const [[spent]] = await Promise.all([once(child, 'message'), once(child, 'exit'), child.send('stop')]);
  return spent;
}

function urlOf(adminUrl, database) {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);

async function finished(database, count, began) {
  for (;;) {
    const { rows } = await database.query(`SELECT count(*) AS n FROM reconstruction WHERE status IN ('queued', 'running', 'waiting_for_prices')`);
    if (rows[0].n === 0) return;
    if (performance.now() - began > PATIENCE_MS) throw new Error(`${rows[0].n} of ${count} reconstructions are not through`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const round = (value) => Math.round(value * 100) / 100;

if (process.argv[1]?.endsWith('reconstruct/stored.mjs')) {
  const result = await reconstructStored({ progress: (line) => process.stderr.write(`  … ${line}\n`), quick: process.argv.includes('--quick') });
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
