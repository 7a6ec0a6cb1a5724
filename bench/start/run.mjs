/**
 * How long `npm start` takes until it says that it is ready, with an empty state folder and again with what the first start left,
 * and how much memory the whole tree that it starts holds once it rests: npm, the bootstrap, the one process with every service and
 * the sandbox, nats-server and the guards; all but Postgres.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measurable, memoryOf, treeOf } from '../measure/processes.mjs';
import { startStandalone } from './standalone-run.mjs';

const REST_SECONDS = 15;

export async function start({ progress, quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-start-'));
  const state = join(folder, 'state');
  const rest = quick ? 3 : REST_SECONDS;
  try {
    progress('start: npm start with an empty state folder');
    const first = await timed(folder, state, 'first', async () => undefined);
    progress(`start: npm start again, then ${rest} s of rest`);
    const second = await timed(folder, state, 'second', (running) => restingMemory(running, state, rest));
    return { first: first.times, second: second.times, memory: second.seen };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}

async function timed(folder, state, name, look) {
  const running = await startStandalone({ logFile: join(folder, `${name}.log`), state });
  try {
    return { times: { seconds: running.seconds, steps: running.steps }, seen: await look(running) };
  } finally {
    await running.stop();
  }
}

async function restingMemory({ pid }, state, rest) {
  if (!measurable) return { unknown: `/proc is Linux's alone; this is ${process.platform}` };
  const { pids } = JSON.parse(readFileSync(join(state, 'running.json'), 'utf8'));
  if (pids.postgres === undefined || pids.nats === undefined) return { unknown: 'PG_URL or NATS_URL is set: the servers are not of this tree' };
  await new Promise((resolve) => setTimeout(resolve, rest * 1000));
  const processes = memoryOf(treeOf(pid, [pids.postgres]));
  const sum = (of) => Math.round(processes.reduce((total, one) => total + one[of], 0) * 10) / 10;
  return { restSeconds: rest, counted: 'everything below npm start, npm itself included, Postgres not', pssMb: sum('pssMb'), rssMb: sum('rssMb'), processes };
}
