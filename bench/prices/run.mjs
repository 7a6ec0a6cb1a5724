/**
 * What prices cost: users arrive and their two years are asked for, then evenings pass. The real wants, coverage, workers and store on a real
 * Postgres; the source counts its calls. A lookup is one symbol over one range by one run; a hit is one that the store had all of.
 */
import { EventLog, eventLogMigration } from '@tidemark/event-log';
import { dayNumber } from '@tidemark/market';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import { createLogger, newId } from '@tidemark/service';
import { ManualClock, startPostgres, waitUntil } from '@tidemark/testing';
import { History1763700020000 } from '../../apps/history/dist/migrations/history.migration.js';
import { Introduced1763900020000 } from '../../apps/history/dist/migrations/introduced.migration.js';
import { Prices1763710030000 } from '../../apps/history/dist/migrations/prices.migration.js';
import { startPrices } from '../../apps/history/dist/prices/start-prices.js';
import { CountingSource } from './counting-source.mjs';
import { crowd, symbolNames } from './crowd.mjs';

const SEED = 20261120;
const START = '2026-11-20T22:30:00.000Z';
const EVENINGS = ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-27', '2026-11-30'];
const TWO_YEARS = { from: dayNumber('2024-11-06'), to: dayNumber('2026-11-20') };
const DOLLARS_A_CALL = 0.0025;
/** Accounts that one worker computes together. */
const BATCH = 16;
const AT_ONCE = 4;

export async function prices({ progress, quick }) {
  const postgres = await startPostgres({});
  try {
    const sizes = [];
    for (const users of quick ? [10, 40] : [100, 1_000, 10_000]) {
      progress(`prices: ${users} users arrive, then ${EVENINGS.length} evenings`);
      sizes.push(await one(postgres, users));
    }
    return { seed: SEED, sizes };
  } finally {
    await postgres.stop();
  }
}

async function one(postgres, users) {
  const urls = await provisionDatabase({ adminUrl: postgres.adminUrl, database: `bench_prices_${users}_${Date.now()}`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [eventLogMigration(), History1763700020000, Prices1763710030000, Introduced1763900020000] });
  const database = await openDatabase({ url: urls.serviceUrl, application: 'bench-prices', poolSize: 10 });
  const source = new CountingSource(symbolNames());
  const clock = new ManualClock(START);
  const counted = { hits: 0, misses: 0 };
  const waiting = new Map();
  const quiet = createLogger({ service: 'bench', level: 'warn', destination: process.stderr });
  const metrics = { looked: (hits, misses) => { counted.hits += hits; counted.misses += misses; }, called: () => {}, quarantined: (reason, count) => { counted.quarantined = (counted.quarantined ?? 0) + count; }, symbol: () => {} };
  const settings = { concurrency: 16, lockMs: 60_000, pollMs: 200, backoffMs: 1_000, backoffMaxMs: 60_000, symbolRetryMs: 1e9, absentRetryMs: 1e9, newBenchmarksADay: 5, costACall: String(DOLLARS_A_CALL) };
  const settled = async (runIds) => { for (const runId of runIds) waiting.get(runId)?.(); };
  const service = startPrices({ database, log: new EventLog({ name: 'history', database }), clock, random: Math.random, newId, logger: quiet, metrics, source, settings, settled });
  try {
    const all = crowd(users, SEED);
    const began = performance.now();
    await arrive(service, all, waiting);
    const start = { seconds: seconds(began), calls: source.total, byOperation: { ...source.calls }, ...counted };
    const held = [...new Set(all.flat())];
    const evenings = await pass(service, clock, all, held, { source, counted, database });
    const size = await database.query(`SELECT pg_total_relation_size('price_month')::float8 AS bytes, (SELECT sum(cardinality(closes)) FROM price_month)::float8 AS slots, (SELECT count(c) FROM price_month, unnest(closes) c)::float8 AS closes`);
    const { bytes, closes } = size.rows[0];
    return report(users, all, held, start, evenings, { ...counted }, { bytesAClose: round(bytes / closes), closes });
  } finally {
    await service.close();
    await database.close();
  }
}

