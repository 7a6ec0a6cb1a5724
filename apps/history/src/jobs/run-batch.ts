/**
 * Computes a batch of accounts: load, find symbols, want prices, compute, write. What many accounts need is asked for once: one
 * statement for all transactions, one for all snapshots, one prepared series a symbol. Accounts whose prices are still to come step
 * aside and the others go on; an account that cannot be computed fails alone.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { isSameListing } from '@tidemark/market';
import { isCash } from '@tidemark/money';
import type { AssetId } from '@tidemark/money';
import type { Stage } from '../metrics.js';
import type { DayNumber, PreparedCloses } from '../reconstruction/model.js';
import { completeRuns } from './complete-runs.js';
import type { Computed } from './complete-runs.js';
import type { PriceWant, RunDeps } from './deps.js';
import type { Job } from './job.js';
import { loadRuns } from './load-runs.js';
import type { LoadedRun } from './load-runs.js';
import { endUnneeded, failRuns, showProgress, waitForPrices } from './queue.js';

/** Closes are carried forward, so a series begins a little before its first day. */
const CARRIED_DAYS = 14;
const DOLLAR = 'USD';

export async function runBatch(deps: RunDeps, worker: string, jobs: readonly Job[]): Promise<void> {
  const began = performance.now();
  const stage = stages(deps, worker, jobs.length);
  const all = await stage('loading', jobs, () => loadRuns(deps.database, jobs, deps.clock));
  const loaded = await withoutUnneeded(deps, worker, all);
  if (loaded.length === 0) return;
  const left = loaded.map((run) => run.job);
  const symbols = await stage('symbols', left, () => symbolsOf(deps, loaded));
  const ready = await stage('prices', left, () => pricesOf(deps, worker, loaded, symbols));
  if (ready.runs.length === 0) return;
  const computed = await stage('computing', ready.runs.map((run) => run.job), () => compute(deps, worker, ready, symbols));
  const outcomes = await stage('writing', computed.map(({ job }) => job), () => completeRuns(deps, worker, computed));
  outcomes.forEach((outcome, index) => {
    deps.metrics.outcome(outcome, 1);
    const job = computed[index]?.job;
    if (job) deps.metrics.waited(job.cause, job.waitedMs + performance.now() - began);
  });
}

async function withoutUnneeded({ database, metrics }: RunDeps, worker: string, loaded: readonly LoadedRun[]): Promise<LoadedRun[]> {
  const unneeded = loaded.filter((run) => run.unneeded);
  if (unneeded.length > 0) await endUnneeded(database, worker, unneeded.map((run) => run.job));
  metrics.outcome('unneeded', unneeded.length);
  return loaded.filter((run) => !run.unneeded);
}

type Staged = <T>(stage: Stage, jobs: readonly Job[], work: () => Promise<T>) => Promise<T>;

function stages(deps: RunDeps, worker: string, total: number): Staged {
  return async (stage, jobs, work) => {
    const began = performance.now();
    await showProgress(deps.database, worker, jobs, stage, 0, total);
    const value = await work();
    deps.metrics.stage(stage, performance.now() - began, jobs.length);
    return value;
  };
}

type Symbols = ReadonlyMap<AssetId, string | null>;

async function symbolsOf({ supply }: RunDeps, loaded: readonly LoadedRun[]): Promise<Symbols> {
  return supply.symbolsOf(loaded.map(({ job, assets }) => ({ runId: job.runId, assets: [...assets.values()].filter(({ asset }) => !isCash(asset)) })));
}

interface Ready {
  readonly runs: readonly LoadedRun[];
  /** Runs that go on though some of their prices are still to come: whatever comes concerns them. */
  readonly impatient: ReadonlySet<string>;
  readonly closes: ReadonlyMap<string, PreparedCloses>;
}

