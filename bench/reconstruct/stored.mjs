/**
 * Reconstructions end to end, at three sizes: from a queued job to its days in Postgres. The worker of the service runs in this process,
 * on a store that its own projections have filled and prices that its own book reads; the log is real, the bus is away (the bench
 * `pipeline` measures that). All accounts of a size hold the same, so every size measures the engine's work and the store's.
 */
import { openDatabase, migrate, provisionDatabase } from '@tidemark/postgres';
import { EventLog } from '@tidemark/event-log';
import { newId, systemClock } from '@tidemark/service';
import { startPostgres } from '@tidemark/testing';
import { Registry } from 'prom-client';
import { migrations } from '../../apps/history/dist/app.js';
import { runMetrics } from '../../apps/history/dist/metrics.js';
import { ReconstructionWorker } from '../../apps/history/dist/jobs/worker.js';
import { requestRuns } from '../../apps/history/dist/jobs/request.js';
import { accounts } from '../../apps/history/dist/projections/accounts/project.js';
import { capturedSnapshots } from '../../apps/history/dist/projections/captured-snapshots/project.js';
import { transactions } from '../../apps/history/dist/projections/transactions/project.js';
import { priceBook } from '../../apps/history/dist/prices/price-book.js';
import { wantPrices } from '../../apps/history/dist/prices/want.js';
import { symbolsOf } from '../../apps/history/dist/symbols/symbol-store.js';
import { reconstruct } from '../../apps/history/dist/reconstruction/reconstruct.js';
import { portfolio } from './portfolio.mjs';
import { eventsOf, storePrices } from './stored-account.mjs';

const DAYS = 731;
const SIZES = [
  { assets: 12, transactions: 150, accounts: 600 },
  { assets: 50, transactions: 600, accounts: 300 },
  { assets: 200, transactions: 2_400, accounts: 75 },
];
const WARM = 16;
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
    const log = await EventLog.open({ name: 'history', database });
    await drain({ database, log }, stored.slice(0, WARM));
    progress(`reconstruct: ${size.accounts} accounts are computed and stored`);
    return { ...size, days: DAYS, ...(await drain({ database, log }, stored.slice(WARM))) };
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
  await database.query('ANALYZE');
  return stored;
}

/** Queues all, runs one worker until none is left. */
async function drain({ database, log }, stored) {
  await requestRuns(database, stored.map((account) => ({ ...account, runId: newId(), cause: 'first_sync' })));
  const { worker, metrics } = workerOn(database, log);
  const cpu = process.cpuUsage();
  const began = performance.now();
  worker.start();
  await finished(database, stored.length, began);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await worker.close();
  const failed = await database.query(`SELECT count(*) AS n FROM reconstruction WHERE status = 'failed' OR (quality ->> 'minimum')::int < 100`);
  return { seconds: round(seconds), portfoliosPerSecond: round(stored.length / seconds), nodeCpuMs: round((user + system) / 1_000 / stored.length), notFull: failed.rows[0].n, stages: await stagesOf(metrics, stored.length) };
}

function workerOn(database, log) {
  const registry = new Registry();
  const tell = (about, text) => void process.stderr.write(`  ! ${text}: ${about.err?.stack ?? ''}\n`);
  const silent = { info: () => undefined, warn: tell, error: tell };
  const priced = { clock: systemClock, database, metrics: { looked: () => undefined }, source: { id: 'none is asked' } };
  const book = priceBook(database);
  const supply = {
    symbolsOf: (runs) => symbolsOf(priced, [...new Map(runs.flatMap(({ assets }) => assets).map((one) => [one.asset, one])).values()]),
    want: (runs) => wantPrices(priced, database, runs),
    closes: (symbols, from, to) => book.closes(symbols, from, to),
  };
  const settings = { batch: 16, concurrency: 2, lockMs: 30_000, pollMs: 50, gatherMs: 1_000, patienceMs: 1_000 };
  return { metrics: registry, worker: new ReconstructionWorker({ database, log, clock: systemClock, logger: silent, metrics: runMetrics(registry), supply, settings, reconstruct, wake: () => undefined }, newId()) };
}

async function finished(database, count, began) {
  for (;;) {
    const { rows } = await database.query(`SELECT count(*) AS n FROM reconstruction WHERE status IN ('queued', 'running', 'waiting_for_prices')`);
    if (rows[0].n === 0) return;
    if (performance.now() - began > PATIENCE_MS) throw new Error(`${rows[0].n} of ${count} reconstructions are not through`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Milliseconds that each stage took, an account; two batches at once overlap. */
async function stagesOf(registry, count) {
  const metric = await registry.getSingleMetric('tidemark_reconstruction_stage_seconds').get();
  return Object.fromEntries(metric.values.filter(({ metricName }) => metricName.endsWith('_sum')).map(({ labels, value }) => [labels.stage, round((value * 1_000) / count)]));
}

const round = (value) => Math.round(value * 100) / 100;

if (process.argv[1]?.endsWith('reconstruct/stored.mjs')) {
  const result = await reconstructStored({ progress: (line) => process.stderr.write(`  … ${line}\n`), quick: process.argv.includes('--quick') });
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