/** Batches of users, some at once, each as a reconstruction does: symbols, wants, wait, closes. */
async function arrive(service, all, waiting) {
  const batches = Array.from({ length: Math.ceil(all.length / BATCH) }, (_, index) => all.slice(index * BATCH, (index + 1) * BATCH));
  const worker = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) await lookUp(service, batch, TWO_YEARS, waiting);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function lookUp(service, batch, range, waiting) {
  const assets = [...new Set(batch.flat())].map((symbol) => ({ asset: `equity:${symbol}`, line: null }));
  const symbols = await waitUntil(async () => { const found = await service.supply.symbolsOf(assets); return found.size === assets.length ? found : null; }, { timeoutMs: 120_000, everyMs: 20, describe: 'symbols' });
  const runs = batch.map((held) => ({ runId: newId(), wants: held.map((symbol) => ({ symbol: symbols.get(`equity:${symbol}`), ...range })) }));
  const done = new Map(runs.map(({ runId }) => [runId, new Promise((resolve) => waiting.set(runId, resolve))]));
  const pending = await service.supply.want(runs);
  await Promise.all([...pending].map((runId) => done.get(runId)));
  for (const { runId } of runs) waiting.delete(runId);
  await service.supply.closes([...new Set([...symbols.values()])], range.from, range.to);
}

/** After each close the day of every held symbol is wanted once; every user's accounts look it up. */
async function pass(service, clock, all, held, { source, counted, database }) {
  const evenings = [];
  for (const day of EVENINGS) {
    clock.set(`${day}T21:05:00.000Z`);
    const before = { calls: source.total, ...counted };
    const began = performance.now();
    const range = { from: dayNumber(day), to: dayNumber(day) };
    await service.want(held.map((symbol) => ({ symbol, ...range })));
    await waitUntil(async () => (await database.query('SELECT 1 FROM price_want LIMIT 1')).rowCount === 0, { timeoutMs: 600_000, everyMs: 50, describe: 'the closes of the day' });
    const took = seconds(began);
    for (let index = 0; index < all.length; index += BATCH * 8) await service.supply.want(all.slice(index, index + BATCH * 8).map((symbols) => ({ runId: newId(), wants: symbols.map((symbol) => ({ symbol, ...range })) })));
    evenings.push({ day, seconds: took, calls: source.total - before.calls, hits: counted.hits - before.hits, misses: counted.misses - before.misses });
  }
  return evenings;
}

function report(users, all, held, start, evenings, counted, storage) {
  const lookups = all.reduce((sum, assets) => sum + assets.length, 0);
  const dailyCalls = evenings.reduce((sum, { calls }) => sum + calls, 0) / evenings.length;
  const dayHits = evenings.reduce((sum, { hits }) => sum + hits, 0);
  const dayMisses = evenings.reduce((sum, { misses }) => sum + misses, 0);
  return {
    users, symbols: held.length, assetsAUser: round(lookups / users), lookups,
    start: { ...start, hitRate: rate(start.hits, start.misses), dollarsAUser: round6((start.calls * DOLLARS_A_CALL) / users) },
    day: { calls: dailyCalls, seconds: round(evenings.reduce((sum, one) => sum + one.seconds, 0) / evenings.length), hitRate: rate(dayHits, dayMisses), dollarsAUser: round6((dailyCalls * DOLLARS_A_CALL) / users), dollarsAUserSymbolBySymbol: round6((held.length * DOLLARS_A_CALL) / users) },
    hitRate: rate(counted.hits, counted.misses), quarantined: counted.quarantined ?? 0, storage,
  };
}

const seconds = (began) => round((performance.now() - began) / 1_000);
const round = (value) => Math.round(value * 100) / 100;
const round6 = (value) => Math.round(value * 1e6) / 1e6;
const rate = (hits, misses) => Math.round((hits / Math.max(1, hits + misses)) * 1e5) / 1e5;
