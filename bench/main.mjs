#!/usr/bin/env node
/**
 * `npm run bench [-- names…] [--quick] [--json]`: runs the benches one after another and says what came out beside what the
 * project aims at. Progress goes to stderr, the table (or, with --json, one JSON document) to stdout, and the JSON into
 * bench/results/. An aim that is not met is a result and no failure: the exit code says only whether every bench could run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFacts } from './report/machine.mjs';
import { rowsOf } from './report/rows.mjs';
import { table } from './report/table.mjs';

const folder = fileURLToPath(new URL('./results', import.meta.url));

const BENCHES = {
  pipeline: async () => (await import('./pipeline/run.mjs')).pipeline,
  reads: async () => (await import('./reads/run.mjs')).reads,
  prices: async () => (await import('./prices/run.mjs')).prices,
  start: async () => (await import('./start/run.mjs')).start,
  live: async () => (await import('./live/run.mjs')).live,
  reconstruct: async () => (await import('./reconstruct/cpu.mjs')).reconstructCpu,
  reconstructions: async () => (await import('./reconstruct/stored.mjs')).reconstructStored,
  close: async () => (await import('./history/close.mjs')).endOfDay,
  reconcile: async () => (await import('./reconcile/run.mjs')).reconcile,
  alerts: async () => (await import('./alerts/run.mjs')).alerts,
  history: async () => (await import('./history/query.mjs')).historyQuery,
};

const progress = (line) => process.stderr.write(`  … ${line}\n`);

function readArguments() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } });
  const unknown = positionals.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) throw new Error(`there is no bench "${unknown[0]}"; there are ${Object.keys(BENCHES).join(', ')}`);
  return { ...values, names: positionals.length > 0 ? [...new Set(positionals)] : Object.keys(BENCHES) };
}

async function run(name, quick) {
  try {
    return { result: await (await BENCHES[name]())({ progress, quick }) };
  } catch (error) {
    process.stderr.write(`✗ ${name} could not run: ${error?.stack ?? error}\n`);
    return { error: String(error?.message ?? error) };
  }
}

async function main() {
  const { names, quick, json } = readArguments();
  const machine = await machineFacts();
  const benches = {};
  for (const name of names) benches[name] = await run(name, quick);
  const report = { quick, machine, rows: Object.entries(benches).flatMap(([name, { result }]) => (result ? rowsOf(name, result) : [])), benches };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${machine.date.replace(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : `${table(report)}\n`);
  process.stderr.write(`written to ${relative(process.cwd(), file)}\n`);
  return Object.values(benches).some(({ error }) => error) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`✗ ${error?.message ?? error}\n`);
  process.exitCode = 1;
}
