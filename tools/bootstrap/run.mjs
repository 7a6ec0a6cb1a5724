#!/usr/bin/env node
/**
 * The way in: `npm start`, `npm test` and the rest come here on whatever Node (from 20 on) the machine has, with nothing
 * installed. Checks, installs and builds what is missing, then hands over to the stage on the pinned Node. Uses nothing
 * but Node itself, since nothing else is there yet.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logged } from './command.mjs';
import { complain, Plain, step } from './console.mjs';
import { installDependencies } from './dependencies.mjs';
import { alone } from './lock.mjs';
import { ensureNatsServer } from './nats-server.mjs';
import { checkBootstrapNode, pinnedNode } from './node-version.mjs';
import { runStage } from './stage.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** One more than cores, three at least: specs wait for servers a third of their time. */
const TEST_WORKERS = Math.max(3, Math.min(availableParallelism() + 1, 8));

/** What each stage runs, and whether it needs a nats-server. `file` is asked for before anything is started. */
const STAGES = {
  start: { file: 'tools/standalone/main.mjs', nats: true, node: ['--max-semi-space-size=2', '--max-old-space-size=512'] },
  test: { file: 'node_modules/jest/bin/jest.js', nats: true, node: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'], args: ['-w', String(TEST_WORKERS), '--workerIdleMemoryLimit=300MB'] },
  bench: { file: 'bench/main.mjs', nats: true },
  generate: { file: 'tools/generate/main.mjs', nats: false },
  demo: { file: 'apps/ops/bin/tidemark.mjs', nats: false, args: ['demo'] },
  lint: { file: 'node_modules/eslint/bin/eslint.js', nats: false, args: ['.'] },
  types: { file: 'node_modules/typescript/bin/tsc', nats: false, args: ['-p', 'tsconfig.json'] },
  boundaries: { file: 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', nats: false, args: ['--config', '.dependency-cruiser.cjs', 'apps', 'libs'] },
  setup: { file: undefined, nats: true },
};

async function prepare(stage) {
  await step('dependencies', (progress) => installDependencies(root, progress));
  const node = await pinnedNode(root);
  const nats = stage.nats ? await step('nats-server', (progress) => ensureNatsServer(root, progress)) : {};
  await step('build', () =>
    logged(node, [join(root, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '--outputStyle=static'], {
      cwd: root,
      log: join(root, '.tidemark', 'build.log'),
      what: 'the build',
      // No daemon: it would go on running after us.
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`, NX_DAEMON: 'false', NX_TUI: 'false' },
    }),
  );
  return { node, nats };
}

async function main() {
  checkBootstrapNode();
  const [name = '', ...args] = process.argv.slice(2);
  const stage = STAGES[name];
  if (!stage) throw new Plain(`"${name}" is no stage`, [`one of: ${Object.keys(STAGES).join(', ')}`]);
  mkdirSync(join(root, '.tidemark'), { recursive: true });
  const { node, nats } = await alone(root, () => prepare(stage));
  if (!stage.file) return 0;
  if (!existsSync(join(root, stage.file))) throw new Plain(`${name}: ${stage.file} is not there`, ['is this clone complete? (git status)']);
  // Every service is a process of thousands of modules: what Node compiled of them is kept for the next start.
  const compiled = process.env.NODE_COMPILE_CACHE ?? join(root, '.tidemark', 'compiled');
  const env = { ...process.env, NODE_COMPILE_CACHE: compiled, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`, ...(nats.binary ? { NATS_SERVER_BIN: nats.binary } : {}) };
  return runStage(node, [...(stage.node ?? []), join(root, stage.file), ...(stage.args ?? []), ...args], { cwd: root, env });
}

try {
  process.exitCode = await main();
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