async function pricesOf({ supply, database, metrics, settings }: RunDeps, worker: string, loaded: readonly LoadedRun[], symbols: Symbols): Promise<Ready> {
  const pending = await supply.want(loaded.filter(({ input }) => input !== null).map((run) => ({ runId: run.job.runId, wants: wantsOf(run, symbols) })));
  const waits = ({ job, assets }: LoadedRun) => !job.patienceOver && (pending.has(job.runId) || [...assets.keys()].some((asset) => !isCash(asset) && !symbols.has(asset)));
  const waiting = loaded.filter((run) => run.input !== null && waits(run));
  if (waiting.length > 0) {
    await waitForPrices(database, worker, waiting.map((run) => run.job), settings.patienceMs);
    metrics.outcome('waiting', waiting.length);
  }
  const runs = loaded.filter((run) => !waiting.includes(run));
  const used = new Set(runs.flatMap((run) => symbolsUsed(run, symbols)));
  const { from, to } = span(runs);
  return { runs, impatient: pending, closes: used.size === 0 ? new Map<string, PreparedCloses>() : await supply.closes([...used], from, to) };
}

function symbolsUsed({ assets }: LoadedRun, symbols: Symbols): string[] {
  return [...new Set([...assets.keys()].flatMap((asset) => symbols.get(asset) ?? []))];
}

/** Days are stored by currency and converted when they are read, so rates are wanted for whoever will read them. */
function wantsOf(run: LoadedRun, symbols: Symbols): PriceWant[] {
  const { from, to } = run.input ?? { from: 0, to: -1 };
  const rates = [...run.currencies].filter((currency) => currency !== DOLLAR).map((currency) => `${currency}${DOLLAR}`);
  return [...symbolsUsed(run, symbols), ...rates].map((symbol) => ({ symbol, from: from - CARRIED_DAYS, to }));
}

function span(runs: readonly LoadedRun[]): { from: DayNumber; to: DayNumber } {
  const inputs = runs.flatMap(({ input }) => (input === null ? [] : [input]));
  return { from: Math.min(...inputs.map((input) => input.from)) - CARRIED_DAYS, to: Math.max(...inputs.map((input) => input.to)) };
}

async function compute(deps: RunDeps, worker: string, ready: Ready, symbols: Symbols): Promise<Computed[]> {
  const computed: Computed[] = [];
  for (const run of ready.runs) {
    try {
      computed.push(computeOne(deps, run, symbols, ready));
    } catch (error) {
      deps.logger.error({ err: error, accountId: run.job.accountId, runId: run.job.runId }, 'an account could not be reconstructed');
      await failRuns(deps.database, worker, [run.job], error instanceof Error ? error.message : String(error));
      deps.metrics.outcome('failed', 1);
    }
    // Requests and leases are served between accounts, not after the batch.
    await breathe();
  }
  return computed;
}

function computeOne(deps: RunDeps, { job, input, assets, restsOn }: LoadedRun, symbols: Symbols, { closes, impatient }: Ready): Computed {
  if (input === null) return { job, result: null, range: null, restsOn: null, symbols: [], missing: [] };
  const closesOf = (asset: AssetId): PreparedCloses | null => {
    const known = closes.get(symbols.get(asset) ?? '') ?? null;
    return known !== null && isSameListing(asset, assets.get(asset)?.line?.currency, known.currency) ? known : null;
  };
  const result = deps.reconstruct({ ...input, closesOf });
  const held = [...assets.keys()].filter((asset) => !isCash(asset));
  const used = new Set(held.flatMap((asset) => symbols.get(asset) ?? []));
  const lacking = new Set<string>([...result.unpriced.map((one) => one.asset), ...(impatient.has(job.runId) ? used : [])]);
  for (const asset of held) if (closesOf(asset) === null) lacking.add(asset);
  for (const asset of [...lacking]) {
    const symbol = symbols.get(asset);
    if (symbol != null) lacking.add(symbol);
  }
  return { job, result, range: { from: input.from, to: input.to }, restsOn, symbols: [...used], missing: [...lacking] };
}
