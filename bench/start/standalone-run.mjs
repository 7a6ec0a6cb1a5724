/** `npm start` as a person types it, on a state folder and ports of its own, from the command to "ready". */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startChild, waitUntil } from '@tidemark/testing';
import { PORTS } from '../../tools/standalone/ports.mjs';
import { treeOf, measurable } from '../measure/processes.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @param {{ logFile: string, state: string }} options @returns `seconds` until ready, and the steps that it reported */
export async function startStandalone({ logFile, state }) {
  const anyPort = Object.fromEntries(Object.values(PORTS).map(({ variable }) => [variable, '0']));
  // What `npm run bench` told its own scripts is not for the npm below it.
  const outside = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  const began = performance.now();
  const child = startChild('npm', ['start'], { logFile, stopSignal: 'SIGTERM', spawn: { cwd: root, env: { ...outside, ...anyPort, TIDEMARK_STATE_DIR: state, NO_COLOR: '1' } } });
  const said = () => readFileSync(logFile, 'utf8');
  try {
    await waitUntil(() => /^ready in /m.test(said()) || !child.running(), { timeoutMs: 300_000, everyMs: 20, describe: () => `npm start to be ready; it said:\n${child.logTail(30)}` });
    if (!child.running()) throw new Error(`npm start ended before it was ready; it said:\n${child.logTail(30)}`);
  } catch (error) {
    await stop(child);
    throw error;
  }
  return { pid: child.pid, seconds: Math.round((performance.now() - began) / 10) / 100, steps: stepsIn(said()), stop: () => stop(child) };
}

/** A second start must find nobody in its folder, so everything below npm is waited for. */
async function stop(child) {
  const tree = measurable && child.running() ? treeOf(child.pid) : [];
  await child.stop('SIGTERM', 40_000);
  await waitUntil(() => tree.every((pid) => !alive(pid)), { timeoutMs: 40_000, describe: () => `${tree.filter(alive).length} processes of npm start to end` });
}

function alive(pid) {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false; // no such process any more
  }
}

/** `✓ title: remark 1.2 s` */
function stepsIn(text) {
  return [...text.matchAll(/^✓ (.+?)(?:: .+)? (\d+\.\d) s$/gm)].map(([, title, seconds]) => ({ title, seconds: Number(seconds) }));
}
