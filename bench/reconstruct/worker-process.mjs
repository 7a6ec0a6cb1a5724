/**
 * One replica's worker of reconstructions as a process of its own, on a store that the bench has filled. Works from `start` to `stop`,
 * and then says what it spent since `count`. The log is real, prices are read by the service's own book; the bus is away.
 */
import { EventLog } from '@tidemark/event-log';
import { openDatabase } from '@tidemark/postgres';
import { newId, systemClock } from '@tidemark/service';
import { Registry } from 'prom-client';
import { runMetrics } from '../../apps/history/dist/metrics.js';
import { ReconstructionWorker } from '../../apps/history/dist/jobs/worker.js';
import { priceBook } from '../../apps/history/dist/prices/price-book.js';
import { wantPrices } from '../../apps/history/dist/prices/want.js';
import { symbolsOf } from '../../apps/history/dist/symbols/symbol-store.js';
import { reconstruct } from '../../apps/history/dist/reconstruction/reconstruct.js';

/** As the service has them unless told otherwise; it only looks sooner for more. */
const SETTINGS = { batch: 16, concurrency: 2, lockMs: 30_000, pollMs: 20, gatherMs: 1_000, patienceMs: 1_000 };

const database = await openDatabase({ url: process.env.BENCH_PG_URL, application: 'bench', poolSize: 8 });
const log = await EventLog.open({ name: 'history', database });
const registry = new Registry();
const worker = workerOn();
let cpu = process.cpuUsage();

process.on('message', async (message) => {
  if (message === 'start') return worker.start();
  if (message === 'count') {
    cpu = process.cpuUsage();
    return registry.resetMetrics();
  }
  const { user, system } = process.cpuUsage(cpu);
  await worker.close();
  await database.close();
  process.send({ cpuMs: (user + system) / 1_000, stages: await stages() }, () => process.disconnect());
});
process.send('ready');

function workerOn() {
  const tell = (about, text) => void process.stderr.write(`  ! ${text}: ${about.err?.stack ?? ''}\n`);
  const silent = { info: () => undefined, warn: tell, error: tell };
  const priced = { clock: systemClock, database, metrics: { looked: () => undefined }, source: { id: 'none is asked' } };
  const book = priceBook(database);
  const supply = {
    symbolsOf: (runs) => symbolsOf(priced, [...new Map(runs.flatMap(({ assets }) => assets).map((one) => [one.asset, one])).values()]),
    want: (runs) => wantPrices(priced, database, runs),
    closes: (symbols, from, to) => book.closes(symbols, from, to),
  };
  return new ReconstructionWorker({ database, log, clock: systemClock, logger: silent, metrics: runMetrics(registry), supply, settings: SETTINGS, reconstruct, wake: () => undefined }, newId());
}

/** Milliseconds by stage, of all its accounts. */
async function stages() {
  const metric = await registry.getSingleMetric('tidemark_reconstruction_stage_seconds').get();
  return Object.fromEntries(metric.values.filter(({ metricName }) => metricName.endsWith('_sum')).map(({ labels, value }) => [labels.stage, value * 1_000]));
}
